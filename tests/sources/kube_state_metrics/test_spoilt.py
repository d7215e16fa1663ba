"""Samples of which anything may be spoilt."""

import json
from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from collector.event import Event
from collector.source import Gap, Seen
from tests.collector.build import WINDOW
from tests.examples import examples
from tests.sources.kube_state_metrics.answers import documents, ksm
from tests.sources.kube_state_metrics.config_series import changed, config
from tests.sources.kube_state_metrics.derived import series
from tests.sources.kube_state_metrics.drain_series import LEAVE, NODES, finished
from tests.sources.kube_state_metrics.hold_series import course
from tests.sources.kube_state_metrics.node_and_job_series import JOBS, node
from tests.sources.prometheus.samples import Sampled

_MANY = 12


@cache
def some() -> list[Sampled]:
    """A few series of every kind, each of a few samples."""
    shop = [one for one in series() if "checkout" in str(one.labels)]
    held = course(lambda time: float(time % 700 < 350), "14:12:00")
    others = [*LEAVE, *NODES, *finished("a", "14:04:00"), *node("n1"), *JOBS, *config("settings", changed("14:05:00"))]
    every = [*shop[:: len(shop) // _MANY], *held, *others]
    return [replace(one, samples=one.samples[:: max(1, len(one.samples) // 40)]) for one in every]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@examples(5)
@given(data=st.data())
def test_no_labels_and_no_values_whatever_they_are_raise(data: st.DataObject) -> None:
    given_ = documents(some())
    bodies: list[Any] = [json.loads(document.text) for document in given_]
    items = [item for body in bodies if isinstance(body["data"], dict) for item in body["data"]["result"]]
    for number in data.draw(st.lists(st.integers(0, len(items) - 1), min_size=1, max_size=30, unique=True)):
        labels, values = items[number]["metric"], items[number]["values"]
        for name in data.draw(st.lists(st.sampled_from(sorted(labels)), max_size=2)):
            labels[name] = data.draw(st.text(max_size=5) | JSON)
        for place in data.draw(st.lists(st.integers(0, len(values) - 1), max_size=3)):
            values[place] = data.draw(st.tuples(st.floats(0, 4e9), st.floats() | st.text(max_size=3)) | JSON)
    spoilt = [replace(each, text=json.dumps(body)) for each, body in zip(given_, bodies, strict=True)]
    for each in ksm().read(spoilt, WINDOW):
        assert isinstance(each, Event | Gap | Seen)
        assert "\n" not in (getattr(each, "summary", "") + getattr(each, "reason", ""))
