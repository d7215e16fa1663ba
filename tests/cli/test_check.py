"""The commands of the first minutes: `check` and `demo`."""

import json
from pathlib import Path

from tests.cli.command import pm_timeline

DEAD = '[sources.prod]\ntype = "prometheus"\nurl = "http://127.0.0.1:9"\n'


def test_a_source_that_cannot_be_used_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "pm-timeline.toml").write_text(DEAD)
    found = pm_timeline("check", folder=tmp_path)
    assert found.code == 1
    assert found.out.startswith("prod  failed   prometheus: http://127.0.0.1:9\n")
    assert "connection refused (is the URL right, and is it up?)" in found.out
    answered = json.loads(pm_timeline("check", "--format", "json", folder=tmp_path).out)
    assert [(one["source"], one["state"], one["answers"]) for one in answered["sources"]] == [("prod", "failed", 0)]


def test_wrong_use_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "pm-timeline.toml").write_text(DEAD)
    for options, reason in ((["--source", "stage"], "there are: prod"), (["--format", "xml"], "text, json")):
        refused = pm_timeline("check", *options, folder=tmp_path)
        assert refused.code == 2
        assert reason in refused.err


def test_the_demo_needs_nothing(tmp_path: Path) -> None:
    shown = pm_timeline("demo", "--format", "markdown", folder=tmp_path)
    assert shown.code == 0
    assert "| 14:22 | Rollback to 1.4.9 complete" in shown.out
    assert pm_timeline("demo", "--format", "xml", folder=tmp_path).code == 2
