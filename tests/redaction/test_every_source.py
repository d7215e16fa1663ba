"""Whatever source a document is of: redacted, it gives the same Events, and names nobody who did something."""

import re

import pytest
from msgspec.structs import replace

from collector.event import Event
from collector.people import MACHINE
from collector.redaction.rewrite import Rewriter
from collector.redaction.survey import Survey
from collector.source import Document
from sources.registry import TYPES
from tests.collector.build import WINDOW
from tests.examples import few
from tests.sources.contract import recorded, source


def read(type_: str, documents: list[Document]) -> list[Event]:
    return [each for each in source(type_).read(documents, WINDOW) if isinstance(each, Event)]


def about(event: Event) -> tuple[object, ...]:
    """What no alias changes."""
    subject, keys = event.subject, event.keys
    workload = "" if subject.workload.startswith("Node/") else subject.workload
    times = event.at, event.earliest, event.latest
    return (event.kind.value, *times, subject.service, subject.namespace, workload, keys.version, keys.alert)


@pytest.mark.parametrize("type_", few(TYPES, 4, 1))
def test_the_events_are_the_same_and_name_nobody(type_: str) -> None:
    documents = list(recorded(type_))
    events = read(type_, documents)
    survey = Survey()
    survey.events(events)
    for document in documents:
        survey.text(document.asked, ("asked",))
        survey.text(document.text)
    made = Rewriter(survey)
    new = [replace(each, asked=made.name(each.asked), text=made.document(each.text)) for each in documents]
    assert sorted(map(about, read(type_, new)), key=str) == sorted(map(about, events), key=str)
    left = {event.actor for event in read(type_, new) if event.actor and not MACHINE.search(event.actor)}
    # A token is no person.
    assert [actor for actor in left if not re.fullmatch(r"person-[0-9]+|token .*", actor)] == []
    nodes = {event.subject.node for event in events if event.subject.node}
    assert nodes.isdisjoint(event.subject.node for event in read(type_, new))
