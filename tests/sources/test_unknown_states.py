"""States that a system has only since later: that a deploy has one is never shown as if it went on for ever."""

import json

import pytest

from collector.event import Event, Kind
from collector.secrets import Scrubber
from collector.source import Gap
from sources.terraform import TerraformSettings, TerraformSource
from sources.unknown_states import unknown_states
from tests.sources.flux import objects as flux
from tests.sources.github import payloads as github
from tests.sources.gitlab import payloads as gitlab
from tests.sources.helm import kept as helm
from tests.sources.jenkins import payloads as jenkins
from tests.sources.terraform import payloads as terraform


def named(gaps: list[Gap]) -> list[str]:
    return [gap.reason.partition("(")[2].partition(")")[0] for gap in gaps if "not known here" in gap.reason]


def test_they_are_named_once_each_and_what_has_none_is_in_order() -> None:
    (gap,) = unknown_states("builds", ["SUCCESS", "", "D", "C", "B", "A", "A"], {"SUCCESS"})
    assert (
        gap.reason == "builds have states that are not known here (A, B, C and 1 more): how they ended may be missing"
    )
    assert list(unknown_states("builds", ["SUCCESS", ""], {"SUCCESS"})) == []


def test_github_has_states_of_deployments_and_conclusions_of_runs() -> None:
    _, gaps = github.read(
        github.document("deployments", json.dumps([github.deployment(5, "14:02:00", "v1.5.0")])),
        github.document("statuses", json.dumps([github.status(1, "rerouted", "14:03:00")]), "/deployments/5/statuses"),
        github.document(
            "runs", json.dumps({"workflow_runs": [github.run(9009, "14:02:00", "14:03:00", conclusion="odd")]})
        ),
    )
    assert named(gaps) == ["rerouted", "odd"]


def test_gitlab_has_states_of_deployments_and_pipelines() -> None:
    work = gitlab.job(1, 801, "14:02:00", "14:04:00")
    _, gaps = gitlab.read(
        gitlab.document("deployments", [gitlab.deployment(901, work, status="verified")]),
        gitlab.document("pipelines", [gitlab.pipeline(801, "14:02:00", status="paused")]),
    )
    assert named(gaps) == ["verified", "paused"]


def test_jenkins_has_results_of_builds_and_states_of_stages() -> None:
    odd = jenkins.build(1, "14:02:00", "14:04:00", result="PARTIAL")
    events, gaps = jenkins.read(
        jenkins.builds("deploy-cart", odd),
        jenkins.stages("deploy-cart", 1, "14:02:00", jenkins.stage("Deploy", "14:02:00", "14:03:00", "RETRYING")),
    )
    assert named(gaps) == ["PARTIAL", "RETRYING"]
    assert {one.kind for one in events} == {Kind.RUN_STARTED, Kind.DEPLOY_STARTED}


@pytest.mark.parametrize("status", ["unknown", "verified"])
def test_helm_has_statuses_of_revisions(status: str) -> None:
    """`unknown` is Helm's own word for a release in an uncertain state."""
    events, gaps = helm.read([helm.record(1, 0, "superseded", 60), helm.record(2, 120, status, 130)])
    assert named(gaps) == [status]
    assert [one.kind for one in events][-1] == Kind.DEPLOY_STARTED
    events, gaps = flux.read(helmreleases=[flux.release(flux.snapshot(2, 100, status), flux.snapshot(1, -90))])
    assert named(gaps) == [status]
    assert [one.kind for one in events] == [Kind.DEPLOY_STARTED, Kind.DEPLOY_SUCCEEDED, Kind.DEPLOY_STARTED]


def test_terraform_has_statuses_of_runs() -> None:
    cloud = terraform.Cloud()
    cloud.run("run-a1", "2026-04-01T14:00:01.250Z", "mended", {"planned-at": terraform.at("14:00:50")})
    made = TerraformSource("infra", TerraformSettings(organization="acme"), Scrubber())
    given = list(made.read(terraform.documents(cloud), terraform.WINDOW))
    assert named([one for one in given if isinstance(one, Gap)]) == ["mended"]
    assert [one.kind for one in given if isinstance(one, Event)] == [Kind.DEPLOY_REQUESTED]
