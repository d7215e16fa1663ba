"""What one source missed, and which others saw it."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from collector.coverage import complemented, part
from collector.source import Gap, Seen
from collector.timeline import Coverage
from collector.wording.numbers import seconds
from tests.collector.build import WINDOW

PROD = "kubernetes prod"


def at(seconds: float) -> datetime:
    return WINDOW.start + timedelta(seconds=seconds)


def coverage(name: str, *gaps: Gap, seen: tuple[Seen, ...] = ()) -> Coverage:
    return Coverage(name, name, (), 0, gaps, failed=False, seen=seen)


def expired(until: datetime, about: str = PROD) -> Gap:
    return Gap("Events before then have expired", "capture sooner", about=about, span=(at(-900), until))


def sampled(start: datetime, end: datetime, about: str = PROD) -> Seen:
    return Seen(about, "rollouts and pods", start, end, timedelta(seconds=15))


def reasons(*every: Coverage) -> list[str]:
    return [gap.reason for own in complemented(every, WINDOW) for gap in own.gaps]


def test_a_gap_says_who_saw_that_time_and_how_exactly() -> None:
    live, ksm = coverage("live", expired(at(720))), coverage("ksm", seen=(sampled(at(-3600), at(3600)),))
    assert reasons(live, ksm) == [
        "Events before then have expired; that time is covered by ksm (rollouts and pods, to 15 s)"
    ]


def test_who_saw_only_a_part_of_it_is_told_with_that_part() -> None:
    live, ksm = coverage("live", expired(at(720))), coverage("ksm", seen=(sampled(at(300), at(3600)),))
    assert reasons(live, ksm)[0].endswith(
        "; that time is covered by ksm (rollouts and pods, to 15 s) from 14:05 until 14:12"
    )


def test_nobody_else_is_named_who_did_not_see_it() -> None:
    live = coverage("live", expired(at(720)))
    for other in (
        coverage("ksm"),
        coverage("ksm", seen=(sampled(at(720), at(3600)),)),
        coverage("ksm", seen=(sampled(at(-3600), at(3600), "kubernetes staging"),)),
    ):
        assert reasons(live, other) == ["Events before then have expired"]
    before = coverage("live", expired(at(-60)))
    assert reasons(before, coverage("ksm", seen=(sampled(at(-3600), at(3600)),))) == ["Events before then have expired"]


@given(st.lists(st.tuples(st.integers(-1000, 3000), st.integers(1, 3000)), max_size=4), st.integers(-900, 3000))
def test_nothing_but_reasons_changes_and_twice_is_as_once(spans: list[tuple[int, int]], until: int) -> None:
    seen = tuple(sampled(at(start), at(start + length)) for start, length in spans)
    every = (coverage("live", expired(at(until))), coverage("ksm", seen=seen))
    told = complemented(every, WINDOW)
    bare = [replace(own, gaps=tuple(replace(gap, reason="") for gap in own.gaps)) for own in told]
    assert bare == [replace(own, gaps=tuple(replace(gap, reason="") for gap in own.gaps)) for own in every]
    assert complemented(every, WINDOW) == told


def test_a_part_of_the_window_in_words() -> None:
    assert part((at(-5), at(9000)), WINDOW) == "of the whole window"
    assert part((at(60), at(9000)), WINDOW) == "from 14:01"
    assert part((at(-5), at(600)), WINDOW) == "until 14:10"
    assert part((at(60), at(600)), WINDOW) == "from 14:01 until 14:10"


def test_durations_have_three_digits_and_no_exponent() -> None:
    told = {
        0.25: "250 ms",
        0.99949: "999 ms",
        0.9996: "1 s",
        1.44: "1.44 s",
        15.0: "15 s",
        999.7: "1000 s",
        3600: "3600 s",
    }
    assert {span: seconds(span) for span in told} == told
