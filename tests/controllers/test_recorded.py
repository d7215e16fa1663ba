"""A short incident on the real controllers, out of the recording alone when the cluster has forgotten it."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.merge import merge
from collector.source import Document, Gap
from collector.stories.rollouts import rollouts
from collector.timeline import Scope, draft
from collector.window import Window
from tests.controllers import forgotten
from tests.controllers.played import Played
from tests.sources.recorder.reading import fetched, recorder
from tests.sources.recorder.recording import told

pytestmark = pytest.mark.thorough
"""`make test` has what real controllers did in `fixtures/evidence`."""


def recorded(seen: Played) -> tuple[list[Event], list[Gap], list[Document]]:
    return fetched(recorder(seen.store, forgotten.NAMESPACE), seen.forgotten.window)


def rows(events: Sequence[Event], window: Window) -> list[str]:
    return [row.text for row in draft(Gathered(tuple(events), ()), window, Scope(services=(forgotten.NAME,))).rows]


def test_the_recording_alone_gives_the_rows_that_the_cluster_gave(seen: Played) -> None:
    events, gaps, _ = recorded(seen)
    (before,) = [gap for gap in gaps if "not recorded" in gap.reason]
    assert before.span
    assert before.span[1] <= seen.forgotten.window.start + timedelta(seconds=1)
    found = rollouts(merge(events))
    assert [(each.started.kind, each.keys.version, each.keys.replaces) for each in found] == [
        (Kind.ROLLOUT_STARTED, "1.0.0", ""),
        (Kind.ROLLOUT_STARTED, "1.1.0", "1.0.0"),
        (Kind.ROLLBACK_STARTED, "1.0.0", "1.1.0"),
    ]
    assert all(each.completed and len(each.ready) == 2 for each in found)
    mine, live = rows(events, seen.forgotten.window), rows(seen.forgotten.live, seen.forgotten.window)
    print(*live, "from the recording:", *mine, sep="\n")
    assert "Rollback of cart to 1.0.0 complete (2 of 2 pods ready)" in live
    # It may know more of the same, such as that a rollout was complete.
    assert [text for text in live if not any(row.startswith(text) for row in mine)] == []


def test_it_has_what_the_cluster_overwrites(seen: Played) -> None:
    events = recorded(seen)[0]
    deaths = [event for event in events if event.kind == Kind.POD_OOM_KILLED]
    assert len(deaths) == len(seen.forgotten.deaths) == 3
    for event, at in zip(deaths, seen.forgotten.deaths, strict=True):
        assert event.earliest <= at <= event.latest
    unready, back = seen.forgotten.unready
    (event,) = [event for event in events if event.kind == Kind.POD_UNREADY]
    assert event.earliest <= unready <= event.latest
    (event,) = [event for event in events if event.kind == Kind.POD_RECOVERED]
    assert event.earliest <= back <= event.latest


def test_both_together_report_everything_once(seen: Played) -> None:
    events = recorded(seen)[0]
    alone, both = merge(events), merge([*seen.forgotten.live, *events])
    # ConfigMaps are not recorded.
    others = (Kind.OTHER, Kind.CONFIG_CHANGED)
    counted = [Counter(fact.kind for fact in facts if fact.kind not in others) for facts in (alone, both)]
    assert counted[0] == counted[1]
    assert rows([*seen.forgotten.live, *events], seen.forgotten.window) == rows(events, seen.forgotten.window)


def test_nothing_secret_is_in_the_store(seen: Played) -> None:
    assert told(seen.store, "deployments", forgotten.NAME)
    for path in seen.store.parent.iterdir():
        assert b"canary" not in path.read_bytes()
    assert "canary" not in "".join(each.text for each in recorded(seen)[2])
