"""The size that a ReplicaSet had before a step, where its versions were seen and the Events do not tell it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.event import SECOND, Kind
from sources.cluster.event_objects import Record
from sources.cluster.fields import moment
from sources.cluster.inference.scaling import scalings, with_sizes
from tests.sources.kubernetes.cluster import at, event, only, read, stamp


def step(uid: str, second: float, was: int, to: int, *, told: bool = False) -> Record:
    when = moment(stamp(at(second)))
    assert when
    words = f"Scaled {'up' if to > was else 'down'} replica set web-1 to {to}" + (f" from {was}" if told else "")
    about = ("Deployment", "shop", "web", "uid")
    return Record("shop", uid, uid, "ScalingReplicaSet", words, *about, first=when, last=when, count=1)


@st.composite
def courses(draw: st.DrawFn) -> list[tuple[float, int]]:
    """Sizes, each with the second in which it was set, some of them within a few seconds."""
    sizes = draw(st.lists(st.integers(0, 9), min_size=1, max_size=9))
    sizes = [size for before, size in zip([-1, *sizes], sizes, strict=False) if size != before]
    gaps = draw(st.lists(st.floats(3, 900), min_size=len(sizes), max_size=len(sizes)))
    return [(sum(gaps[: n + 1]), size) for n, size in enumerate(sizes)]


@given(courses(), st.floats(0, 1))
def test_what_was_seen_tells_each_size_before(course: list[tuple[float, int]], late: float) -> None:
    said = [step(f"{n}", second, was, to) for n, ((_, was), (second, to)) in enumerate(pairwise(course))]
    # The recorder sees a version at once, or a moment after, and more than one version of each size.
    seen = [(at(second + late + again), size) for second, size in course for again in (0, 0.5)]
    found = with_sizes(scalings(said), "shop", {("shop", "web-1"): seen})
    assert [(one.was, one.to) for one in found] == [(was, to) for (_, was), (_, to) in pairwise(course)]


def test_what_events_tell_stays_and_what_nobody_saw_is_not_made_up() -> None:
    def sizes(said: Record, *seen: tuple[float, int]) -> int | None:
        (found,) = with_sizes(
            scalings([said]), "shop", {("shop", "web-1"): [(at(second), size) for second, size in seen]}
        )
        return found.was

    assert sizes(step("a", 100, 3, 5, told=True), (0, 4), (100, 5)) == 3
    assert sizes(step("a", 100, 3, 5)) is None
    assert sizes(step("a", 100, 3, 5), (0, 3)) is None, "it was not seen to have come to 5"
    assert sizes(step("a", 100, 3, 5), (100, 5)) is None
    assert sizes(step("a", 100, 3, 5), (100, 5), (400, 3), (500, 5)) is None
    assert sizes(step("a", 600, 3, 1), (0, 5), (100, 1), (300, 3), (900, 1)) is None, "it had come to 1 before"


@pytest.mark.parametrize(("count", "between"), [(2, {}), (3, {"repeated": 1, "repeated_until": at(1200).timestamp()})])
def test_a_size_that_an_autoscaler_set_again_is_its_doing_again(count: int, between: dict[str, float]) -> None:
    hpa = ("HorizontalPodAutoscaler", "web")
    said = event("SuccessfulRescale", "New size: 4; reason: All metrics below target", hpa, at(0), at(1200), count)
    found = only(read({"events": [said]})[0], Kind.SCALED)
    assert [(each.at, each.latest - each.at) for each in found] == [(at(0), SECOND), (at(1200), SECOND)]
    assert [{k: v for k, v in each.numbers.items() if "repeated" in k} for each in found] == [between, {}]
