"""One sample or stage that cannot be read costs itself, and not the series or the build that it stands in."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from collector.event import Event
from collector.source import Document, Gap
from sources.kube_state_metrics.states import within
from sources.loki.lines import logfmt
from tests.collector.build import WINDOW
from tests.examples import pairs
from tests.sources.contract import recorded, source

TYPES = ("prometheus", "kube-state-metrics")


def read(type_: str, documents: list[Document]) -> tuple[list[Event], list[str]]:
    found = list(source(type_).read(documents, WINDOW))
    return [one for one in found if isinstance(one, Event)], [one.reason for one in found if isinstance(one, Gap)]


def samples(document: Document) -> tuple[Any, list[list[Any]]]:
    body = json.loads(document.text)
    result = body["data"].get("result", []) if isinstance(body["data"], dict) else []
    return body, [series["values"] for series in result if len(series.get("values", ())) > 2]


def spoilt(type_: str, bad: Any) -> Iterator[list[Document]]:
    """The documents with one sample more, in one of them after another."""
    documents = recorded(type_)
    for number, document in enumerate(documents):
        body, many = samples(document)
        for values in many[:1]:
            values.insert(1, bad)
            changed = replace(document, text=json.dumps(body), content=None)
            yield [*documents[:number], changed, *documents[number + 1 :]]


@pytest.mark.parametrize(
    ("type_", "bad"), pairs(TYPES, [None, {}, [None, None], ["x", "y"], [1775000000], [[[]], "1"]], 6)
)
def test_one_bad_sample_costs_nothing_else(type_: str, bad: Any) -> None:
    events, _ = read(type_, recorded(type_))
    every = list(spoilt(type_, bad))[:3]
    assert every
    for documents in every:
        found, gaps = read(type_, documents)
        assert found == events
        assert any("1 of" in gap and "have samples that could not be read" in gap for gap in gaps), gaps


@pytest.mark.parametrize(
    "bad", [None, {}, {"id": "1", "name": "x", "startTimeMillis": "1970-01-01T00:00:00Z"}], ids=str
)
def test_one_bad_stage_of_a_build_costs_no_other(bad: Any) -> None:
    documents = recorded("jenkins")
    events, _ = read("jenkins", documents)
    number = next(n for n, one in enumerate(documents) if one.call == "stages" and json.loads(one.text)["stages"])
    body = json.loads(documents[number].text)
    body["stages"].append(bad)
    documents[number] = replace(documents[number], text=json.dumps(body), content=None)
    found, gaps = read("jenkins", documents)
    assert found == events
    assert any("stages: 1 of" in gap for gap in gaps), gaps


@pytest.mark.parametrize("stamp", [1e15, 1e308, 4102444801.0])
def test_a_stamp_of_any_year_is_a_time(stamp: float) -> None:
    for when in (within(1775052000.0, stamp), within(stamp, stamp + 1)):
        assert when.earliest <= when.latest
        assert when.latest.year <= 2100


def test_a_line_of_one_long_word_is_read_once() -> None:
    began = time.process_time()
    assert logfmt("a" * 50_000 + " reason=Killing") == {"reason": "Killing"}
    assert time.process_time() - began < 3
