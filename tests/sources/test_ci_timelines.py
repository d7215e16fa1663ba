"""Any one system that deploys gives, alone, a timeline of its deploys and rollbacks."""

import re

import pytest
from msgspec.structs import replace

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.timeline import Scope, Timeline, draft
from tests.collector.build import WINDOW
from tests.sources.contract import recorded, source
from tests.sources.helm.kept import WINDOW as HELMS

BEGIN = {Kind.DEPLOY_STARTED: "deploy", Kind.ROLLBACK_STARTED: "rollback"}
COURSES = {
    "github": ["deploy 14:02:20", "rollback 14:18:30"],
    "gitlab": ["deploy 14:02:06", "rollback 14:18:12"],
    "jenkins": ["deploy 14:01:00", "rollback 14:18:00"],
    # A sync by itself, a restart and one that fails; a correction of drift is no deploy.
    "argocd": ["deploy 14:02:00", "deploy 14:03:20", "rollback 14:05:00"]
    + [f"deploy {clock}" for clock in ("14:08:20", "14:10:00")],
    "flux": ["deploy 14:01:38", "rollback 14:07:05"],
    "tekton": ["deploy 14:10:40"],
    "terraform": ["deploy 14:02:35"],
    "aws": [f"{kind} 14:{clock}" for clock, kind in (("01:02", "deploy"), ("05:11", "rollback"))]
    + [f"{kind} 14:{clock}" for clock, kind in (("09:15", "deploy"), ("13:43", "rollback"))]
    + [f"{kind} 14:{clock}" for clock, kind in (("18:00", "deploy"), ("21:07", "rollback"))],
    "events": ["deploy 14:02:00"],
}


def alone(type_: str) -> tuple[Timeline, list[Event]]:
    """What a source of the type has of the answers that are kept of its system."""
    window = HELMS if type_ == "helm" else WINDOW
    events = [one for one in source(type_).read(recorded(type_), window) if isinstance(one, Event)]
    return draft(Gathered(events=tuple(events), coverage=()), window, Scope()), events


@pytest.mark.parametrize("type_", COURSES)
def test_a_deploy_and_its_rollback_have_rows(type_: str) -> None:
    rows = alone(type_)[0].rows
    assert [f"{BEGIN[row.kind]} {row.at:%H:%M:%S}" for row in rows if row.kind in BEGIN] == COURSES[type_]
    assert all(row.evidence for row in rows)


def test_what_a_system_takes_back_by_itself_is_no_doing_of_a_pipeline() -> None:
    named = [replace(one, source="aws-prod") for one in alone("aws")[1]]
    rows = draft(Gathered(events=tuple(named), coverage=()), WINDOW, Scope()).rows
    back = [row.text for row in rows if row.kind == Kind.ROLLBACK_STARTED]
    assert back
    assert all(re.fullmatch("Automatic rollback of .+ starts, by (AWS|ECS|CodeDeploy)", text) for text in back), back


def test_the_releases_of_helm_have_rows_with_their_migrations() -> None:
    rows = [row.text for row in alone("helm")[0].rows if row.kind in BEGIN]
    ours = [
        text.partition(" of checkout ")[0] + text.partition(" of checkout")[2][:6]
        for text in rows
        if "igration" not in text
    ]
    assert ours[:4] == ["Deploy 1.4.9", "Re-deploy 1.4.9", "Deploy 1.5.0", "Rollback from "]
    assert "Automatic rollback to 1." in ours


@pytest.mark.parametrize("type_", [*COURSES, "helm"])
def test_every_service_that_is_deployed_has_a_row_or_is_named_under_the_table(type_: str) -> None:
    timeline, events = alone(type_)
    window = timeline.window
    shown = "\n".join([*(row.text for row in timeline.rows), *timeline.left_out])
    begun = {one.subject.service for one in events if one.kind in BEGIN and window.overlaps(one.earliest, one.latest)}
    assert begun
    assert not {service for service in begun if service not in shown}
    # What began has an end, or that it has none is worded.
    ends = {Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED, Kind.DEPLOY_FAILED}
    assert {row.kind for row in timeline.rows} & ends
