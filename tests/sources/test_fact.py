"""Intervals of Events, whatever the stamps are that they are made of."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from collector.event import Kind, Subject
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
