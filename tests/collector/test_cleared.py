"""A note that clears a service is no evidence that it was involved."""

import pytest

from collector.cleared import without_cleared
from collector.event import Event, Kind
from collector.gather import Gathered
from collector.scope import Scope
from collector.timeline import draft
from tests.collector.build import WINDOW, alert, errors, event, rollout

_SEARCH = {"service": "search", "namespace": "shop", "workload": "Deployment/search"}


def _rows_of_search(note: str) -> list[str]:
    events: list[Event] = [
        *errors("14:03:00", "14:20:00"),
        *alert("CheckoutErrors", "14:04:00", "14:21:00"),
        *rollout(Kind.ROLLOUT_STARTED, "14:10:00", "14:11:00", "14:12:00", "2.0", "1.9", **_SEARCH),
        event(Kind.NOTE, "14:15:00", note),
    ]
    rows = draft(Gathered(tuple(events), ()), WINDOW, Scope()).rows
    return [row.text for row in rows if row.kind != Kind.NOTE and "search" in row.text]


@pytest.mark.parametrize(
    "note",
    [
        "Ana: checkout fails, search is fine",
        "Ana: cart and search are not affected",
        "Ana: ruled out the search deploy",
        "Ana: the search deploy of 14:10 is unrelated",
        "Ana: the search deploy was ruled out",
        "Ana: it is unrelated to search",
        "Ana: it was not search 2.0",
        "Ana: neither cart nor search is to blame",
        "Ana: no errors in search",
        "Ana: unaffected: cart, search",
    ],
)
def test_the_deploy_of_a_service_that_a_note_clears_has_no_row(note: str) -> None:
    assert not _rows_of_search(note)


@pytest.mark.parametrize(
    "note",
    [
        "Ana: search is slow too",
        "Ana: search is fine again",
        "Ana: is search fine?",
        "Ana: search is not ok",
        "Ana: cart is fine, search is not",
        "Ana: no more errors in search",
        "Ana: search is fine in eu but fails in us",
        "Ana: errors only in search, cart is fine",
    ],
)
def test_the_deploy_of_a_service_that_a_note_does_not_clear_has_rows(note: str) -> None:
    assert _rows_of_search(note)


@pytest.mark.parametrize("long", ["a, " * 20_000, "a " * 20_000, "a/" * 20_000, "at 1 " * 8_000, "a " + " " * 30_000])
def test_a_long_note_takes_no_long_time(long: str) -> None:
    assert without_cleared(long) == long
