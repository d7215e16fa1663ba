"""The log of a real API server, of what the real controllers and a pipeline asked it."""

from datetime import timedelta

import pytest

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.source import Gap
from collector.timeline import Scope, draft
from tests.controllers import pipeline
from tests.controllers.played import Played
from tests.incident.workloads import SEARCH, template
from tests.sources.kubernetes_audit.log import Json, told

pytestmark = pytest.mark.thorough


def logged(seen: Played) -> tuple[list[Event], list[Gap]]:
    return told(seen.audit, seen.pipeline.window, namespaces=[pipeline.NAMESPACE])


def test_a_real_log_has_what_was_done_and_what_came_of_it(seen: Played) -> None:
    did = seen.pipeline.did
    events, gaps = logged(seen)
    assert not gaps
    assert len(list(seen.audit.iterdir())) > 1, "it was rotated"
    # Of the nodes it is known, too: they belong to no namespace.
    mine = [event for event in events if event.subject.namespace == pipeline.NAMESPACE]
    ours = [event for event in mine if event.kind not in (Kind.POD_READY, Kind.POD_TERMINATED, Kind.OTHER)]
    assert [(each.kind, each.keys.version, each.keys.replaces, each.actor) for each in ours] == [
        (Kind.ROLLOUT_STARTED, "2.2.8", "", "admin"),
        (Kind.ROLLOUT_COMPLETED, "2.2.8", "", ""),
        (Kind.ROLLOUT_STARTED, "2.3.0", "2.2.8", "admin"),
        (Kind.ROLLOUT_COMPLETED, "2.3.0", "", ""),
        (Kind.ROLLBACK_STARTED, "2.2.8", "2.3.0", "admin"),
        (Kind.ROLLBACK_COMPLETED, "2.2.8", "", ""),
        (Kind.SCALED, "", "", "admin"),
        (Kind.CONFIG_CHANGED, "", "", "admin"),
    ]
    done = [*ours[:-1:2], ours[-1]]
    for event, what in zip(done, ("created", "deployed", "rolled back", "scaled", "secret"), strict=True):
        assert did[what] <= event.at <= did[what] + timedelta(seconds=3)
    assert ours[-2].numbers == {"replicas": 3, "was": 2}
    assert ours[-1].summary.startswith("Secret api-key was created by admin with python-requests")
    assert [event.actor for event in events if event.kind == Kind.POD_TERMINATED] == ["", "", "", "", "admin"]


def test_the_rows_of_the_service(seen: Played) -> None:
    rows = draft(Gathered(tuple(logged(seen)[0]), ()), seen.pipeline.window, Scope(services=("search",))).rows
    commits: list[str] = [_commit(version) for version in ("2.2.8", "2.3.0")]
    texts = [row.text for row in rows]
    assert texts[0] == f"Rollout of search 2.2.8 starts (by admin; commit {commits[0]})"
    assert f"Rollout of search 2.3.0 starts (replaces 2.2.8; by admin; commit {commits[1]})" in texts
    assert any(text.startswith("New pods of search 2.3.0 pass health checks (2 of 2") for text in texts)
    assert "Old pods of search 2.2.8 terminated (2 of 2), rollout complete" in texts
    assert f"Rollback of search from 2.3.0 to 2.2.8 initiated in the cluster (by admin; commit {commits[0]})" in texts
    assert "Rollback of search to 2.2.8 complete (2 of 2 pods ready)" in texts
    assert f"Deployment {pipeline.NAMESPACE}/search scaled from 2 to 3 by admin" in texts


def _commit(version: str) -> str:
    notes: Json = template(SEARCH, version)["metadata"]["annotations"]
    found: str = notes["org.opencontainers.image.revision"]
    return found[:7]
