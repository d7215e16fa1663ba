"""Roles stand for people, consistently and in every format; nothing else changes."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from msgspec.structs import replace

from cli.render.formats import rendered
from cli.render.look import Look
from cli.render.roles import as_roles
from collector.event import Event, Kind
from collector.result import Timeline
from collector.row import Row
from tests.cli.timelines import START, TEXT_FORMATS, TIMELINES, demo, row, timeline


def done(text: str, actor: str = "", kind: Kind = Kind.NOTE, minute: int = 0) -> Row:
    at = START + timedelta(minutes=minute)
    made = Event(kind=kind, at=at, earliest=at, latest=at, summary=text, source="s", native_id=f"{minute}", actor=actor)
    return row(text, made, at=at, kind=kind)


def texts(*rows: Row) -> list[str]:
    return [one.text for one in as_roles(timeline(*rows)).rows]


def test_the_demo_reads_the_same_but_for_names() -> None:
    made = demo()
    shown = as_roles(made)
    assert [(one.id, one.at, one.kind) for one in shown.rows] == [(one.id, one.at, one.kind) for one in made.rows]
    assert [new.text for old, new in zip(made.rows, shown.rows, strict=True) if old.text != new.text] == [
        "Deploy of checkout 1.5.0 starts via CI/CD (replaces 1.4.9; by deployer 1; github run 482; commit b462487)",
        "On-call identifies the new deploy, checkout 1.5.0, as the cause",
        "Rollback of checkout from 1.5.0 to 1.4.9 initiated via CI/CD (by deployer 2; github run 483; commit 5ec4668)",
    ]


@pytest.mark.parametrize("form", TEXT_FORMATS)
def test_no_format_has_a_name(form: str) -> None:
    text = rendered(demo(), form, Look(roles=True)).casefold()
    for name in ("dana-reyes", "sam-okafor", "maria", "li-wei"):
        assert name not in text, name
    if form == "jsonl":
        lines = [json.loads(line) for line in text.splitlines()]
        assert sum(bool(line["rows"]) for line in lines) == demo().accounting.rows


def test_a_person_has_one_role_whoever_names_them() -> None:
    assert texts(
        done("Deploy by ana-lima", "ana-lima", Kind.DEPLOY_STARTED),
        done("Ana: it is my deploy", minute=1),
        done("Ben Ode (incident commander) asks @ana-lima to roll back", minute=2),
        done("Ben: agreed, ben-ode will", minute=3),
    ) == [
        "Deploy by deployer",
        "Deployer: it is my deploy",
        "Incident commander asks deployer to roll back",
        "Incident commander: agreed, incident commander will",
    ]


def test_a_word_that_only_contains_a_name_stays_and_so_do_bots() -> None:
    assert texts(
        done("Deploy of ann-service by ann", "ann", Kind.DEPLOY_STARTED),
        done("Merged by renovate[bot]", "renovate[bot]", Kind.DEPLOY_STARTED, 1),
        done("Status: ann's deploy, see channel", minute=2),
    ) == ["Deploy of ann-service by deployer", "Merged by renovate[bot]", "Status: deployer's deploy, see channel"]


@given(TIMELINES)
def test_only_texts_change(made: Timeline) -> None:
    shown = as_roles(made)
    assert replace(shown, rows=(), left_out=()) == replace(made, rows=(), left_out=())
    assert [(one.id, one.at, len(one.events)) for one in shown.rows] == [
        (one.id, one.at, len(one.events)) for one in made.rows
    ]
