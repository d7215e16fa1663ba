"""The commands of the first minutes: `check` and `demo`."""

import json
from pathlib import Path

from cli.demo import BUNDLE
from tests.cli.command import pm_timeline

DEAD = '[sources.prod]\ntype = "prometheus"\nurl = "http://127.0.0.1:9"\n'


def test_a_source_that_cannot_be_used_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "pm-timeline.toml").write_text(DEAD)
    found = pm_timeline("check", folder=tmp_path)
    assert found.code == 1
    assert found.out.startswith("prod  failed   prometheus: http://127.0.0.1:9, no token\n")
    assert "connection refused (is the URL right, and is it up?)" in found.out
    answered = json.loads(pm_timeline("check", "--format", "json", folder=tmp_path).out)
    assert [(one["source"], one["state"], one["answers"]) for one in answered["sources"]] == [("prod", "failed", 0)]


def test_as_whom_each_system_is_asked_is_named_and_no_secret_is(tmp_path: Path) -> None:
    every = {
        "a": ("prometheus", 'url = "http://127.0.0.1:9"\nusername = "7"\ntoken_env = "SECRET"', "as 7"),
        "b": ("prometheus", 'url = "http://127.0.0.1:9"\ntoken_env = "SECRET"', "token from $SECRET"),
        "c": ("prometheus", 'url = "http://127.0.0.1:9"\nheaders_env = { X-Key = "SECRET" }', "X-Key from $SECRET"),
        "d": ("gitlab", 'url = "http://127.0.0.1:9"\nproject = "a/b"\ntoken_env = "SECRET"', "a/b, token from $SECRET"),
        "e": ("alertmanager", 'url = "http://127.0.0.1:9"', "no token"),
        "f": ("argocd", 'url = "http://127.0.0.1:9"\ntoken_env = "SECRET"', "http://127.0.0.1:9, token from $SECRET"),
    }
    tables = [f'[sources.{name}]\ntype = "{type_}"\n{keys}\n' for name, (type_, keys, _) in every.items()]
    (tmp_path / "pm-timeline.toml").write_text("".join(tables))
    found = pm_timeline("check", folder=tmp_path, env={"SECRET": "hunter2-hunter2"})
    lines = {line.partition(" ")[0]: line for line in found.out.splitlines()}
    for name, (type_, _, whom) in every.items():
        assert lines[name].startswith(f"{name}  failed   {type_}: http://127.0.0.1:9"), lines[name]
        assert lines[name].endswith(f", {whom}") or whom.startswith("http"), lines[name]
        assert whom in lines[name]
    assert "hunter2" not in found.out + found.err


def test_wrong_use_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "pm-timeline.toml").write_text(DEAD)
    for options, reason in ((["--source", "stage"], "there are: prod"), (["--format", "xml"], "text, json")):
        refused = pm_timeline("check", *options, folder=tmp_path)
        assert refused.code == 2
        assert reason in refused.err


def test_a_context_is_asked_as_of_the_bare_command(tmp_path: Path) -> None:
    (tmp_path / "kubeconfig").write_text("contexts: [{name: prod, context: {}}]\ncurrent-context: prod\n")
    (tmp_path / "pm-timeline.toml").write_text('[sources.k]\ntype = "kubernetes"\nkubeconfig = "kubeconfig"\n')
    refused = pm_timeline("check", "--context", "prd", folder=tmp_path)
    assert (refused.code, "--context prd: no such context; did you mean prod?" in refused.err) == (2, True)
    asked = pm_timeline("check", "--context", "prod", folder=tmp_path)
    assert "kubernetes: context prod" in asked.out


def test_the_demo_needs_nothing(tmp_path: Path) -> None:
    shown = pm_timeline("demo", "--format", "markdown", folder=tmp_path)
    assert shown.code == 0
    assert "| 14:22 | Rollback to 1.4.9 complete" in shown.out
    assert pm_timeline("demo", "--format", "xml", folder=tmp_path).code == 2
    assert pm_timeline("demo", "-o", "demo.csv", folder=tmp_path).code == 0
    assert "14:22" in (tmp_path / "demo.csv").read_text()


def test_the_demo_takes_the_choices_of_how_a_timeline_looks(tmp_path: Path) -> None:
    choices = ("-q", "--format", "markdown", "--evidence", "none", "--no-coverage", "--seconds", "--roles")
    shown = pm_timeline("demo", *choices, folder=tmp_path)
    assert (shown.code, shown.err) == (0, "")
    assert shown.out == pm_timeline("--replay", str(BUNDLE), *choices, folder=tmp_path).out
    assert "<details>" not in shown.out
    assert "<details>" in pm_timeline("demo", "--format", "markdown", folder=tmp_path).out
