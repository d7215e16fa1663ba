"""What records mean, whether their fields are declared or they are CDEvents."""

from pathlib import Path
from typing import Any

import pytest

from collector.event import Event, Kind, Manner
from collector.window import Window
from sources.events.artifacts import Artifact, artifact
from tests.collector.build import at
from tests.servers.process import ROOT
from tests.sources.events.exports import DIGEST, cdevent, cloudevent, read_file, told, written

REAL = ROOT.parent / "shared" / "data" / "cdevents" / "conformance"
MAPPED: dict[str, Any] = {
    "fields": {"time": "at.time", "kind": "phase", "service": "app.name", "version": "image.tag", "actor": "who.0"},
    "fixed": {"environment": "production"},
    "kinds": {"Rollout Began": "deploy.started", "Rollout Done": "deploy.succeeded", "ping": "ignore"},
}


def mapped(clock: str, phase: str, tag: str = "v1.5.0", **known: Any) -> dict[str, Any]:
    record = {"at": {"time": f"2026-04-01T{clock}Z"}, "phase": phase, "app": {"name": "checkout"}, "who": ["dana"]}
    return {**record, "image": {"tag": tag}, "secret": "hunter2-canary", **known}


def only(events: list[Event], kind: Kind) -> Event:
    (found,) = [one for one in events if one.kind == kind]
    return found


def test_declared_fields_kinds_and_fixed_values(tmp_path: Path) -> None:
    records = [mapped("14:02:00", "rollout began"), mapped("14:05:00", "Rollout done"), mapped("14:06:00", "PING")]
    events, gaps = read_file(written(tmp_path, *records), **MAPPED)
    assert (told(events), gaps) == (
        [
            "14:02:00 deploy.started Deploy of checkout 1.5.0 to production starts by dana",
            "14:05:00 deploy.succeeded Deploy of checkout 1.5.0 to production succeeds by dana",
        ],
        [],
    )
    assert events[0].keys.deployment == events[1].keys.deployment != ""
    assert "hunter2" not in repr(events)


def test_starts_and_ends_go_together_also_if_one_version_is_deployed_twice(tmp_path: Path) -> None:
    steps = [("14:01:00", "rollout began"), ("14:02:00", "rollout done"), ("14:10:00", "rollout began")]
    steps += [("14:11:00", "rollout began"), ("14:12:00", "rollout done"), ("14:20:00", "rollout done")]
    records = [mapped(clock, phase) for clock, phase in steps]
    records[3]["app"] = {"name": "cart"}
    events, _ = read_file(written(tmp_path, *records), **MAPPED)
    deployments = [(f"{one.at:%H:%M}", one.kind.value[7:10], one.keys.deployment[-1]) for one in events]
    assert deployments == [
        ("14:01", "sta", "1"), ("14:02", "suc", "1"), ("14:10", "sta", "3"), ("14:11", "sta", "4"),
        ("14:12", "suc", "3"), ("14:20", "sta", "6"), ("14:20", "suc", "6"),
    ]  # fmt: skip


def test_of_a_deploy_with_one_instant_the_start_is_known_to_lie_before_it(tmp_path: Path) -> None:
    record = {"time": "2026-04-01T14:05:00Z", "kind": "rollback", "service": "checkout", "commit": "ABCDEF1234"}
    events, gaps = read_file(written(tmp_path, record))
    started, done = only(events, Kind.DEPLOY_STARTED), only(events, Kind.DEPLOY_SUCCEEDED)
    assert (started.earliest, started.at, done.at) == (at("13:35:00"), at("14:05:00"), at("14:05:00"))
    assert (started.manner, started.keys.commit, gaps) == (Manner.ROLLBACK, "abcdef1234", [])


@pytest.mark.parametrize(
    ("record", "kind", "words"),
    [
        ({"kind": "flag.off", "text": "new-checkout", "environment": "production", "actor": "sam"}, Kind.FLAG_CHANGED,
         "Flag new-checkout turned off in production (by sam)"),
        ({"kind": "config.changed", "service": "cart", "text": "limits", "actor": "sam"}, Kind.CONFIG_CHANGED,
         "Configuration limits was changed by sam"),
        ({"kind": "alert.firing", "text": "Slow", "service": "cart"}, Kind.ALERT_FIRING,
         "alert Slow (service=cart) fires"),
        ({"kind": "run.failed", "id": "88", "text": "deploy"}, Kind.RUN_FAILED, 'Run 88 "deploy" fails'),
        ({"kind": "removed", "service": "cart", "environment": "eu"}, Kind.WORKLOAD_DELETED,
         "Service cart in eu was deleted"),
        ({"kind": "NOTE", "text": "we\nsee it"}, Kind.NOTE, "we see it"),
        ({"kind": "annotation", "text": "game day"}, Kind.ANNOTATION, "game day"),
    ],
)  # fmt: skip
def test_each_kind(record: dict[str, Any], kind: Kind, words: str, tmp_path: Path) -> None:
    events, gaps = read_file(written(tmp_path, {"time": 1775052300, **record}))
    assert ([(one.kind, one.summary) for one in events], gaps) == ([(kind, words)], [])


def test_kinds_that_are_not_understood_are_counted_and_named(tmp_path: Path) -> None:
    strange = [mapped("14:02:00", "half done"), mapped("14:03:00", "half done"), mapped("14:04:00", "")]
    path = written(tmp_path, *strange, mapped("14:05:00", "rollout began"))
    events, gaps = read_file(path, **MAPPED)
    assert len(events) == 1
    assert [gap.reason for gap in gaps] == [
        f"3 events are of a kind that is not understood: half done (2, first at {path}:1), none (1, first at {path}:3)"
    ]


def test_cdevents_bare_and_in_cloudevents(tmp_path: Path) -> None:
    purl = f"pkg:oci/checkout@{DIGEST.replace(':', '%3A')}?repository_url=registry.example.com&tag=v1.5.0"
    place = {"environment": {"id": "production"}, "artifactId": purl}
    run = {"pipelineName": "deliver", "uri": "https://ci.example.com/9"}
    first = cdevent("pipelinerun.started", "14:01:00", "run-9", **run)
    done = cdevent("service.upgraded", "14:05:00", version="0.1.1", **place)
    old = cdevent("service.rolledback", "14:18:00", **{**place, "artifactId": "1.4.9"})
    old["context"]["version"] = old["context"].pop("specversion")
    old["subject"]["type"] = "service"
    end = cdevent("pipelinerun.finished", "14:06:00", "run-9", **run, outcome="failure", errors="x")
    for one in (first, done, end):
        one["context"]["chainId"] = "chain-1"
    events, gaps = read_file(written(tmp_path, cloudevent(first), done, cloudevent(done), old, end))
    assert gaps == []
    assert told(events) == [
        "14:05:00 deploy.started Deploy of checkout 1.5.0 to production starts",
        "14:05:00 deploy.succeeded Deploy of checkout 1.5.0 to production succeeds",
        "14:18:00 deploy.started Rollback of checkout 1.4.9 to production starts",
        "14:18:00 deploy.succeeded Rollback of checkout 1.4.9 to production succeeds",
        '14:01:00 ci.run.started Run run-9 "deliver" starts',
        '14:06:00 ci.run.failed Run run-9 "deliver" fails',
    ]
    assert (events[0].keys.digest, events[0].keys.run, events[2].keys.run) == (DIGEST, "run-9", "")
    assert events[4].url == "https://ci.example.com/9"


@pytest.mark.parametrize("of", ["context", "subject"])
def test_runs_of_two_systems_with_the_same_id_are_two_runs(of: str, tmp_path: Path) -> None:
    """An id is unique within its source only."""
    runs = [cdevent("pipelinerun.started", clock, "12", pipelineName="deliver") for clock in ("14:01:00", "14:01:01")]
    for number, run in enumerate(runs):
        run["context"]["id"] = str(number)
        run[of]["source"] = f"https://ci-{number}.example.com/"
    events, _ = read_file(written(tmp_path, *runs))
    assert len({one.merge_key for one in events}) == 2


def test_a_run_that_is_finished_without_an_outcome_did_not_succeed(tmp_path: Path) -> None:
    """`outcome` is optional."""
    run = {"pipelineName": "deliver"}
    events, gaps = read_file(written(tmp_path, cdevent("pipelinerun.finished", "14:06:00", "run-9", **run)))
    assert gaps == []
    assert told(events) == ['14:06:00 other Pipelinerun run-9 "deliver" finished']


@pytest.mark.parametrize("kind", ["deploy.canceled", "Deploy_Cancelled", "deploy canceled", " DEPLOY-CANCELLED "])
def test_spellings_of_a_kind_are_that_kind(kind: str, tmp_path: Path) -> None:
    (event,), gaps = read_file(written(tmp_path, {"time": "2026-04-01T14:02:00Z", "kind": kind, "service": "checkout"}))
    assert (gaps, event.kind) == ([], Kind.DEPLOY_CANCELLED)


def test_a_deploy_of_which_neither_service_nor_version_are_known_is_worded_all_the_same(tmp_path: Path) -> None:
    events, _ = read_file(written(tmp_path, {"time": "2026-04-01T14:02:00Z", "kind": "deploy"}))
    assert [one.summary for one in events] == ["Deploy starts", "Deploy succeeds"]


def test_incidents_environments_tasks_and_types_of_others(tmp_path: Path) -> None:
    of = {"description": "errors", "service": {"id": "checkout"}, "environment": {"id": "production"}}
    records = [
        cdevent("incident.detected", "14:06:00", "inc-1", **of),
        cdevent("incident.resolved", "14:23:00", "inc-1", **{**of, "environment": {"id": "staging"}}),
        cdevent("environment.modified", "14:01:00", "production", name="prod"),
        cdevent("taskrun.finished", "14:02:00", "task-1", outcome="error"),
        cdevent("spaceship.landed", "14:02:00"),
        cdevent("x.y", "14:02:00"),
    ]
    records[-1]["context"]["type"] = "dev.cdeventsx.acme-app.done.0.1.0"
    path = written(tmp_path, *records)
    events, gaps = read_file(path)
    assert told(events) == [
        '14:01:00 annotation Environment production "prod" modified',
        "14:02:00 other Taskrun task-1 finished (error)",
        "14:06:00 note Incident inc-1 detected: errors",
        "14:23:00 annotation Incident inc-1 resolved: errors",
    ]
    assert [gap.reason for gap in gaps] == [
        "2 events are of a kind that is not understood:"
        f" dev.cdevents.spaceship.landed.0.3.0 (1, first at {path}:5),"
        f" dev.cdeventsx.acme-app.done.0.1.0 (1, first at {path}:6)"
    ]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (f"pkg:oci/checkout@{DIGEST.replace(':', '%3A')}", Artifact("checkout", digest=DIGEST)),
        (f"pkg:oci/checkout@{DIGEST}?tag=1.5.0", Artifact("checkout", "1.5.0", DIGEST)),
        ("pkg:docker/acme/checkout@v1.5.0", Artifact("checkout", "1.5.0")),
        ("pkg:maven/org.acme/checkout@1.5.0-rc.1%2Bb7?type=jar#sub/path", Artifact("checkout", "1.5.0-rc.1+b7")),
        (f"pkg:github/acme/checkout@{'ab' * 20}", Artifact("checkout", commit="ab" * 20)),
        ("pkg:npm/%40acme/checkout@1.5.0", Artifact("checkout", "1.5.0")),
        ("pkg:oci/checkout", Artifact("checkout")),
        (f"registry.example.com:5000/acme/checkout:1.5.0@{DIGEST}", Artifact("checkout", "1.5.0", DIGEST)),
        ("checkout:1.5.0", Artifact("checkout", "1.5.0")),
        (DIGEST, Artifact(digest=DIGEST)),
        ("v1.5.0", Artifact(version="1.5.0")),
        ("pkg:golang/example.com/acme/checkout@234fd47e07d1", Artifact("checkout", commit="234fd47e07d1")),
        ("pkg:oci/checkout?tag=a1b2c3d", Artifact("checkout", commit="a1b2c3d")),
        ("pkg:oci/checkout?tag=20260401", Artifact("checkout", "20260401")),
        ("whatever it is", Artifact()),
        ("", Artifact()),
    ],
)
def test_what_an_artifact_is_called(text: str, known: Artifact) -> None:
    assert artifact(text) == known


@pytest.mark.skipif(not REAL.is_dir(), reason="the specification's own examples are not here")
def test_the_examples_of_the_specification() -> None:
    # They are of several years.
    window = Window(at("14:00:00").replace(year=2022), at("14:00:00").replace(year=2024))
    events, gaps = [], []
    for path in sorted(REAL.glob("*.json")):
        found, troubles = read_file(path, window)
        events += [(path.stem, one) for one in found]
        gaps += troubles
    assert gaps == []
    kinds = {(name, one.kind) for name, one in events if one.kind != Kind.OTHER}
    assert kinds == {
        *((f"service_{name}", kind) for name in ("deployed", "upgraded", "rolledback")
          for kind in (Kind.DEPLOY_STARTED, Kind.DEPLOY_SUCCEEDED)),
        ("service_removed", Kind.WORKLOAD_DELETED),
        ("pipelinerun_started", Kind.RUN_STARTED), ("pipelinerun_finished", Kind.RUN_FAILED),
        *((f"environment_{name}", Kind.ANNOTATION) for name in ("created", "modified", "deleted")),
        *((f"incident_{name}", Kind.NOTE) for name in ("detected", "reported", "resolved")),
    }  # fmt: skip
    deploys = [one for name, one in events if name.startswith("service_") and one.kind == Kind.DEPLOY_SUCCEEDED]
    assert all(len(one.keys.digest) == 71 for one in deploys)
