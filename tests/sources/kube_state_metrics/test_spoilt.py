"""Samples of which anything may be spoilt."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.event import Event
from collector.source import Gap, Seen
from tests.collector.build import WINDOW
from tests.sources.kube_state_metrics.answers import documents, ksm
from tests.sources.kube_state_metrics.derived import series
from tests.sources.kube_state_metrics.test_configs import changed, config
from tests.sources.kube_state_metrics.test_drains import LEAVE, NODES, finished
from tests.sources.kube_state_metrics.test_holds import course
from tests.sources.kube_state_metrics.test_nodes_and_jobs import JOBS, node
from tests.sources.prometheus.samples import Sampled

_MANY = 12


def _some() -> list[Sampled]:
    """A few series of every kind, each of a few samples."""
    shop = [one for one in series() if "checkout" in str(one.labels)]
    held = course(lambda time: float(time % 700 < 350), "14:12:00")
    others = [*LEAVE, *NODES, *finished("a", "14:04:00"), *node("n1"), *JOBS, *config("settings", changed("14:05:00"))]
    every = [*shop[:: len(shop) // _MANY], *held, *others]
    return [replace(one, samples=one.samples[:: max(1, len(one.samples) // 40)]) for one in every]


SAMPLED = _some()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60)
@given(data=st.data())
def test_no_labels_and_no_values_whatever_they_are_raise(data: st.DataObject) -> None:
    given_ = documents(SAMPLED)
    spoilt = []
    for document in given_:
        body: Any = json.loads(document.text)
        items = body["data"]["result"] if isinstance(body["data"], dict) else []
        for item in items:
            labels = item["metric"]
            for name in data.draw(st.lists(st.sampled_from(sorted(labels)), max_size=2)):
                labels[name] = data.draw(st.text(max_size=5) | JSON)
            values = item["values"]
            for place in data.draw(st.lists(st.integers(0, len(values) - 1), max_size=3)):
                values[place] = data.draw(st.tuples(st.floats(0, 4e9), st.floats() | st.text(max_size=3)) | JSON)
        spoilt.append(replace(document, text=json.dumps(body)))
    for each in ksm().read(spoilt, WINDOW):
        assert isinstance(each, Event | Gap | Seen)
        assert "\n" not in (getattr(each, "summary", "") + getattr(each, "reason", ""))
