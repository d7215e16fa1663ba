"""Where nothing measures what users feel, what people wrote and did shows which service was in trouble."""

from collections.abc import Iterable

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.scope import Scope
from collector.timeline import Timeline, draft
from tests.collector.build import WINDOW, alert, errors, event, rollout

_HUB = {"service": "hub", "namespace": "prod", "workload": "Deployment/hub"}
_SEARCH = {"service": "search", "namespace": "shop", "workload": "Deployment/search"}


def drafted(events: Iterable[Event]) -> Timeline:
    return draft(Gathered(tuple(events), ()), WINDOW, Scope())


def texts(timeline: Timeline) -> list[str]:
    return [row.text for row in timeline.rows]


def _morning(**known: str) -> list[Event]:
    return rollout(Kind.ROLLOUT_STARTED, "08:00:00", "08:01:00", "08:02:00", "2.0", "1.9", **known)


def test_the_last_deploy_of_a_service_that_people_write_of_has_a_row() -> None:
    note = event(Kind.NOTE, "14:05:00", "Tim: hub is stuck, nothing starts")
    rows = texts(drafted([*_morning(**_HUB), *_morning(**_SEARCH), note]))
    assert [text for text in rows if text.startswith("Rollout of")] == [
        "Rollout of hub 2.0 starts (replaces 1.9), complete at 08:02"
    ]


def test_what_was_deployed_after_they_wrote_of_it_is_not_the_change_before() -> None:
    note = event(Kind.NOTE, "14:05:00", "Tim: hub is stuck, nothing starts")
    later = rollout(Kind.ROLLOUT_STARTED, "14:10:00", "14:11:00", "14:12:00", "2.1", "2.0", **_HUB)
    rows = texts(drafted([*_morning(**_HUB), *later, note]))
    assert any("hub 2.0 starts" in text for text in rows)
    assert any("hub 2.1 starts" in text for text in rows)


def test_where_an_effect_was_measured_a_mention_of_another_service_explains_nothing() -> None:
    note = event(Kind.NOTE, "14:05:00", "Tim: search looks fine, it is checkout")
    rows = texts(drafted([*_morning(**_SEARCH), *errors("14:03:00", "14:20:00"), *alert("E", "14:04:00", None), note]))
    assert not any("search 2.0" in text for text in rows)


def test_pods_deleted_beside_pods_of_no_service_that_wait_have_a_row() -> None:
    waiting = [
        event(Kind.POD_UNSCHEDULABLE, f"14:02:{n:02}", namespace="prod", pod=f"user-{n}", native_id=f"{n}", seconds=600)
        for n in range(8)
    ]
    deleted = [event(Kind.POD_TERMINATED, "14:20:00", pod="hub-1", replica_set="hub-a", **_HUB)]
    elsewhere = [event(Kind.POD_TERMINATED, "14:21:00", pod="search-1", replica_set="search-a", **_SEARCH)]
    timeline = drafted([*waiting, *deleted, *elsewhere])
    assert "1 pod of hub is deleted, outside of a rollout" in texts(timeline)
    assert not any("search" in text for text in texts(timeline))
