"""When a property changed, as evidence of it shows."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sources.cluster.observations import Observation, changes
from sources.fact import Moment

BEGIN = datetime(2026, 4, 1, 14, 0, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def exactly(seconds: int) -> Moment:
    return Moment(at(seconds), at(seconds))


def value_at(switches: Sequence[int], seconds: int) -> tuple[str, int]:
    """What it is that is switched on and off, and since when it is so."""
    past = [0, *(each for each in switches if each <= seconds)]
    return "on" if len(past) % 2 == 0 else "off", past[-1]


@given(
    switches=st.lists(st.integers(1, 1000), unique=True, max_size=12).map(sorted),
    looks=st.lists(st.integers(0, 1000), unique=True, max_size=30).map(sorted),
    stamped=st.booleans(),
)
def test_each_change_lies_where_the_truth_is(switches: list[int], looks: list[int], *, stamped: bool) -> None:
    seen = [(look, *value_at(switches, look)) for look in looks]
    found = list(
        changes(
            Observation(value, exactly(look), look, exactly(since) if stamped else None) for look, value, since in seen
        )
    )
    if stamped:
        assert [change.at for change in found] == [at(since) for since in dict.fromkeys(since for *_, since in seen)]
    else:
        values = [value for _, value, _ in seen]
        assert len(found) == sum(one != other for one, other in pairwise(values))
    for change in found:
        assert change.when.earliest <= change.at <= change.when.latest
        # There is a true change to this value within the interval.
        times = [0, *switches]
        assert any(
            change.when.earliest <= at(time) <= change.when.latest and value_at(switches, time)[0] == change.value
            for time in times
        )


def test_a_request_that_made_it_so_shows_a_change_even_if_nothing_is_known_from_before() -> None:
    made = Observation("on", exactly(5), "request", made=True)
    (change,) = changes([made, Observation("on", exactly(9), "look"), Observation("on", exactly(12), "x", made=True)])
    assert (change.value, change.before, change.at, change.evidence) == ("on", None, at(5), "request")
    assert list(changes([Observation("on", exactly(5), "look")])) == []


def test_a_stamp_that_moved_shows_that_it_changed_and_came_back() -> None:
    looks = [Observation("on", exactly(10), 1, exactly(2)), Observation("on", exactly(30), 2, exactly(25))]
    assert [change.at for change in changes(looks)] == [at(2), at(25)]


def test_a_stamp_that_is_added_later_is_further_evidence_of_the_same_change() -> None:
    """A node is closed first, and gets the taint with the time of it a moment after."""
    off, on = Observation("off", exactly(1), 1), Observation("on", exactly(10), 2)
    stamped = Observation("on", exactly(11), 3, Moment(at(9), at(10)))
    (change,) = changes([off, on, stamped])
    assert (change.when, change.evidence) == (Moment(at(1), at(10)), 2)
    (first,) = changes([on, stamped])
    assert (first.when, first.evidence) == (Moment(at(9), at(10)), 3)
