"""What runs report: runs of CI, and the deploys among them."""

import pytest

from collector.event import Event, Kind, Manner
from collector.gather import Gathered
from collector.scope import Scope
from collector.timeline import draft
from tests.collector.build import WINDOW
from tests.sources.tekton.objects import CANARY, DIGEST, SHA, at, documents, read, run, stamp, task

STARTED, DONE, FAILED = Kind.DEPLOY_STARTED, Kind.DEPLOY_SUCCEEDED, Kind.DEPLOY_FAILED
OLD = run("PipelineRun", "old", "build", -90000, -90000, -89000)


def course(events: list[Event]) -> list[tuple[Kind, float]]:
    return [(one.kind, (one.at - at(0)).total_seconds()) for one in events if one.at >= at(0)]


def test_a_pipeline_that_deploys_by_its_name() -> None:
    params = {"service": "checkout", "environment": "production", "image-tag": "v1.5.0", "git-revision": SHA}
    params |= {"repo-url": "https://github.com/acme/checkout.git", "triggered-by": "dana"}
    ours = run("PipelineRun", "deploy-x7k", "deploy", 60, 90, 150, params=params, results={"IMAGE_DIGEST": DIGEST})
    events, gaps = read([OLD, ours])
    # It was asked for at 60 and waited for half a minute.
    assert course(events) == [(Kind.DEPLOY_REQUESTED, 60), (STARTED, 90), (DONE, 150)]
    end = events[-1]
    assert (end.subject.service, end.subject.environment, end.actor) == ("checkout", "production", "dana")
    # Where it runs is not where it deploys to.
    assert (end.subject.namespace, end.subject.cluster) == ("", "")
    keys = end.keys
    assert (keys.version, keys.digest, keys.commit, keys.repository) == ("1.5.0", DIGEST, SHA, "acme/checkout")
    assert (keys.run, keys.run_number) == ("ci/deploy-x7k", "deploy-x7k")
    assert not gaps


def test_the_task_that_deploys_is_the_deploy_and_the_rest_its_run() -> None:
    whole = run(
        "PipelineRun",
        "ci-1",
        "build-and-ship",
        60,
        60,
        500,
        params={"app": "checkout"},
        results={"IMAGE_URL": "r/checkout:1.5.0"},
    )
    tasks = [
        task("ci-1-build", "build", "ci-1", 61, 61, 200),
        task("ci-1-migrate", "db-migrate", "ci-1", 201, 201, 210),
        task("ci-1-deploy", "deploy-production", "ci-1", 211, 211, 480, params={"env": "production"}),
    ]
    events, _ = read([OLD, whole], tasks)
    assert [(one.kind, one.manner, (one.at - at(0)).total_seconds()) for one in events if one.at >= at(0)] == [
        (Kind.RUN_STARTED, Manner.PLAIN, 60),
        (STARTED, Manner.MIGRATION, 201),
        (DONE, Manner.MIGRATION, 210),
        (STARTED, Manner.PLAIN, 211),
        (DONE, Manner.PLAIN, 480),
        (Kind.RUN_SUCCEEDED, Manner.PLAIN, 500),
    ]
    ours = [one for one in events if one.at >= at(0)]
    assert {(one.keys.run, one.subject.service) for one in ours} == {("ci/ci-1", "checkout")}
    # A migration ships no version by itself, and is complete before the deploy is.
    assert {one.keys.version for one in ours if one.manner == Manner.MIGRATION} == {""}
    assert {one.keys.version for one in ours if one.manner != Manner.MIGRATION} == {"1.5.0"}
    assert [one.subject.environment for one in ours if one.kind == STARTED] == ["", "production"]


@pytest.mark.parametrize(
    ("reason", "kind", "words"),
    [
        ("Failed", FAILED, "fails"),
        ("PipelineRunTimeout", FAILED, "times out"),
        ("Cancelled", Kind.DEPLOY_CANCELLED, "is cancelled"),
        ("CancelledRunningFinally", Kind.DEPLOY_CANCELLED, "is cancelled"),
        ("Completed", DONE, "succeeds"),
    ],
)
def test_how_it_ends(reason: str, kind: Kind, words: str) -> None:
    events, _ = read([OLD, run("PipelineRun", "deploy-1", "deploy-checkout", 60, 60, 90, reason=reason)])
    assert course(events) == [(STARTED, 60), (kind, 90)]
    assert events[-1].summary.startswith(f"Deploy of checkout {words}")


def test_why_it_failed_is_what_its_first_failed_task_reports() -> None:
    whole = run("PipelineRun", "deploy-1", "deploy", 60, 60, 90, reason="Failed", message="Tasks Completed: 2")
    tasks = [
        task("a", "apply", "deploy-1", 60, 60, 80, reason="Failed", message='"step-apply" exited with code 1'),
        task("b", "notify", "deploy-1", 60, 60, 85, reason="Failed", message="no channel"),
    ]
    (failed,) = [one for one in read([OLD, whole], tasks)[0] if one.kind == FAILED]
    assert failed.reason == 'task apply: "step-apply" exited with code 1'


def test_one_that_waits_and_one_that_is_queued_have_not_started() -> None:
    pending = run("PipelineRun", "deploy-1", "deploy", 60, status="PipelineRunPending")
    queued = run("PipelineRun", "deploy-2", "deploy", 70)
    events, _ = read([OLD, pending, queued])
    assert course(events) == [(Kind.DEPLOY_WAITING, 60), (Kind.DEPLOY_REQUESTED, 70)]


def test_which_runs_deploy_can_be_set_and_what_names_the_version() -> None:
    ours = run(
        "PipelineRun", "ship-1", "ship", 60, 60, 90, params={"rel": "2.0.0"}, labels={"app.kubernetes.io/name": "cart"}
    )
    assert course(read([OLD, ours])[0]) == [(Kind.RUN_STARTED, 60), (Kind.RUN_SUCCEEDED, 90)]
    events, _ = read([OLD, ours], deploys=["ship*"], params={"version": ["rel"]})
    assert course(events) == [(STARTED, 60), (DONE, 90)]
    assert (events[-1].keys.version, events[-1].subject.service) == ("2.0.0", "cart")


def test_a_task_run_of_its_own_and_the_results_of_v1beta1() -> None:
    ours = run("TaskRun", "deploy-1", "kubectl-deploy", 60, 60, 90, params={"component": "cart"})
    ours["status"]["taskResults"] = [{"name": "commit", "value": SHA}]
    events, _ = read([OLD], [ours])
    assert course(events) == [(STARTED, 60), (DONE, 90)]
    assert events[-1].keys.commit == SHA


def test_pipelines_as_code_names_who_and_what() -> None:
    labels = {
        "pipelinesascode.tekton.dev/sender": "dana",
        "pipelinesascode.tekton.dev/sha": SHA,
        "pipelinesascode.tekton.dev/url-org": "acme",
        "pipelinesascode.tekton.dev/url-repository": "cart",
    }
    ours = run("PipelineRun", "deploy-1", "deploy", 60, 60, 90, labels=labels)
    ours["metadata"]["annotations"]["pipelinesascode.tekton.dev/log-url"] = "https://ci.example.com/deploy-1"
    end = read([OLD, ours])[0][-1]
    assert (end.actor, end.keys.commit, end.keys.repository) == ("dana", SHA, "acme/cart")
    assert (end.subject.service, end.url) == ("cart", "https://ci.example.com/deploy-1")


def test_runs_that_may_have_been_pruned_are_a_gap() -> None:
    (gap,) = read([run("PipelineRun", "deploy-1", "deploy", 600, 600, 660)])[1]
    assert gap.reason == "the oldest run is of 2026-04-01 14:10:00Z: earlier ones may have been pruned"
    assert gap.span == (at(0), at(600))
    assert "Tekton Results, which may have them, is not asked" in gap.hint


def test_nothing_that_may_be_secret_is_kept_and_a_bad_run_costs_itself_alone() -> None:
    ours = run("PipelineRun", "deploy-1", "deploy", 60, 60, 90)
    assert CANARY not in "".join(one.text for one in documents([ours]))
    events, gaps = read([OLD, ours, {"metadata": {"name": "x", "creationTimestamp": 3}}])
    assert course(events) == [(STARTED, 60), (DONE, 90)]
    assert [gap.reason for gap in gaps] == ["pipelineruns: 1 of 3 could not be read and were left out"]
    assert stamp(0) == "2026-04-01T14:00:00Z"


@pytest.mark.parametrize("reason", ["Cancelled", "CancelledRunFinally", "StoppedRunFinally", "PipelineRunCancelled"])
def test_however_a_run_is_cancelled_it_did_not_fail(reason: str) -> None:
    events, _ = read([run("PipelineRun", "deploy-7", "deploy-checkout", 60, 62, 300, reason=reason)])
    assert [one.kind for one in events] == [Kind.DEPLOY_STARTED, Kind.DEPLOY_CANCELLED]


def test_a_pipeline_that_is_written_into_its_run_is_called_without_what_was_generated() -> None:
    made = run("PipelineRun", "deploy-checkout-x7k2p", "", 60, 62, 300)
    made["spec"] = {"pipelineSpec": {"tasks": []}}
    events, _ = read([made])
    assert {one.subject.service for one in events} == {"checkout"}
    assert {one.keys.run for one in events} == {"ci/deploy-checkout-x7k2p"}


def test_a_rollback_by_its_name_is_one_of_a_whole_pipeline_and_of_a_task() -> None:
    """The task of a run that has deployed before goes to what ran before, and not to the version of the run."""
    whole = run("PipelineRun", "back-1", "rollback-checkout", 60, 62, 300, params={"version": "1.4.9"})
    events, _ = read([whole])
    assert {one.manner for one in events} == {Manner.ROLLBACK}
    made = run("PipelineRun", "ci-1", "checkout", 60, 62, 900, reason="Failed", params={"version": "1.5.0"})
    deployed, back = task("ci-1-d", "deploy", "ci-1", 100, 101, 200), task("ci-1-r", "rollback", "ci-1", 221, 222, 260)
    events, _ = read([made], [deployed, back])
    rows = [row.text for row in draft(Gathered(tuple(events), ()), WINDOW, Scope()).rows]
    assert rows[0].startswith("Deploy of checkout 1.5.0 starts")
    assert [text for text in rows if text.startswith("Rollback of checkout from 1.5.0 initiated by rollback")]
    assert not [text for text in rows if "Rollback" in text and "to 1.5.0" in text]


def test_a_task_that_is_tried_again_starts_with_its_first_attempt() -> None:
    deploy = task("p1-deploy", "deploy", "p1", 35, 120, 280)
    deploy["status"]["retriesStatus"] = [{"startTime": stamp(80)}, {"startTime": stamp(60)}]
    events, _ = read([run("PipelineRun", "p1", "release", 30, 40, 300)], [deploy])
    (started,) = [one for one in events if one.kind == Kind.DEPLOY_STARTED]
    assert (started.at, "3 attempts" in started.summary) == (at(60), True)


def test_a_run_that_tekton_refuses_never_starts() -> None:
    refused = run("PipelineRun", "deploy-7", "deploy-shop", 60, 60, 61, reason="CouldntGetTask", message="no such task")
    events, _ = read([refused])
    assert [one.kind for one in events] == [Kind.DEPLOY_REQUESTED, Kind.DEPLOY_FAILED]
    assert "is requested" in events[0].summary
    other = run("PipelineRun", "test-7", "test-shop", 60, 60, 61, reason="ParameterMissing")
    assert [one.kind for one in read([other])[0]] == [Kind.RUN_FAILED]
