"""Deploys that no Deployment records, and what people decided about those that one does."""

import json
from typing import Any

import pytest

from collector.event import Event, Manner, order
from collector.source import Document
from tests.incident import openapi
from tests.servers.process import or_skip
from tests.sources.github.payloads import approval, deployment, document, job, read, run, status

DEPLOY = {"path": ".github/workflows/deploy.yml@refs/heads/main", "head_branch": "main"}


def runs(*listed: dict[str, Any]) -> Document:
    return document("runs", json.dumps({"total_count": len(listed), "workflow_runs": listed}))


def jobs(*listed: dict[str, Any]) -> Document:
    return document("jobs", json.dumps({"total_count": len(listed), "jobs": listed}))


def approvals(*listed: dict[str, Any], run_id: int = 9482) -> Document:
    return document("approvals", json.dumps(listed), f"/actions/runs/{run_id}/approvals")


def deploys(*documents: Document, **settings: Any) -> list[tuple[str, str, str]]:
    events, gaps = read(*documents, **{"workflows": ["deploy.yml"], **settings})
    assert gaps == []
    found = sorted((one for one in events if one.kind.startswith("deploy")), key=order)
    return [(f"{one.at:%H:%M:%S}", one.kind.value, one.subject.service) for one in found]


def test_a_run_of_a_named_workflow_is_a_deploy_from_its_first_job_to_its_last() -> None:
    matrix = [
        job(1, 9482, "14:02:30", "14:05:00", name="deploy (eu)"),
        job(2, 9482, "14:02:50", "14:09:00", name="deploy (us)"),
        job(3, 9482, "14:09:01", "14:09:01", name="tidy", conclusion="skipped"),
    ]
    assert deploys(runs(run(9482, "14:02:05", "14:09:10", **DEPLOY)), jobs(*matrix)) == [
        ("14:02:30", "deploy.started", "checkout"),
        ("14:09:00", "deploy.succeeded", "checkout"),
    ]


def test_a_run_that_goes_through_environments_is_a_deploy_to_each() -> None:
    listed = [
        job(1, 9482, "14:02:30", "14:03:00", name="test"),
        job(2, 9482, "14:03:10", "14:05:00", name="deploy (staging, eu)"),
        job(3, 9482, "14:03:12", "14:05:30", name="deploy (staging, us)"),
        job(4, 9482, "14:10:00", "14:12:00", name="deploy / production"),
    ]
    events, _ = read(runs(run(9482, "14:02:05", "14:12:10", **DEPLOY)), jobs(*listed), workflows=["deploy.yml"])
    ours = sorted((one for one in events if one.kind.startswith("deploy")), key=order)
    assert [(f"{one.at:%H:%M:%S}", one.kind.value, one.subject.environment) for one in ours] == [
        ("14:03:10", "deploy.started", "staging"),
        ("14:05:30", "deploy.succeeded", "staging"),
        ("14:10:00", "deploy.started", "production"),
        ("14:12:00", "deploy.succeeded", "production"),
    ]


@pytest.mark.parametrize(
    ("workflow", "name", "environment"),
    [
        ("deploy.yml", "deploy", ""),
        ("deploy.yml", "Deploy to production", "production"),
        ("deploy-staging.yml", "apply", "staging"),
        ("deploy.yml", "test", ""),
    ],
)
def test_where_a_run_deploys_to_is_known_by_the_name_of_its_job_else_of_its_workflow(
    workflow: str, name: str, environment: str
) -> None:
    ours = run(9482, "14:02:05", "14:09:10", **{**DEPLOY, "path": f".github/workflows/{workflow}", "name": "Ship"})
    listed = jobs(job(1, 9482, "14:02:30", "14:05:00", name=name))
    events, _ = read(runs(ours), listed, workflows=[workflow])
    assert {one.subject.environment for one in events if one.kind.startswith("deploy")} == {environment}


@pytest.mark.parametrize("named", ["deploy.yml", "Deploy.yml", ".github/workflows/deploy.yml", "Deploy"])
def test_a_workflow_is_named_by_file_path_or_name(named: str) -> None:
    assert len(deploys(runs(run(9482, "14:02:05", "14:09:10", **DEPLOY)), workflows=[named])) == 2


def test_others_and_runs_for_a_pull_request_are_no_deploys() -> None:
    tests = run(9481, "14:02:05", "14:09:10", path=".github/workflows/test.yml", name="Test")
    preview = run(9482, "14:02:05", "14:09:10", **DEPLOY, event="pull_request")
    assert deploys(runs(tests, preview)) == []


def test_only_the_named_jobs_of_a_workflow_deploy() -> None:
    listed = [
        job(1, 9482, "14:02:30", "14:06:00", name="test"),
        job(2, 9482, "14:06:10", "14:08:00", name="deploy / apply"),
    ]
    ci = run(9482, "14:02:05", "14:09:10", path=".github/workflows/ci.yml", name="CI")
    assert deploys(runs(ci), jobs(*listed), workflows=["ci.yml/deploy*"]) == [
        ("14:06:10", "deploy.started", "checkout"),
        ("14:08:00", "deploy.succeeded", "checkout"),
    ]
    assert deploys(runs(ci), jobs(listed[0]), workflows=["ci.yml/deploy*"]) == []


@pytest.mark.parametrize(
    ("name", "workflow", "ends"),
    [
        ("notify", "deploy.yml", ["deploy.started", "deploy.succeeded"]),
        ("deploy (eu)", "deploy.yml", ["deploy.started", "deploy.failed"]),
        ("notify", "deploy.yml/notify", ["deploy.started", "deploy.failed"]),
    ],
)
def test_a_job_that_may_fail_fails_the_deploy_only_if_it_deploys(name: str, workflow: str, ends: list[str]) -> None:
    listed = [
        job(1, 9482, "14:02:30", "14:05:00", name="deploy (us)"),
        job(2, 9482, "14:05:02", "14:05:30", name=name, conclusion="failure"),
    ]
    found = deploys(runs(run(9482, "14:02:05", "14:06:00", **DEPLOY)), jobs(*listed), workflows=[workflow])
    assert [kind for _, kind, _ in found] == ends


def test_a_run_that_cannot_start_has_not_started() -> None:
    broken = run(9482, "14:02:05", "14:02:06", conclusion="startup_failure", **DEPLOY)
    assert [kind for _, kind, _ in deploys(runs(broken))] == ["deploy.requested", "deploy.failed"]


def test_a_reusable_workflow_is_known_in_the_run_that_calls_it() -> None:
    caller = run(
        9482,
        "14:02:05",
        "14:09:10",
        path=".github/workflows/main.yml",
        name="Main",
        referenced_workflows=[{"path": "acme/workflows/.github/workflows/deploy.yml@v3", "sha": "a" * 40}],
    )
    assert [kind for _, kind, _ in deploys(runs(caller))] == ["deploy.started", "deploy.succeeded"]


def test_the_service_of_a_workflow_is_the_one_that_the_settings_map() -> None:
    found = deploys(runs(run(9482, "14:02:05", "14:09:10", **DEPLOY)), services={"deploy.yml": "cart"})
    assert {service for *_, service in found} == {"cart"}


def test_a_run_with_a_deployment_of_its_own_is_not_a_second_deploy() -> None:
    listing = document("deployments", json.dumps([deployment(72, "14:02:06", "v1.5.0")]))
    steps = [status(1, "in_progress", "14:02:20", 9482), status(2, "success", "14:05:20", 9482)]
    of_it = document("statuses", json.dumps(steps), "/deployments/72/statuses")
    assert len(deploys(runs(run(9482, "14:02:05", "14:09:10", **DEPLOY)), listing, of_it)) == 2


def test_an_old_run_that_is_run_again_is_a_deploy_each_time() -> None:
    first = run(9482, "2026-03-31T09:00:00Z", "2026-03-31T09:05:00Z", **DEPLOY)
    again = {**first, **run(9482, "14:18:00", "14:22:00", **DEPLOY), "run_attempt": 2}
    again["created_at"] = first["created_at"]
    found = deploys(runs(again), document("attempt", json.dumps(first), "/actions/runs/9482/attempts/1"))
    assert [kind for _, kind, _ in found] == ["deploy.started", "deploy.succeeded"] * 2
    assert [at for at, *_ in found] == ["09:00:00", "09:05:00", "14:18:00", "14:22:00"]


@pytest.mark.parametrize(
    ("conclusion", "kind"),
    [("failure", "deploy.failed"), ("timed_out", "deploy.failed"), ("cancelled", "deploy.cancelled")],
)
def test_how_such_a_deploy_ends(conclusion: str, kind: str) -> None:
    found = deploys(runs(run(9482, "14:02:05", "14:09:10", **DEPLOY, conclusion=conclusion)))
    assert found[-1] == ("14:09:10", kind, "checkout")


@pytest.mark.parametrize(
    ("conclusion", "ours", "found"),
    [
        ("action_required", [], [("14:02:05", "deploy.waiting", "checkout")]),
        ("stale", [], [("14:02:05", "deploy.started", "checkout")]),
        (
            "stale",
            [job(1, 9482, "14:02:30", "14:05:00", conclusion="stale")],
            [("14:02:30", "deploy.started", "checkout")],
        ),
    ],
)
def test_a_run_of_which_nobody_knows_the_end_has_not_succeeded(
    conclusion: str, ours: list[dict[str, Any]], found: list[tuple[str, str, str]]
) -> None:
    assert deploys(runs(run(9482, "14:02:05", "14:09:00", conclusion=conclusion, **DEPLOY)), jobs(*ours)) == found


def test_a_deployment_whose_run_had_no_more_time_times_out() -> None:
    listed = [deployment(5, "14:02:00", "v1.5.0")]
    steps = [status(1, "in_progress", "14:02:01", 9482), status(2, "failure", "14:13:00", 9482)]
    found, _ = read(
        document("deployments", json.dumps(listed)),
        document("statuses", json.dumps(steps), "/deployments/5/statuses"),
        runs(run(9482, "14:01:00", "14:13:00", conclusion="timed_out")),
    )
    assert [one.summary for one in found if one.kind == "deploy.failed"] == [
        "Deploy of checkout 1.5.0 to production times out (run 482, 0000005) by dana-reyes"
    ]


def test_a_run_that_is_cancelled_for_a_newer_one_is_superseded() -> None:
    older = run(9482, "14:02:05", "14:09:10", **DEPLOY, conclusion="cancelled")
    newer = run(9483, "14:09:05", "14:12:00", **DEPLOY)
    listed = [job(1, 9482, "14:02:30", "14:09:09", conclusion="cancelled")]
    assert ("14:09:09", "deploy.superseded", "checkout") in deploys(runs(older, newer), jobs(*listed))


def test_a_run_that_waits_has_not_started() -> None:
    waits = run(9482, "14:02:05", **DEPLOY, status="waiting")
    assert deploys(runs(waits)) == [("14:02:05", "deploy.waiting", "checkout")]


def test_a_revert_is_known_by_its_title_or_its_commit() -> None:
    for words in (
        {"display_title": 'Revert "Batch the lookups (#210)" (#212)'},
        {"display_title": "Merge #212", "head_commit": {"message": 'Revert "Batch the lookups"\n\nThis reverts abc.'}},
        {"display_title": "revert: batch the lookups"},
    ):
        events, _ = read(runs(run(9482, "14:02:05", "14:09:10", **DEPLOY, **words)), workflows=["deploy.yml"])
        assert {one.manner for one in events if one.kind.startswith("deploy")} == {Manner.REVERT}


def waited(*steps: dict[str, Any], decided: list[dict[str, Any]], **of_run: Any) -> list[Event]:
    documents = [
        document("deployments", json.dumps([deployment(72, "14:02:06", "v1.5.0")])),
        document("statuses", json.dumps(list(steps)), "/deployments/72/statuses"),
        runs(run(9482, "14:02:05", "14:12:00", **DEPLOY, **of_run)),
        approvals(*decided),
    ]
    return [one for one in read(*documents)[0] if one.kind.startswith("deploy")]


WAITS = status(1, "waiting", "14:02:07", 9482)


def test_who_approved_is_a_fact_of_its_own_that_lies_before_the_start() -> None:
    steps = [WAITS, status(2, "in_progress", "14:09:00", 9482), status(3, "success", "14:10:00", 9482)]
    decided = [approval("approved", "maria-ortiz"), approval("rejected", "li-wei", environment="staging")]
    found = waited(*steps, decided=decided)
    assert [(one.kind.value, one.actor) for one in found] == [
        ("deploy.waiting", "dana-reyes"),
        ("deploy.approved", "maria-ortiz"),
        ("deploy.started", "dana-reyes"),
        ("deploy.succeeded", "dana-reyes"),
    ]
    assert (f"{found[1].earliest:%H:%M:%S}", f"{found[1].latest:%H:%M:%S}") == ("14:02:07", "14:09:00")
    assert f"{found[1].at:%H:%M:%S}" == "14:09:00"


@pytest.mark.parametrize(("attempt", "actor"), [(1, ""), (2, "sam-okafor")])
def test_a_scheduled_deploy_has_no_actor_unless_somebody_runs_it_again(attempt: int, actor: str) -> None:
    who = {
        "actor": {"login": "dana-reyes"},
        "triggering_actor": {"login": "sam-okafor" if attempt > 1 else "dana-reyes"},
    }
    listed = runs(run(9482, "14:02:05", "14:05:00", event="schedule", run_attempt=attempt, **{**DEPLOY, **who}))
    found = [one for one in read(listed, workflows=["deploy.yml"])[0] if one.kind.startswith("deploy")]
    assert {one.actor for one in found} == {actor}
    assert all("scheduled" in one.summary for one in found)


def test_an_approval_is_named_only_where_somebody_decided() -> None:
    """A deployment may also wait for a timer or another system, and GitHub has the same state for all of them."""
    steps = [WAITS, status(2, "in_progress", "14:09:00", 9482)]
    decided, timer = (waited(*steps, decided=each) for each in ([approval("approved", "maria-ortiz")], []))
    assert [decided[0].awaits, timer[0].awaits] == ["", "the protection rules of its environment"]
    assert "waits for an approval" in decided[0].summary
    assert "waits for the protection rules of its environment" in timer[0].summary


def test_what_is_refused_did_not_fail_and_never_started() -> None:
    found = waited(
        WAITS,
        status(2, "failure", "14:12:00", 9482),
        decided=[approval("rejected", "maria-ortiz", comment="not on a Friday")],
        conclusion="failure",
    )
    assert [(one.kind.value, one.actor) for one in found] == [
        ("deploy.waiting", "dana-reyes"),
        ("deploy.refused", "maria-ortiz"),
    ]
    assert found[1].reason == "not on a Friday"


def test_what_is_cancelled_while_it_waits_never_started() -> None:
    found = waited(WAITS, decided=[], conclusion="cancelled")
    # GitHub does not record who cancelled it.
    assert [one.actor for one in found] == ["dana-reyes", ""]
    assert [(f"{one.at:%H:%M:%S}", one.kind.value) for one in found] == [
        ("14:02:07", "deploy.waiting"),
        ("14:12:00", "deploy.cancelled"),
    ]


def test_an_environment_that_goes_away_some_day_is_a_preview() -> None:
    listing = document(
        "deployments", json.dumps([deployment(72, "14:02:06", "x", environment="blue-7", transient_environment=True)])
    )
    (event,) = read(listing)[0]
    assert event.subject.environment == "preview/blue-7"


def test_a_task_names_a_migration_or_a_part() -> None:
    tasks = ("deploy:migrations", "rollback", "deploy:cart", "deploy")
    listing = [deployment(n, f"14:0{n}:06", "x", task=task) for n, task in enumerate(tasks, 1)]
    events, _ = read(document("deployments", json.dumps(listing)), services={"deploy:cart": "cart"})
    assert [(one.manner.value, one.keys.component, one.subject.service) for one in events] == [
        ("migration", "deploy:migrations", "checkout"),
        ("rollback", "rollback", "checkout"),
        ("", "", "cart"),
        ("", "", "checkout"),
    ]


def test_a_repository_that_records_no_deployments_and_names_no_workflow_is_a_gap() -> None:
    _, gaps = read(runs(run(9482, "14:02:05", "14:09:10", **DEPLOY)))
    assert [(gap.reason, gap.hint) for gap in gaps] == [
        (
            "acme/checkout records no Deployments, so runs of deploy.yml are not taken for deploys",
            'if they are, set workflows = ["deploy.yml"]',
        )
    ]


def test_what_stands_for_githubs_answers_here_is_as_github_documents_it() -> None:
    with or_skip():
        listed = openapi.response("/repos/{owner}/{repo}/actions/runs/{run_id}/jobs")
        decided = openapi.response("/repos/{owner}/{repo}/actions/runs/{run_id}/approvals")
    listed.validate({"total_count": 1, "jobs": [job(1, 9482, "14:02:30", "14:05:00")]})
    decided.validate([approval("approved", "maria-ortiz"), approval("rejected", "li-wei")])
    assert not decided.is_valid([{**approval("approved", "maria-ortiz"), "state": "maybe"}])
