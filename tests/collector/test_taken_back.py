"""What takes a deploy back after a job, or a step of its own pipeline, has tried to."""

import pytest

from collector.event import Kind
from collector.manner import Manner
from tests.collector.build import errors
from tests.collector.deploying import NEW, OLD, pods, record, rows


@pytest.mark.parametrize(("began", "done"), [("14:11:30", "14:12:10"), ("14:26:00", "14:26:40")])
def test_what_a_job_failed_to_take_back_and_somebody_took_back_by_hand_are_two_things(began: str, done: str) -> None:
    tried = record("14:08:30", "14:09:00", 3, commit="1" * 40, version="1.4.9", actor="dana", done=Kind.DEPLOY_FAILED)
    by_hand = pods(began, done, "1.4.9", "1.5.0", kind=Kind.ROLLBACK_STARTED, actor="kubectl-rollout")
    shown = rows(*OLD, *NEW, *tried, *by_hand, *errors("14:03:30", "14:20:00"))
    ours = [text for text in shown if text >= "14:08" and "ollback" in text]
    assert ours[0].startswith("14:08 Rollback of checkout to 1.4.9 initiated via CI/CD (by dana")
    assert ours[1] == "14:09 Rollback of checkout to 1.4.9 failed in CI/CD"
    assert ours[2].startswith(f"{began[:5]} Rollback of checkout ")
    assert ours[2].endswith(" initiated in the cluster (by kubectl rollout)")


@pytest.mark.parametrize("done", [Kind.DEPLOY_SUCCEEDED, Kind.DEPLOY_FAILED])
def test_a_pipeline_that_takes_back_what_it_deployed_goes_to_what_ran_before(done: Kind) -> None:
    """Its step that rolls back has the commit and the version of the run, and goes to neither."""
    ours = {"run": "run-2", "commit": "2" * 40, "version": "1.5.0"}
    tried = record("14:02:00", "14:05:00", 2, done=done, **ours)
    back = record("14:06:00", "14:08:00", 3, manner=Manner.ROLLBACK, **ours)
    shown = rows(*OLD, *tried, *back)
    assert [text.split(" via ")[0].split(" (")[0] for text in shown] == [
        "14:02 Deploy of checkout 1.5.0 starts",
        "14:05 Deploy of checkout 1.5.0 " + ("complete" if done == Kind.DEPLOY_SUCCEEDED else "failed in CI/CD"),
        "14:06 Rollback of checkout from 1.5.0 to 1.4.9 initiated by rollback in GitHub",
        "14:08 Rollback of checkout to 1.4.9 complete",
    ]
