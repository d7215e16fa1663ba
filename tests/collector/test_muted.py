"""An alert that was silenced when it began to fire detected nothing."""

import pytest

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.result import Phase
from collector.scope import Scope
from collector.timeline import draft
from tests.collector.build import WINDOW, alert, errors, event

SILENCE = {"source": "am", "episode": "s1", "alert": "CheckoutErrors", "numbers": {"whole": 1}}


def detected(*given: Event) -> Phase:
    events = (
        *errors("14:03:00", "14:20:00"),
        *alert("CheckoutErrors", "14:06:00", "14:23:00", namespace="shop", numbers={}),
        event(Kind.NOTE, "14:15:00", "Support: customers cannot pay"),
        *given,
    )
    found = draft(Gathered(events, ()), WINDOW, Scope())
    return next(phase for phase in found.phases if phase.name == "detected")


def clock(phase: Phase) -> str:
    return f"{phase.at:%H:%M}" if phase.at else ""


def test_what_a_silence_kept_from_notifying_is_detected_by_people() -> None:
    assert clock(detected()) == "14:06"
    assert clock(detected(event(Kind.SILENCE_STARTED, "13:30:00", **SILENCE))) == "14:15"


@pytest.mark.parametrize(
    "changed",
    [{"namespace": "staging"}, {"service": "search"}, {"alert": "DiskFull"}, {"numbers": {}}],
)
def test_a_silence_of_something_else_or_of_a_part_mutes_nothing(changed: dict[str, object]) -> None:
    assert clock(detected(event(Kind.SILENCE_STARTED, "13:30:00", **{**SILENCE, **changed}))) == "14:06"


def test_a_silence_that_ended_before_or_begins_later_mutes_nothing() -> None:
    silence = event(Kind.SILENCE_STARTED, "13:30:00", **SILENCE)
    assert clock(detected(silence, event(Kind.SILENCE_ENDED, "14:02:00", **SILENCE))) == "14:06"
    assert clock(detected(silence, event(Kind.SILENCE_ENDED, "14:12:00", **SILENCE))) == "14:15"
    assert clock(detected(event(Kind.SILENCE_STARTED, "14:08:00", **SILENCE))) == "14:06"
