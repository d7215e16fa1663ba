"""Intervals of Events, whatever the stamps are that they are made of."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from collector.event import Event, Kind, Subject
from sources.deploy_facts import (
    Deploy,
    Run,
    deploy_approved,
    deploy_cancelled,
    deploy_refused,
    deploy_started,
    run_failed,
)
from sources.fact import Fact, Moment, moved, report

START = datetime(2026, 4, 1, 14, tzinfo=UTC)
TIMES = st.integers(-100, 100).map(lambda seconds: START + timedelta(seconds=seconds))
FACT = Fact(Kind.POD_TERMINATED, Subject(pod="db-0"), "Pod db-0 stops", "")


@given(TIMES, TIMES, st.none() | TIMES, TIMES, TIMES, st.none() | TIMES)
def test_contradictory_stamps_give_an_interval_that_has_both_and_no_error(
    one: datetime, other: datetime, at: datetime | None, later: datetime, last: datetime, best: datetime | None
) -> None:
    event = report(FACT, Moment(one, other), source="k8s", native_id="1", at=at)
    assert (event.earliest, event.latest) == (min(one, other), max(one, other))
    known = moved(event, Moment(later, last), best)
    assert (known.earliest, known.latest) == (min(later, last), max(later, last))
    assert replace(known, at=event.at, earliest=event.earliest, latest=event.latest) == event


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (deploy_approved, Kind.DEPLOY_APPROVED),
        (deploy_cancelled, Kind.DEPLOY_CANCELLED),
        (deploy_refused, Kind.DEPLOY_REFUSED),
    ],
)
def test_who_deploys_need_not_be_who_approves_refuses_or_cancels(
    make: Callable[[Deploy, str], Fact], kind: Kind
) -> None:
    """Whoever is the actor of the deploy."""
    deploy = Deploy(Subject(service="checkout"), "key", "1.5.0", actor="dana")

    def event(fact: Fact) -> Event:
        return report(fact, Moment(START, START), source="ci", native_id="7", actor="dana")

    known, unknown = event(make(deploy, "maria")), event(make(deploy, ""))
    assert (known.kind, known.actor, unknown.actor) == (kind, "maria", "")
    assert known.summary.endswith(" by maria")
    assert "dana" not in known.summary + unknown.summary
    assert event(deploy_started(deploy)).actor == "dana"


def test_a_cancelled_run_does_not_name_who_started_it() -> None:
    run = Run(Subject(service="checkout"), "key", "Run 482", actor="dana")

    def event(fact: Fact) -> Event:
        return report(fact, Moment(START, START), source="ci", native_id="7", actor="dana")

    stopped, failed = event(run_failed(run, "is cancelled", "")), event(run_failed(run))
    assert (stopped.actor, stopped.summary) == ("", "Run 482 is cancelled")
    assert (failed.actor, failed.summary) == ("dana", "Run 482 fails by dana")
    assert event(run_failed(run, "is cancelled", "sam")).summary == "Run 482 is cancelled by sam"
