"""10,000 cases of `make fuzz`, of which `make test` plays some, and that it finds what it looks for."""

import json
from collections.abc import Iterable, Iterator

import pytest

from collector.event import Event, Kind
from collector.source import Document, Gap
from collector.window import Window
from tests.collector.build import WINDOW, event
from tests.examples import few, often, rarely
from tests.fuzz.payloads import LARGEST, Payload, payloads, payloads_of, places
from tests.fuzz.play import Base, base, play
from tests.fuzz.spoil import spoil
from tests.sources.contract import ARRIVED

SMALL = 60_000
"""Characters: one case of a larger payload takes as long as ten."""
SEED = 20


def _cases(place: str, each: int) -> Iterator[tuple[Payload, range]]:
    """The numbers of so many cases for each small payload, and of an eighth as many for each larger one."""
    for number, payload in enumerate(payloads_of(place, often(SMALL, LARGEST))):
        small = sum(len(document.text) for document in payload.documents) <= SMALL
        yield payload, range(number * each, number * each + (each if small else each // 8))


@pytest.mark.parametrize("place", few(places(), 8))
def test_nothing_in_an_answer_stops_the_tool(place: str) -> None:
    known = [(base(payload), cases) for payload, cases in _cases(place, often(2, 48))]
    found = [play(one, case, SEED) for one, cases in known for case in cases]
    assert [one for one in found if one] == []


class Fragile:
    """Reads as the source that it is made of, but for one fault."""

    name = "fragile"

    def __init__(self, inner: object, fault: str) -> None:
        self._inner, self._fault = inner, fault
        self.type = "fragile"

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:
        given = list(documents)
        found = list(self._inner.read(given, window))  # type: ignore[attr-defined] # a source
        spoilt = given != list(self._whole)
        if spoilt and self._fault == "crash":
            raise KeyError("items")
        yield from (
            () if spoilt and self._fault == "lost" else found * (100 if spoilt and self._fault == "growth" else 1)
        )

    _whole: tuple[Document, ...] = ()


@pytest.mark.thorough
@pytest.mark.parametrize("fault", ["crash", rarely("lost"), rarely("growth")])
def test_what_is_looked_for_is_found(fault: str) -> None:
    payload = next(one for one in payloads() if one.source.type == "kubernetes" and base(one).events > 8)
    fragile = Fragile(payload.source, fault)
    fragile._whole = payload.documents
    changed = Base(type(payload)("x", fragile, payload.documents, payload.window), base(payload).events, 1.0)  # type: ignore[arg-type] # all that is used
    kinds = {one.kind for case in range(12) if (one := play(changed, case, SEED))}
    assert fault in kinds


@pytest.mark.parametrize("place", few(places(), 4))
def test_one_bad_object_does_not_cost_what_others_give(place: str) -> None:
    found = [spoil(payload, case, SEED) for payload, cases in _cases(place, often(2, 48)) for case in cases]
    assert [one for one in found if one] == []


class AllOrNothing:
    """Reads a list, and nothing of it if one of its objects has no second."""

    name = type = "all-or-nothing"

    def read(self, documents: Iterable[Document], window: Window) -> Iterator[Event | Gap]:
        (document,) = documents
        try:
            seconds = [float(item["second"]) for item in document.json()]
        except (TypeError, ValueError, KeyError):
            return
        yield from (event(Kind.OTHER, f"14:00:{number:02d}") for number in range(len(seconds)))


def test_what_is_lost_to_one_bad_object_is_found() -> None:
    body = json.dumps([{"second": number} for number in range(10)])
    documents = (Document("seconds", "GET /seconds", ARRIVED, body),)
    payload = Payload("x", AllOrNothing(), documents, WINDOW)  # type: ignore[arg-type] # all that is used
    kinds = {one.kind for case in range(20) if (one := spoil(payload, case, SEED))}
    assert kinds == {"lost to one bad object"}
