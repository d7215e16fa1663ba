"""`pm-timeline new` writes a postmortem of which nothing is missing but what only people know."""

from pathlib import Path

import pytest

from cli.demo import BUNDLE
from collector.postmortem.lint import lint
from tests.cli.command import Done, pm_timeline

INCIDENTS = sorted(path for path in (Path(__file__).parents[2] / "fixtures" / "incidents").iterdir() if path.is_dir())


def run(folder: Path, *options: str | Path) -> Done:
    return pm_timeline("new", "postmortem.md", *options, folder=folder)


def test_the_facts_of_the_summary_are_filled_in(tmp_path: Path) -> None:
    assert run(tmp_path, "--replay", BUNDLE).code == 0
    text = (tmp_path / "postmortem.md").read_text()
    assert text.startswith("# Postmortem: checkout (shop), 2026-04-01\n")
    assert "The incident lasted 20 min, from 14:03:37 to 14:23:45 (UTC).\n" in text
    assert "- 5xx ratio of checkout: at most 43.7%, at 14:20:22; 36.3% of requests failed while it was raised" in text
    assert "| detected | 14:06:15 | 14:06:15 | 3 min |\n" in text
    assert "| 14:18 | Rollback to 1.4.9 initiated via CI/CD (by sam-okafor) |" in text
    assert pm_timeline("update", "postmortem.md", "--check", folder=tmp_path).code == 0
    assert [finding.message for finding in lint(text)] == [
        "the section 'Root Cause' is empty",
        "the section 'Contributing Factors' is empty",
        "the section 'What Went Well' is empty",
        "an empty action",
        "the section 'Lessons Learned' is empty",
    ]


@pytest.mark.parametrize("name", [path.name for path in INCIDENTS])
def test_lint_accepts_what_is_generated_but_for_prompts_and_what_nobody_knows(name: str, tmp_path: Path) -> None:
    (bundle,) = [path for path in INCIDENTS if path.name == name]
    done = run(tmp_path, "--replay", bundle / "bundle.zip")
    assert done.code == 0, done.err
    text = (tmp_path / "postmortem.md").read_text()
    assert {finding.rule for finding in lint(text)} <= {"empty", "action", "milestone"}
    assert pm_timeline("update", "postmortem.md", "--check", folder=tmp_path).code == 0
    verified = pm_timeline("verify", "postmortem.md", folder=tmp_path)
    assert verified.code == 0, verified.out
    assert " 0 contradicted, 0 not found, " in verified.err, verified.out


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "postmortem.md").write_text("mine")
    done = run(tmp_path, "--replay", BUNDLE)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "exists already" in done.err
    assert (tmp_path / "postmortem.md").read_text() == "mine"


def test_a_template_of_ones_own_replaces_it(tmp_path: Path) -> None:
    (tmp_path / "team.j2").write_text("# {{ services[0] }} ({{ duration }})\n\n{{ timeline }}\n\nThe end.\n")
    assert run(tmp_path, "--replay", BUNDLE, "--template", "team.j2").code == 0
    text = (tmp_path / "postmortem.md").read_text()
    assert text.startswith("# checkout (shop) (20 min)\n\n<!-- pm-timeline from=2026-04-01T14:00:00Z")
    assert text.endswith("\n-->\n\nThe end.\n")


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ nothing_of_that_name }}", "is undefined"),
        ("a\n{% if %}", "line 2"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ services.append(1) }}", "unsafe"),
        ("{% include '/etc/passwd' %}", "no loader"),
        ("{% for x in range(10 ** 9) %}{% endfor %}", "Range too big"),
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "RecursionError"),
    ],
)
def test_a_template_reaches_nothing_but_the_facts(template: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "team.j2").write_text(template)
    done = run(tmp_path, "--replay", BUNDLE, "--template", "team.j2", "-q")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "--template team.j2" in done.err
    assert message in done.err
    assert not (tmp_path / "postmortem.md").exists()
