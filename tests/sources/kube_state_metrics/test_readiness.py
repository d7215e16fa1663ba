"""Readiness that is lost and comes back, whenever that is and whenever somebody looks."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from collector.event import Event, Kind
from tests.examples import examples
from tests.sources.kube_state_metrics.answers import read
from tests.sources.kube_state_metrics.sampling import sampled
from tests.sources.prometheus.samples import FIRST, LAST, utc


def holds(event: Event, seconds: float, slack: float = 1) -> bool:
    return event.earliest.timestamp() - slack <= seconds <= event.latest.timestamp() + slack


@examples(8)
@given(
    phase=st.floats(0.1, 14.9),
    flaps=st.lists(st.tuples(st.floats(3, 200), st.floats(3, 200)), max_size=5),
    stamped=st.booleans(),
    gone=st.booleans(),
)
def test_readiness_lost_and_back_is_told_when_it_was(
    phase: float, flaps: list[tuple[float, float]], stamped: bool, gone: bool
) -> None:
    """Up for some seconds and down for some, again and again; stamps are in whole seconds."""
    made, time = FIRST + 600.0, FIRST + 620.0
    ups, downs = [time], []
    for up, down in flaps:
        downs.append(time + up)
        time += up + down
        ups.append(time)
    asked = time + 300 if gone else LAST + 1000

    def since(when: float) -> float | None:
        """Since when it is ready then."""
        last = max((up for up in ups if up <= when), default=None)
        return last if last is not None and not any(last < down <= when for down in downs) else None

    times = [FIRST + phase + 15 * n for n in range(int((LAST - FIRST) // 15))]
    there = [t for t in times if made <= t < asked + 5]
    labels = {"namespace": "shop", "pod": "web-0", "uid": "u"}
    given_ = {
        "kube_pod_created": [(t, made) for t in there],
        "kube_pod_status_ready": [(t, float(since(t) is not None and t < asked + 3)) for t in there],
        "kube_pod_status_ready_time": [(t, float(int(up))) for t in there if (up := since(t)) and t < asked + 3],
        "kube_pod_deletion_timestamp": [(t, asked + 30) for t in there if t > asked],
    }
    if not stamped:
        del given_["kube_pod_status_ready_time"]
    more = {"kube_pod_status_ready": {"condition": "true"}}
    every = [replace(sampled(n, labels | more.get(n, {}), 1), samples=s) for n, s in given_.items() if s]
    every.append(
        replace(
            sampled("kube_pod_created", {**labels, "uid": "v", "pod": "x"}, made), samples=[(t, 1.7e9) for t in times]
        )
    )
    events = [each for each in read(every)[0] if each.subject.pod == "web-0"]
    lost, back, first = (
        [each for each in events if each.kind == kind]
        for kind in (Kind.POD_UNREADY, Kind.POD_RECOVERED, Kind.POD_READY)
    )
    slack = 1.0
    assert all(any(holds(each, down, slack) for down in downs) for each in lost)
    assert all(any(holds(each, up, slack) for up in ups[1:]) for each in back)
    seen = [up for up in ups[1:] if any(since(t) == up for t in there)]
    if stamped and any(since(t) == ups[0] for t in there):
        assert len(back) == len(seen) <= len(lost)
        assert all(each.latest - each.earliest <= timedelta(seconds=1) for each in back)
        assert len(first) == 1
        assert holds(first[0], ups[0], slack)
    # Whatever was lost for longer than a scrape takes was seen.
    for up, down, again in zip(ups, downs, [*ups[1:], LAST], strict=False):
        if any(up <= t < down for t in there) and any(down <= t < again for t in there if t < asked):
            assert any(holds(each, down, slack) for each in lost)
    assert utc(made) <= min(each.earliest for each in events)


def test_when_a_pod_was_scheduled_is_the_stamp_whenever_it_is_sampled() -> None:
    labels = {"namespace": "shop", "pod": "web-0", "uid": "u"}
    times = [FIRST + 15 * n for n in range(int((LAST - FIRST) // 15))]
    stamps = {"kube_pod_created": FIRST + 600.0, "kube_pod_status_scheduled_time": FIRST + 607.0}
    there = [t for t in times if t > FIRST + 610]
    every = [replace(sampled(name, labels, 1), samples=[(t, at) for t in there]) for name, at in stamps.items()]
    # Of another pod there are samples since before.
    every.append(
        replace(sampled("kube_pod_created", {**labels, "uid": "v", "pod": "x"}, 1), samples=[(t, 1) for t in times])
    )
    (told,) = [each for each in read(every)[0] if each.kind == Kind.POD_SCHEDULED]
    assert (told.earliest.timestamp(), told.latest.timestamp()) == (FIRST + 607, FIRST + 608)
    assert (told.subject.pod, told.merge_key.partition("/")[2]) == ("web-0", "shop/Pod/web-0/scheduled")
