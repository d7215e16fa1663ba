"""What a timeline of GitHub alone shows of its deploys."""

import json
from typing import Any

from collector.gather import Gathered
from collector.source import Document
from collector.timeline import Scope, draft
from tests.sources.github.payloads import WINDOW, approval, deployment, document, job, read, run, status

DEPLOY = {"path": ".github/workflows/deploy.yml", "head_branch": "main"}
OLD, NEW = "1111111" + "0" * 33, "2222222" + "0" * 33


def table(*documents: Document, **settings: Any) -> list[str]:
    events, _ = read(*documents, **settings)
    timeline = draft(Gathered(tuple(events), ()), WINDOW, Scope())
    return [f"{row.at:%H:%M} {row.text}" for row in timeline.rows] + list(timeline.left_out)


def runs(*listed: dict[str, Any]) -> Document:
    return document("runs", json.dumps({"total_count": len(listed), "workflow_runs": listed}))


def statuses(of: int, *steps: dict[str, Any]) -> Document:
    return document("statuses", json.dumps(list(steps)), f"/deployments/{of}/statuses")


def test_last_weeks_run_is_run_again_without_any_deployment() -> None:
    first = run(9470, "2026-03-28T09:00:00Z", "2026-03-28T09:05:00Z", **DEPLOY, head_sha=OLD)
    bad = run(9482, "14:02:05", "14:05:10", **DEPLOY, head_sha=NEW)
    back = {**first, **run(9470, "14:18:00", "14:22:10", **DEPLOY, head_sha=OLD), "run_attempt": 2}
    back |= {"created_at": first["created_at"], "triggering_actor": {"login": "sam-okafor"}}
    jobs = [
        job(1, 9482, "14:02:20", "14:05:00"),
        job(2, 9470, "14:18:20", "14:21:00", run_attempt=2, name="deploy (eu)"),
        job(3, 9470, "14:18:30", "14:22:00", run_attempt=2, name="deploy (us)"),
    ]
    documents = [
        runs(bad, back),
        document("attempt", json.dumps(first), "/actions/runs/9470/attempts/1"),
        document("jobs", json.dumps({"total_count": 3, "jobs": jobs})),
    ]
    assert table(*documents, workflows=["deploy.yml"]) == [
        "14:02 Deploy of checkout 2222222 starts via CI/CD (by dana-reyes; github run 482; commit 2222222)",
        "14:05 Deploy of checkout 2222222 complete",
        "14:18 Rollback of checkout to 1111111 initiated via CI/CD (by sam-okafor; github run 470; commit 1111111)",
        "14:22 Rollback of checkout to 1111111 complete",
    ]


def test_last_weeks_run_is_run_again_and_makes_a_deployment() -> None:
    first = "2026-03-28T09:00:00Z"
    again = run(9470, "14:18:00", "14:22:10", **DEPLOY, head_sha=OLD, created_at=first, run_attempt=2)
    listed = [
        deployment(73, "14:18:10", "main", sha=OLD),
        deployment(72, "14:02:06", "main", sha=NEW),
        deployment(70, first, "main", sha=OLD),
    ]
    documents = [
        document("deployments", json.dumps(listed)),
        statuses(
            70,
            status(1, "in_progress", "2026-03-28T09:01:00Z", 9470),
            status(2, "success", "2026-03-28T09:05:00Z", 9470),
        ),
        statuses(72, status(3, "in_progress", "14:02:20", 9482), status(4, "success", "14:05:00", 9482)),
        statuses(73, status(5, "in_progress", "14:18:20", 9470), status(6, "success", "14:22:00", 9470)),
        runs(run(9482, "14:02:05", "14:05:10", **DEPLOY, head_sha=NEW), again),
    ]
    assert table(*documents)[2:] == [
        "14:18 Rollback of checkout to 1111111 initiated via CI/CD (by dana-reyes; github run 470; commit 1111111)",
        "14:22 Rollback of checkout to 1111111 complete",
    ]


def test_a_deploy_that_waited_for_days_and_one_that_was_refused() -> None:
    waited = run(9470, "2026-03-29T10:00:00Z", "14:06:10", **DEPLOY, head_sha=NEW)
    refused = run(9471, "13:00:00", "14:10:05", **DEPLOY, head_sha=OLD, conclusion="failure")
    listed = [deployment(73, "13:00:10", "main", sha=OLD), deployment(72, "2026-03-29T10:00:10Z", "main", sha=NEW)]
    steps = [status(2, "in_progress", "14:02:20", 9470), status(3, "success", "14:06:00", 9470)]
    documents = [
        document("deployments", json.dumps(listed)),
        statuses(72, status(1, "waiting", "2026-03-29T10:00:11Z", 9470), *steps),
        statuses(73, status(4, "waiting", "13:00:11", 9471), status(5, "failure", "14:10:00", 9471)),
        runs(waited, refused),
        document("approvals", json.dumps([approval("approved", "maria-ortiz")]), "/actions/runs/9470/approvals"),
        document("approvals", json.dumps([approval("rejected", "li-wei")]), "/actions/runs/9471/approvals"),
    ]
    assert table(*documents) == [
        "14:02 Deploy of checkout 2222222 starts via CI/CD (by dana-reyes; approved by maria-ortiz;"
        " waited for approval since 2026-03-29 10:00; github run 470; commit 2222222)",
        "14:06 Deploy of checkout 2222222 complete",
        "Deploy of checkout 1111111, 13:00, refused by li-wei",
    ]
