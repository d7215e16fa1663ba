"""What must not change the table does not, and what is taken away is missed in the right place."""

import random
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from collector.event import Event
from tests.examples import few
from tests.incidents.bundle import Bundle, unpack
from tests.incidents.changes import dropped, noisy, renamed, shifted, shuffled, without
from tests.incidents.expected import family
from tests.incidents.gates import NAMES, SMALL, WHOLE, bundle_of, events_of, some, table_of
from tests.incidents.pipeline import Line, Table, read

_SHIFT = timedelta(minutes=37, seconds=13)
_CLOCK = re.compile(r"\b\d\d:\d\d(:\d\d)?\b|\d{4}-\d\d-\d\d")
_SPAN = re.compile(r" \(HH:MM(?: to HH:MM)?\)|(?:,? |(?<=\())(?:from |at )?HH:MM(?: to HH:MM)?")
_SAMPLE = 2
"""Rows of each incident whose evidence is removed."""


def replayed(bundle: Bundle, folder: Path) -> Table:
    return read(unpack(bundle, folder / "bundle")).table()


def printed(rows: Iterable[Line]) -> list[tuple[datetime, str, str]]:
    return [(row.at, row.kind, row.text) for row in rows]


def outlined(rows: Iterable[Line]) -> set[tuple[datetime, str, str]]:
    return {(row.at, family(row.kind), row.service) for row in rows}


@pytest.mark.thorough
@pytest.mark.parametrize("name", few(NAMES, 12))
def test_without_its_evidence_a_row_is_gone_or_another(name: str) -> None:
    table = table_of(name)
    rows = list(table.rows)
    if not WHOLE:
        rows = random.Random(name).sample(rows, min(_SAMPLE if name in SMALL else 1, len(rows)))
    for row in rows:
        removed = {id(event) for event in table.under[row.id]}
        assert removed, row
        left = events_of(name).with_events(partial(_without, removed))
        assert (row.at, row.kind, row.text) not in printed(left.table().rows)


@pytest.mark.thorough
@pytest.mark.parametrize("name", some(1))
def test_what_has_nothing_to_do_with_it_changes_no_row(name: str, tmp_path: Path) -> None:
    assert printed(replayed(noisy(bundle_of(name), 500), tmp_path).rows) == printed(table_of(name).rows)


@pytest.mark.thorough
@pytest.mark.parametrize("name", SMALL if WHOLE else SMALL[::8])
def test_ten_times_as_much_of_it_changes_no_row_either(name: str, tmp_path: Path) -> None:
    assert printed(replayed(noisy(bundle_of(name), 5_000), tmp_path).rows) == printed(table_of(name).rows)


@pytest.mark.parametrize("name", some(0))
def test_in_another_order_it_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    assert replayed(shuffled(bundle_of(name), 7), tmp_path).json == table_of(name).json
    chance = random.Random(name)
    events = events_of(name).with_events(lambda given: chance.sample(given, len(given)))
    assert events.table().json == table_of(name).json


@pytest.mark.thorough
@pytest.mark.parametrize("name", some(1))
def test_a_source_out_of_reach_costs_its_own_rows_and_is_named(name: str, tmp_path: Path) -> None:
    bundle = bundle_of(name)
    for source in [one["name"] for one in bundle.manifest["sources"]]:
        table = replayed(without(bundle, source), tmp_path / source)
        assert next(one for one in table.coverage if one["source"] == source)["failed"]
        # That it was a deploy of CI, and of which version, may be known from there; that it happened is not.
        others = [row for row in table_of(name).rows if source not in row.sources]
        assert outlined(others) - outlined(table.rows) == set(), source


@pytest.mark.thorough
@pytest.mark.parametrize("name", some(2))
def test_under_other_names_it_is_the_same_story(name: str, tmp_path: Path) -> None:
    other, back = renamed(bundle_of(name))
    rows = replayed(other, tmp_path).rows
    assert [(row.at, row.kind, back(row.text)) for row in rows] == printed(table_of(name).rows)


@pytest.mark.thorough
@pytest.mark.parametrize("name", some(3))
def test_at_another_time_it_is_the_same_story(name: str, tmp_path: Path) -> None:
    bundle = bundle_of(name)
    # Notes have no seconds.
    if any(source["name"] == "notes" for source in bundle.manifest["sources"]):
        bundle = dropped(bundle, "notes")
    usual = replayed(bundle, tmp_path / "usual").rows
    later = replayed(shifted(bundle, _SHIFT), tmp_path / "later").rows
    assert [(row.at - _SHIFT, row.kind, _masked(row.text)) for row in later] == [
        (row.at, row.kind, _masked(row.text)) for row in usual
    ]


def _without(removed: set[int], events: Sequence[Event]) -> list[Event]:
    return [event for event in events if id(event) not in removed]


def _masked(text: str) -> str:
    """Without times, and without spans of time, which are not printed where they lie within a minute."""
    return _SPAN.sub("", _CLOCK.sub("HH:MM", text))
