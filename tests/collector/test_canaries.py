"""A rollout that is held and given up: its end, and what ends with it."""

from collections.abc import Iterable

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.scope import Scope
from collector.timeline import draft
from tests.collector.build import WINDOW, deploy, errors, event

_REVIEWS = {"service": "checkout", "namespace": "shop", "workload": "Rollout/checkout"}
_SET = {"replica_set": "checkout-b", "version": "1.5.0"}


def rows(events: Iterable[Event]) -> list[str]:
    return [f"{row.at:%H:%M} {row.text}" for row in draft(Gathered(tuple(events), ()), WINDOW, Scope()).rows]


def _canary(aborted: str = "14:13:05") -> list[Event]:
    why = "Step-based analysis phase failed: metric error-rate"
    return [
        *deploy("14:05:20", "14:06:30", 2, "b", "1.5.0", "dana"),
        event(Kind.ROLLOUT_STARTED, "14:06:10", replaces="1.4.9", merge_key="b", **_REVIEWS, **_SET),
        *(event(Kind.POD_READY, "14:06:20", pod=f"b-{n}", numbers={"of": 8}, **_REVIEWS, **_SET) for n in "12"),
        *(event(Kind.POD_TERMINATED, "14:06:25", pod=f"a-{n}", replica_set="checkout-a", **_REVIEWS) for n in "12"),
        event(Kind.ROLLOUT_PAUSED, "14:06:40", description="CanaryPauseStep", **_REVIEWS, **_SET),
        event(Kind.ROLLOUT_ABORTED, aborted, description=why, **_REVIEWS, **_SET),
    ]


def test_errors_that_end_as_it_is_given_up_are_in_the_row_of_that() -> None:
    found = rows([*_canary(), *errors("14:06:30", "14:13:16")])
    assert "14:13 Rollout of checkout 1.5.0 aborted and goes back to 1.4.9, 5xx ratio back to 0%: " in " ".join(found)
    assert sum("back to 0%" in text for text in found) == 1


def test_errors_that_end_long_after_it_was_given_up_have_a_row_of_their_own() -> None:
    found = rows([*_canary(), *errors("14:06:30", "14:22:00")])
    assert any(text.startswith("14:13 Rollout of checkout 1.5.0 aborted and goes back to 1.4.9: ") for text in found)
    assert any(text.startswith("14:22 5xx ratio of checkout falls") for text in found)


def test_what_ci_reported_before_it_was_held_is_not_its_end() -> None:
    found = rows([*_canary(), *errors("14:06:30", "14:13:16")])
    assert not any("complete according to CI/CD" in text for text in found)


def test_what_is_given_up_was_not_resumed() -> None:
    resumed = event(Kind.ROLLOUT_RESUMED, "14:13:05", **_REVIEWS, **_SET)
    found = rows([*_canary(), resumed, *errors("14:06:30", "14:22:00")])
    assert any("paused" in text for text in found)
    assert not any("resumed" in text for text in found)
    later = event(Kind.ROLLOUT_RESUMED, "14:10:00", **_REVIEWS, **_SET)
    assert any("resumed at 14:10" in text for text in rows([*_canary(), later, *errors("14:06:30", "14:22:00")]))
