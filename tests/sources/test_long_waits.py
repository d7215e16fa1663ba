"""A deploy that waited, for seconds or for days, and was let go on and ended in the window is in its timeline.

Each system is asked the way it is in earnest, while many other deploys came after the one that waited.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec import Struct
from msgspec.structs import replace

from collector.event import Event, Kind
from tests.collector.build import WINDOW
from tests.examples import pairs
from tests.servers.gitlab import Gitlab
from tests.sources.argocd import objects as argocd
from tests.sources.asking import JSON, asked
from tests.sources.aws import account as aws
from tests.sources.events.exports import read_file, written
from tests.sources.flux import objects as flux
from tests.sources.github import payloads as github
from tests.sources.gitlab import payloads as gitlab
from tests.sources.helm.kept import NOW as HELM_NOW
from tests.sources.helm.kept import read as read_helm
from tests.sources.helm.kept import record as helm_record
from tests.sources.jenkins import payloads as jenkins
from tests.sources.prometheus.server import Reply
from tests.sources.tekton import objects as tekton
from tests.sources.terraform import payloads as terraform

WAITED = timedelta(hours=72)
SINCE = 260
"""Deploys that were asked for after it and were over before the window; more than two pages of any system."""


class When(Struct, frozen=True):
    """When the deploy was asked for, in full, and when it started and ended, on the day of the window."""

    asked: str
    started: str
    ended: str

    def seconds(self, clock: str) -> float:
        """So many after the window's start, or before it."""
        at = datetime.fromisoformat(f"{clock if 'T' in clock else f'2026-04-01T{clock}'}+00:00")
        return (at - WINDOW.start).total_seconds()


LONG_AGO = When("2026-03-29T14:00:00", "14:02:20", "14:05:00")
AT_THE_EDGES = When("2026-04-01T13:59:50", "14:00:00", "14:30:00")


def clock(number: int) -> str:
    """When one of these was asked for, the first being the latest."""
    return f"{WINDOW.start - timedelta(minutes=30) - (WAITED - timedelta(hours=1)) / SINCE * number:%Y-%m-%dT%H:%M:%S}"


def answer(body: Any, **headers: str) -> Reply:
    return 200, {**JSON, **headers}, json.dumps(body)


def of_github(folder: Path, when: When) -> list[Event]:
    begun, ended = f"2026-04-01T{when.started}Z", f"2026-04-01T{when.ended}Z"
    others = [
        github.deployment(900 - n, f"{clock(n)}Z", f"v1.4.{n}", environment="staging" if n % 2 else "production")
        for n in range(SINCE)
    ]
    ours = github.deployment(500, f"{when.asked}Z", "v1.5.0", updated_at=ended)
    older = [github.deployment(400 - n, f"2026-03-2{8 - n // 20}T10:00:00Z", "v1.4.0") for n in range(80)]
    listed = [*others, ours, *older]
    went = [
        github.status(3, "success", ended, 9482),
        github.status(2, "in_progress", begun, 9482),
        github.status(1, "waiting", f"{when.asked}Z", 9482),
    ]

    def reply(path: str, _: Mapping[str, str]) -> Reply:
        parts = urlsplit(path)
        if parts.path.endswith("/deployments"):
            page = int(parse_qs(parts.query).get("page", ["1"])[0])
            more = page * 100 < len(listed)
            link = {"Link": f'<{parts.path}?per_page=100&page={page + 1}>; rel="next"'} if more else {}
            return answer(listed[(page - 1) * 100 : page * 100], **link)
        if parts.path.endswith("/deployments/500/statuses"):
            return answer(went)
        if parts.path.endswith("/statuses"):
            of = next(one for one in listed if str(one["id"]) == parts.path.split("/")[-2])
            return answer([github.status(9, "success", of["created_at"])])
        if parts.path.endswith("/runs/9482"):
            return answer(github.run(9482, f"{when.asked}Z", ended, run_started_at=f"{when.asked}Z"))
        if parts.path.endswith("/approvals"):
            return answer([])
        return answer({"total_count": 0, "workflow_runs": [], "jobs": []})

    return over_http("github", reply, folder)


def of_gitlab(folder: Path, when: When) -> list[Event]:
    work = gitlab.job(657, 8812, when.started, when.ended, created=f"{when.asked}.000Z")
    ours = gitlab.deployment(941, work, created=f"{when.asked}.000Z")
    others = [
        gitlab.deployment(
            1300 - n, gitlab.job(2000 - n, 9999 - n, f"{clock(n)}.000Z", f"{clock(n)}.000Z", created=f"{clock(n)}.000Z")
        )
        for n in range(SINCE)
    ]

    server = Gitlab(
        gitlab.PROJECT,
        [ours, *others],
        jobs={8812: [work]},
        environments=[{"id": 9, "name": "production", "tier": "production"}],
    )

    def reply(path: str, _: Mapping[str, str]) -> Reply:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        status, body, page = server(parts.path, query)
        onward = "&".join(f"{name}={value}" for name, value in query.items() if name != "page")
        link = {"Link": f'<{parts.path}?{onward}&page={page}>; rel="next"'} if page else {}
        return status, {**JSON, **link}, json.dumps(body)

    return over_http("gitlab", reply, folder)


def of_jenkins(folder: Path, when: When) -> list[Event]:
    begun = f"{when.asked}+00:00"
    ours = jenkins.build(52, begun, when.ended)
    others = [jenkins.build(52 + SINCE - n, f"{clock(n)}+00:00", f"{clock(n)}+00:00") for n in range(SINCE)]
    older = [jenkins.build(51 - n, "2026-03-20T14:00:00+00:00", "2026-03-20T14:01:00+00:00") for n in range(50)]
    listed = [*others, ours, *older]
    last = {"number": 52 + SINCE, "timestamp": jenkins.ms("13:50:00"), "duration": 60_000, "building": False}
    job = {
        "_class": "org.jenkinsci.plugins.workflow.job.WorkflowJob",
        "name": "checkout",
        "color": "blue",
        "lastBuild": last,
    }
    pause = int((jenkins.utc(when.started) - jenkins.utc(begun)).total_seconds())
    stage = jenkins.stage("Deploy to production", begun, when.ended, paused=pause)

    def reply(path: str, _: Mapping[str, str]) -> Reply:
        parts = urlsplit(path)
        if parts.path.endswith("/job/checkout/api/json"):
            tree = parse_qs(parts.query)["tree"][0]
            first, end = tree.rpartition("{")[2].rstrip("}").split(",")
            return answer({("allBuilds" if "allBuilds" in tree else "builds"): listed[int(first) : int(end)]})
        if parts.path.endswith("/52/wfapi/describe"):
            return answer({"id": "52", "name": "#52", "startTimeMillis": jenkins.ms(begun), "stages": [stage]})
        if parts.path.endswith("/describe"):
            return answer({"startTimeMillis": 0, "stages": []})
        if "/queue/" in parts.path:
            return answer({"_class": "hudson.model.Queue", "items": []})
        return answer({"_class": "hudson.model.Hudson", "jobs": [job]})

    return over_http("jenkins", reply, folder)


def of_terraform(folder: Path, when: When) -> list[Event]:
    cloud = terraform.Cloud(users={"user-dana": "dana-reyes", "user-sam": "sam-okafor"})
    for n in range(SINCE):
        done = {"planned-at": terraform.at("12:00:00"), "applying-at": f"{clock(n)}+00:00"}
        cloud.run(f"run-{n}", f"{clock(n)}.000Z", "applied", {**done, "applied-at": f"{clock(n)}+00:00"})
    stamps = {"planned-at": f"{when.asked}+00:00", "confirmed-at": terraform.at("14:02:00")}
    stamps |= {"applying-at": terraform.at(when.started), "applied-at": terraform.at(when.ended)}
    cloud.run("run-a1", f"{when.asked}.000Z", "applied", stamps, confirmed_by="user-sam", counts=(1, 0, 0))

    def reply(path: str, headers: Mapping[str, str]) -> Reply:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        status, body = cloud.answer(parts.path, query, headers)
        return status, JSON, json.dumps(body)

    return [one for one in over_http("terraform", reply, folder) if one.keys.run == "run-a1"]


def of_argocd(folder: Path, when: When) -> list[Event]:
    """A sync that was refused again and again, and succeeded at last: it keeps its first start."""
    begun, ended = when.seconds(when.asked), when.seconds(when.ended)
    state = argocd.operation("Succeeded", begun, ended, syncResult={"revision": argocd.BAD})
    entries = [argocd.entry(1, argocd.GOOD, begun - 9000, begun - 8990), argocd.entry(2, argocd.BAD, begun, ended)]
    return argocd.read([argocd.application(*entries, state=state)])[0]


def of_aws(folder: Path, when: When) -> list[Event]:
    account = aws.Account()
    start = {"startTime": aws.at(when.started), "completeTime": aws.at(when.ended)}
    account.deploy(
        "d-1", "14:00:00", "Succeeded", createTime=WINDOW.start + timedelta(seconds=when.seconds(when.asked)), **start
    )
    return aws.events(account)


def of_flux(folder: Path, when: When) -> list[Event]:
    """A Kustomization that was suspended when its revision came, beside many that were not."""
    took = when.seconds(when.ended) - when.seconds(when.started) - 1
    ours = flux.entry("new", flux.NEW, when.seconds(when.ended), lastReconciledDuration=f"{took:.0f}s")
    earlier = flux.entry("old", flux.OLD, when.seconds(when.asked) - 9000)
    others = [
        flux.kustomization(flux.entry(f"{n}", flux.OLD, when.seconds(clock(n))), name=f"other-{n}")
        for n in range(SINCE)
    ]
    found = flux.read(
        kustomizations=[*others, flux.kustomization(ours, earlier)],
        gitrepositories=[flux.repository(flux.NEW, when.seconds(when.asked))],
    )[0]
    return [one for one in found if one.keys.application == "flux-system/checkout"]


def of_tekton(folder: Path, when: When) -> list[Event]:
    times = [when.seconds(clock) for clock in (when.asked, when.started, when.ended)]
    return tekton.read([tekton.run("PipelineRun", "deploy-7", "deploy-checkout", *times)])[0]


def of_helm(folder: Path, when: When) -> list[Event]:
    """An upgrade whose hook waits for somebody: it has begun, as a migration may have."""
    begun, ended = when.seconds(when.asked), when.seconds(when.ended)
    records = [helm_record(4, begun - 9000, "superseded", begun), helm_record(5, begun, "deployed", ended)]
    earlier = HELM_NOW - WINDOW.start
    found = [one for one in read_helm(records)[0] if one.keys.revision == "5"]
    return [
        replace(one, at=one.at - earlier, earliest=one.earliest - earlier, latest=one.latest - earlier) for one in found
    ]


def of_events(folder: Path, when: When) -> list[Event]:
    known = {"service": "checkout", "environment": "production", "version": "1.5.0", "id": "7"}
    times = (("deploy.requested", f"{when.asked}Z"), ("deploy.started", f"2026-04-01T{when.started}Z"))
    ended = ("deploy.succeeded", f"2026-04-01T{when.ended}Z")
    path = written(folder, *({"time": at, "kind": kind, **known} for kind, at in (*times, ended)))
    return read_file(path)[0]


def over_http(type_: str, reply: Callable[[str, Mapping[str, str]], Reply], folder: Path) -> list[Event]:
    outcome = asked(type_, reply, folder)
    assert not outcome.gaps
    assert len(outcome.requests) <= 150
    return list(outcome.gathered.events)


SYSTEMS = {
    "github": of_github,
    "gitlab": of_gitlab,
    "jenkins": of_jenkins,
    "terraform": of_terraform,
    "aws": of_aws,
    "flux": of_flux,
    "tekton": of_tekton,
    "events": of_events,
}
LONG = {"argocd": of_argocd, "helm": of_helm}
"""What has no state of waiting: it begins when it is asked for."""


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def times(events: list[Event], kind: Kind) -> set[str]:
    return {f"{one.at:%H:%M:%S}" for one in events if one.kind is kind and one.latest >= WINDOW.start}


@pytest.mark.parametrize(("type_", "when"), pairs(SYSTEMS, [LONG_AGO, AT_THE_EDGES], 8))
def test_a_deploy_that_waited_starts_and_ends_in_the_window_edges_included(
    type_: str, when: When, tmp_path: Path
) -> None:
    events = SYSTEMS[type_](tmp_path, when)
    assert times(events, Kind.DEPLOY_STARTED) == {when.started}
    assert times(events, Kind.DEPLOY_SUCCEEDED) == {when.ended}
    # What was asked for has not started.
    asked_for = WINDOW.start + timedelta(seconds=when.seconds(when.asked))
    requested = [one for one in events if abs(one.at - asked_for) < timedelta(seconds=5)]
    assert Kind.DEPLOY_STARTED not in {one.kind for one in requested}


@pytest.mark.parametrize("type_", LONG)
def test_a_deploy_that_took_three_days_ends_in_the_window(type_: str, tmp_path: Path) -> None:
    assert times(LONG[type_](tmp_path, LONG_AGO), Kind.DEPLOY_SUCCEEDED) == {LONG_AGO.ended}


@pytest.mark.parametrize("type_", LONG)
def test_a_deploy_that_fills_the_window_is_in_it(type_: str, tmp_path: Path) -> None:
    events = LONG[type_](tmp_path, When("2026-04-01T14:00:00", "14:00:00", "14:30:00"))
    assert times(events, Kind.DEPLOY_STARTED) == {"14:00:00"}
    assert times(events, Kind.DEPLOY_SUCCEEDED) == {"14:30:00"}
