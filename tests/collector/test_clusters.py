"""Which Events are about one thing, against the plain rule that compares every pair."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from collector.clusters import CLOCKS_APART, clusters
from collector.event import Event, Kind, order
from tests.collector.build import event

_SEEN = st.lists(
    st.tuples(st.sampled_from(["ci", "cluster", "metrics"]), st.integers(0, 599), st.sampled_from([0, 1, 45, 200])),
    max_size=25,
    unique=True,
)


def _events(seen: list[tuple[str, int, int]]) -> list[Event]:
    return [
        event(
            Kind.ALERT_FIRING,
            f"14:{second // 60:02}:{second % 60:02}",
            source=source,
            seconds=length,
            native_id=f"{source} {second} {length}",
            merge_key="one",
        )
        for source, second, length in seen
    ]


def _pairwise(events: list[Event]) -> list[list[Event]]:
    """First those that overlap, in order; then the nearest pairs of what no common source saw, one after the other."""
    found: list[list[Event]] = []
    for one in sorted(events, key=lambda event: (event.earliest, order(event))):
        home = next((cluster for cluster in found if _takes(cluster, one)), None)
        if home is None:
            found.append([one])
        else:
            home.append(one)
    starts, ends = [cluster[0].earliest for cluster in found], [max(e.latest for e in cluster) for cluster in found]
    near = sorted(
        (max(starts[later] - ends[index], timedelta()), index, later)
        for index in range(len(found))
        for later in range(index + 1, len(found))
    )
    home_of = {at: at for at in range(len(found))}
    for apart, index, later in near:
        to, other = home_of[index], home_of[later]
        if apart <= CLOCKS_APART and _sources(found[to]).isdisjoint(_sources(found[other])):
            found[to] += found[other]
            home_of = {at: to if home == other else home for at, home in home_of.items()}
    return [cluster for at, cluster in enumerate(found) if home_of[at] == at]


def _takes(cluster: list[Event], one: Event) -> bool:
    own = [event for event in cluster if event.source == one.source]
    by_source = [[event for event in cluster if event.source == source] for source in sorted(_sources(cluster))]
    return any(
        max(event.earliest for event in ours) <= one.latest and one.earliest <= min(event.latest for event in ours)
        for ours in ([own] if own else by_source)
    )


def _sources(cluster: list[Event]) -> set[str]:
    return {event.source for event in cluster}


@given(_SEEN)
def test_clusters_are_those_of_the_rule_for_every_pair(seen: list[tuple[str, int, int]]) -> None:
    events = _events(seen)
    assert clusters(events) == _pairwise(events)
