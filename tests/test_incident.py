"""The measure of the product: the seven rows, from live servers, from a bundle of them, and from the demo's bundle."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Done, pm_timeline, pm_timeline_process
from tests.incident.live import NOTES, TOKEN, Live
from tests.servers.process import ROOT

DEMO = ROOT / "fixtures" / "checkout-incident.zip"
WINDOW = ("--from", "2026-04-01 14:00", "--to", "14:30", "--tz", "UTC")
SEVEN = [
    ("14:02", "deploy.started", ["checkout 1.5.0", "1.4.9", "CI/CD", "run 482", "b462487", "dana-reyes"]),
    ("14:04", "pod.ready", ["checkout 1.5.0", "pass health checks", "6 of 6"]),
    ("14:05", "pod.terminated", ["checkout 1.4.9", "terminated", "6 of 6", "rollout complete"]),
    ("14:06", "alert.firing", ["CheckoutHighErrorRatio", "5xx ratio", "0.1", "40", "peak", "requests"]),
    ("14:12", "note", ["Maria Ortiz", "on-call", "checkout 1.5.0", "cause"]),
    ("14:18", "rollback.started", ["1.5.0 to 1.4.9", "run 483", "sam-okafor"]),
    ("14:22", "rollback.completed", ["to 1.4.9", "6 of 6", "5xx ratio back to 0%"]),
]
SEEN_BY = {
    "deploy.started": {"github", "kubernetes"},
    "pod.ready": {"kubernetes"},
    "pod.terminated": {"github", "kubernetes"},
    "alert.firing": {"prometheus"},
    "note": {"notes"},
    "rollback.started": {"github", "kubernetes"},
    "rollback.completed": {"github", "kubernetes", "prometheus"},
}


def assert_seven(told: dict[str, Any]) -> None:
    """Exactly the seven facts at their minutes, in order, with their evidence, and at most two rows more."""
    kinds = [kind for _, kind, _ in SEVEN]
    rows = [row for row in told["rows"] if row["kind"] in kinds]
    assert [(row["time"][11:16], row["kind"]) for row in rows] == [(minute, kind) for minute, kind, _ in SEVEN]
    for row, (_, kind, words) in zip(rows, SEVEN, strict=True):
        assert [word for word in words if word not in row["text"]] == [], row["text"]
        assert set(row["sources"]) == SEEN_BY[kind]
        assert all(evidence["url"] or evidence["query"] for evidence in row["evidence"])
        assert {evidence["source"] for evidence in row["evidence"]} == SEEN_BY[kind]
    assert len(told["rows"]) <= 9
    assert told["counts"]["events"] - sum(row["events"] for row in told["rows"]) >= 500
    assert all(not source["gaps"] and not source["failed"] for source in told["coverage"])
    assert any("search 2.3.1" in line for line in told["left_out"])


@pytest.fixture(scope="session")
def captured(live: Live, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    """A folder with the bundle of a live run, and what that run printed as JSON."""
    folder = tmp_path_factory.mktemp("captured")
    (folder / "pm-timeline.toml").write_text(live.config)
    shutil.copy(NOTES, folder / "notes.md")
    options = ("--notes", "notes.md", "--strict", "--format", "json", "--capture", "incident.zip")
    return folder, pm_timeline_process(*WINDOW, *options, folder=folder, env=live.environment)


def test_the_live_servers_give_the_seven_rows(captured: tuple[Path, Done]) -> None:
    _, done = captured
    assert done.code == 0, [source["gaps"] for source in json.loads(done.out)["coverage"]]
    assert_seven(json.loads(done.out))


def test_a_bundle_gives_the_same_bytes_without_any_server(captured: tuple[Path, Done], tmp_path: Path) -> None:
    folder, done = captured
    bundle = folder / "incident.zip"
    shutil.unpack_archive(bundle, tmp_path / "unpacked")
    # A proxy that nobody serves: whatever asked the network would fail.
    offline = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:1")
    for place in (bundle, tmp_path / "unpacked"):
        again = pm_timeline("--replay", place, "--format", "json", folder=tmp_path, env=offline)
        assert (again.code, again.out) == (0, done.out)
    everything = "".join(path.read_text() for path in (tmp_path / "unpacked").rglob("*.*") if path.is_file())
    assert TOKEN not in everything + done.out + done.err


def test_the_environment_alone_is_enough_for_the_same_rows(live: Live, tmp_path: Path) -> None:
    done = pm_timeline(*WINDOW, "--notes", NOTES, "--format", "json", folder=tmp_path, env=live.environment)
    told = json.loads(done.out)
    kinds = {kind for _, kind, _ in SEVEN}
    assert [row["time"][11:16] for row in told["rows"] if row["kind"] in kinds] == [minute for minute, _, _ in SEVEN]


def test_the_demo_gives_the_same_rows_as_the_live_servers(captured: tuple[Path, Done], tmp_path: Path) -> None:
    demo = pm_timeline("--replay", DEMO, "--format", "json", folder=tmp_path)
    told, live = json.loads(demo.out), json.loads(captured[1].out)
    assert_seven(told)
    assert [row["text"] for row in told["rows"]] == [row["text"] for row in live["rows"]]
    assert [row["time"] for row in told["rows"]] == [row["time"] for row in live["rows"]]


def test_readme_shows_what_the_demo_prints(tmp_path: Path) -> None:
    demo = pm_timeline_process("--replay", DEMO, "--format", "markdown", folder=tmp_path)
    assert demo.code == 0, demo.err
    shown = re.search(r"<!-- demo -->\n(.*?)<!-- /demo -->", (ROOT / "README.md").read_text(), re.DOTALL)
    assert shown
    assert shown[1].strip() == demo.out.strip()


def test_one_dead_source_costs_only_its_own_rows(live: Live, tmp_path: Path) -> None:
    (tmp_path / "pm-timeline.toml").write_text(live.config.replace(live.prometheus_url, "http://127.0.0.1:1"))
    options = (*WINDOW, "--notes", NOTES, "--format", "json")
    done = pm_timeline(*options, folder=tmp_path, env=live.environment)
    told = json.loads(done.out)
    assert done.code == 0
    assert next(source for source in told["coverage"] if source["source"] == "prometheus")["failed"]
    texts = " ".join(row["text"] for row in told["rows"])
    assert "Deploy of checkout 1.5.0" in texts
    assert "Rollback of checkout to 1.4.9 complete (6 of 6 pods ready)" in texts
    assert "5xx ratio" not in texts
    assert pm_timeline(*options, "--strict", folder=tmp_path, env=live.environment).code == 3


@pytest.mark.thorough
def test_full_detail_tells_of_every_event_and_a_narrower_look_at_a_bundle_works(tmp_path: Path) -> None:
    full = json.loads(pm_timeline("--replay", DEMO, "--detail", "full", "--format", "json", folder=tmp_path).out)
    assert len(full["rows"]) > 500
    options = ("--from", "2026-04-01 14:10", "--to", "14:20", "--format", "json")
    narrow = json.loads(pm_timeline("--replay", DEMO, *options, folder=tmp_path).out)
    assert [row["kind"] for row in narrow["rows"]] == ["deploy.started", "alert.firing", "note", "rollback.started"]
