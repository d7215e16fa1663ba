"""Objects that other projects keep as examples of the states of these tools, where they are at hand."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from collector.event import Event, Kind, Manner
from collector.secrets import Scrubber
from collector.source import Document, Gap
from collector.window import Window
from sources.argocd.reduce import application
from sources.cluster.lists import Listed
from sources.flux.reduce import kept
from sources.registry import build
from tests.servers.process import ROOT

REAL = ROOT.parent / "shared" / "data" / "argocd"
KINDS = {"Kustomization": "kustomizations", "HelmRelease": "helmreleases", "Rollout": "rollouts"}
WINDOW = Window(datetime(2019, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))
pytestmark = pytest.mark.skipif(not REAL.exists(), reason="these payloads are not part of the project")


def objects(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each example of the kind, as an API server would send it."""
    for path in sorted(REAL.rglob("*.yaml")):
        parsed = yaml.safe_load(path.read_text())
        if parsed.get("kind") == kind:
            # YAML makes times of what are strings in JSON.
            yield path.stem, json.loads(json.dumps(parsed, default=lambda at: f"{at:%Y-%m-%dT%H:%M:%SZ}"))


def read(type_: str, call: str, item: Any) -> list[Event | Gap]:
    document = Document(call, f"GET /{call}", WINDOW.end, json.dumps({"items": [item]}))
    return [one for one in build("it", type_, {}, Scrubber()).read([document], WINDOW) if isinstance(one, Event | Gap)]


def unread(given: list[Event | Gap]) -> list[str]:
    return [one.reason for one in given if isinstance(one, Gap) and "could not be read" in one.reason]


def test_applications() -> None:
    found = {name: read("argocd", "applications", application(item)) for name, item in objects("Application")}
    assert found["live-child-application"] == []
    # Two of them have a status and nothing else.
    assert len([name for name, given in found.items() if unread(given)]) == 2


@pytest.mark.parametrize("kind", ["Kustomization", "HelmRelease"])
def test_objects_of_flux(kind: str) -> None:
    call = KINDS[kind]
    found = {}
    for name, item in objects(kind):
        (left,) = kept(Listed(call, "/x"), {"items": [item]})["items"]
        found[name] = read("flux", call, left)
        assert unread(found[name]) == [], name
        suspended = [one for one in found[name] if isinstance(one, Gap) and "suspended" in one.reason]
        assert bool(suspended) == name.startswith("suspended"), name
    if kind == "HelmRelease":
        ends = [one for one in found["degraded"] if isinstance(one, Event) and one.kind != Kind.DEPLOY_STARTED]
        assert [(one.kind, one.manner) for one in ends] == [
            (Kind.DEPLOY_SUCCEEDED, Manner.AUTOMATIC_ROLLBACK),
            (Kind.DEPLOY_FAILED, Manner.PLAIN),
        ]
        assert Kind.DEPLOY_SUCCEEDED in {one.kind for one in found["healthy"] if isinstance(one, Event)}


def test_argo_rollouts() -> None:
    found = {name: read("kubernetes", "rollouts", item) for name, item in objects("Rollout")}
    assert len(found) >= 20
    assert not [name for name, given in found.items() if unread(given)]
    kinds = {name: {one.kind for one in given if isinstance(one, Event)} for name, given in found.items()}
    paused = {name: kind for name, kind in kinds.items() if kind == {Kind.ROLLOUT_PAUSED}}
    assert set(paused) == {"suspended_controllerPause", "suspended_userPause", "suspended_v1.0_pausedRollout"}
    assert kinds["degraded_abortedRollout"] == {Kind.ROLLOUT_ABORTED}
    assert len([kind for kind in kinds.values() if kind]) == 4
