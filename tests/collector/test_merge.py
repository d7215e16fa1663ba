from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from collector.event import Event, Kind
from collector.merge import CLOCKS_APART, merge
from tests.collector.build import event
from tests.examples import examples

_events = st.builds(
    lambda kind, minute, second, seconds, fact, source, n: event(
        kind,
        f"14:{minute:02}:{second:02}",
        seconds=seconds,
        merge_key=fact,
        source=source,
        native_id=str(n),
    ),
    st.sampled_from([Kind.ALERT_FIRING, Kind.OTHER]),
    st.integers(0, 4),
    st.integers(0, 59),
    st.sampled_from([0, 1, 60]),
    st.sampled_from(["", "a", "b"]),
    st.sampled_from(["one", "two"]),
    st.integers(),
)


@examples(38)
@given(st.lists(_events, max_size=12), st.randoms())
def test_every_event_is_in_one_fact_whatever_the_order(events: list[Event], chance: object) -> None:
    facts = merge(events)
    assert sorted(id(e) for fact in facts for e in fact.events) == sorted(id(e) for e in events)
    shuffled = list(events)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert [fact.best for fact in merge(shuffled)] == [fact.best for fact in facts]
    assert all(len({(e.kind, e.merge_key) for e in fact.events}) == 1 for fact in facts)
    assert all(fact.events[0].merge_key or len(fact.events) == 1 for fact in facts)


def test_the_most_exact_time_wins_and_the_others_fill_in_what_it_lacks() -> None:
    exact = event(Kind.ROLLOUT_STARTED, "14:02:50", merge_key="rs", version="1.5.0", source="api")
    vague = event(
        Kind.ROLLOUT_STARTED, "14:02:45", seconds=15, merge_key="rs", commit="9" * 40, actor="ci", source="metrics"
    )
    (fact,) = merge([vague, exact])
    assert (fact.best.at, fact.best.keys.version, fact.best.keys.commit) == (exact.at, "1.5.0", "9" * 40)
    assert fact.best.actor == "ci"
    assert fact.events == (vague, exact)


def test_the_fuller_description_wins() -> None:
    told = {"merge_key": "alert", "seconds": 0}
    rule = event(Kind.ALERT_FIRING, "14:06:00", source="prom", description="… of requests fail", **told)
    sent = event(Kind.ALERT_FIRING, "14:06:05", source="am", description="41% of requests fail", **told)
    assert [fact.best.description for fact in merge([rule, sent])] == ["41% of requests fail"]


def test_two_clocks_may_differ_but_one_may_not() -> None:
    def times(source: str, second: int) -> Event:
        return event(Kind.ALERT_FIRING, f"14:02:{second:02}", seconds=0, merge_key="alert", source=source)

    assert len(merge([times("one", 0), times("two", 50)])) == 1
    assert len(merge([times("one", 0), times("one", 50)])) == 2
    twice = [times(source, second) for source in ("one", "two") for second in (0, 50)]
    assert sorted(len(fact.events) for fact in merge(twice)) == [2, 2]
    assert timedelta(minutes=1) < CLOCKS_APART < timedelta(minutes=3)


_starts = st.builds(
    lambda kind, second, source, replica_set, workload: event(
        kind,
        f"14:0{second // 60}:{second % 60:02}",
        source=source,
        merge_key=replica_set and f"{workload}/{replica_set}/started",
        replica_set=replica_set,
        workload=workload,
        native_id=f"{kind}/{second}/{workload}/{replica_set}",
    ),
    st.sampled_from([Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED]),
    st.integers(0, 300),
    st.sampled_from(["one", "two", "three"]),
    st.sampled_from(["", "web-1", "web-2"]),
    st.sampled_from(["DaemonSet/web", "DaemonSet/db"]),
)


@examples(38)
@given(st.lists(_starts, max_size=8, unique_by=lambda each: (each.source, each.native_id)), st.randoms())
def test_rollouts_without_a_name_lose_no_event_and_depend_on_no_order(events: list[Event], chance: object) -> None:
    facts = merge(events)
    assert sorted(id(e) for fact in facts for e in fact.events) == sorted(id(e) for e in events)
    assert all(len({e.subject.workload for e in fact.events}) == 1 for fact in facts)
    assert all(len({e.keys.replica_set for e in fact.events} - {""}) <= 1 for fact in facts)
    shuffled = list(events)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert [(fact.best, fact.events) for fact in merge(shuffled)] == [(fact.best, fact.events) for fact in facts]


def test_a_rollout_that_one_source_cannot_name_is_the_nearest_that_another_names() -> None:
    whose = {"workload": "DaemonSet/agent"}
    named = [
        event(Kind.ROLLOUT_STARTED, "14:02:00", source="api", replica_set="agent-1", merge_key="agent-1", **whose),
        event(Kind.ROLLBACK_STARTED, "14:02:50", source="api", replica_set="agent-2", merge_key="agent-2", **whose),
    ]
    seen = event(Kind.ROLLOUT_STARTED, "14:02:45", seconds=15, source="ksm", version="1.5.0", **whose)
    first, second = merge([*named, seen])
    assert (first.events, second.events) == ((named[0],), (seen, named[1]))
    assert (second.kind, second.best.at, second.best.keys.version) == (Kind.ROLLBACK_STARTED, named[1].at, "1.5.0")


def test_what_comes_back_under_its_name_within_the_slack_joins_the_nearest() -> None:
    """The pods of a StatefulSet have the names of those that they replace."""
    first, again = (
        event(Kind.POD_READY, at, source="metrics", merge_key="Pod/db-0/ready") for at in ("14:00:00", "14:00:30")
    )
    late = event(Kind.POD_READY, "14:00:31", source="live", merge_key="Pod/db-0/ready")
    found = [[each.source for each in fact.events] for fact in merge([first, again, late])]
    assert found == [["metrics"], ["metrics", "live"]]
