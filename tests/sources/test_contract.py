"""What every adapter keeps, driven over the registry and the evidence of the recorded incident, or else its own."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap, Seen, SourceError
from sources.registry import TYPES, adapter, build
from tests.collector.build import WINDOW
from tests.examples import examples, few
from tests.sources.contract import ARRIVED, DEMO, JSON, recorded, source
from tests.sources.examples import dead_settings


def test_the_demo_has_no_type_that_is_not_registered() -> None:
    assert {stored.type for stored in DEMO.manifest.sources} <= set(TYPES)


@pytest.mark.parametrize("type_", TYPES)
def test_a_system_that_is_not_there_is_one_error_that_says_so(type_: str) -> None:
    with pytest.raises(SourceError) as dead:
        list(source(type_).fetch(WINDOW, Deadline(1)))
    assert dead.value.reason
    assert "\n" not in dead.value.reason + dead.value.hint


@pytest.mark.parametrize("type_", TYPES)
def test_reading_is_pure_and_events_can_be_told_apart(type_: str) -> None:
    once, again = (list(source(type_).read(recorded(type_), WINDOW)) for _ in range(2))
    assert once == again
    events = [given for given in once if isinstance(given, Event)]
    assert events
    assert {event.source for event in events} == {"mine"}
    assert all(event.summary and "\n" not in event.summary and (event.url or event.query) for event in events)
    twice = [key for key, n in Counter((event.kind, event.native_id) for event in events).items() if n > 1]
    assert twice == []


@pytest.mark.parametrize("type_", few(TYPES, 3))
def test_the_order_of_the_documents_changes_nothing(type_: str) -> None:
    forth = list(source(type_).read(recorded(type_), WINDOW))
    back = list(source(type_).read(recorded(type_)[::-1], WINDOW))
    assert sorted(map(repr, back)) == sorted(map(repr, forth))


@pytest.mark.parametrize("type_", few(TYPES, 2))
@examples(6)
@given(data=st.data())
def test_no_answer_whatever_it_holds_raises(type_: str, data: st.DataObject) -> None:
    calls = sorted({document.call for document in recorded(type_)})
    documents = [Document(call, f"GET /{call}", ARRIVED, json.dumps(data.draw(JSON))) for call in calls]
    for given_ in source(type_).read(documents, WINDOW):
        assert isinstance(given_, Event | Gap | Seen)


@pytest.mark.parametrize("type_", TYPES)
def test_a_token_that_is_not_configured_is_not_asked_for_when_reading(
    type_: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    token = {"token_env": "NOT_SET"} if "token_env" in adapter(type_).Settings.model_fields else {}
    replayed = build("mine", type_, {**dead_settings(type_), **token}, Scrubber())
    assert list(replayed.read(recorded(type_), WINDOW))
