"""`pm-timeline new` writes a postmortem of which nothing is missing but what only people know."""

from pathlib import Path

import pytest

from cli.demo import BUNDLE
from cli.render.facts import facts
from cli.template import read_template
from collector.event import Kind
from collector.gather import Gathered
from collector.postmortem.lint import lint
from collector.timeline import Scope, draft
from tests.cli.command import Done, pm_timeline
from tests.collector.build import WINDOW, errors, event
from tests.examples import rarely
from tests.incidents.gates import WHOLE

_ALWAYS = (
    "config-from-s3",
    "gitlab-rollback-button",
    "looked-at-next-morning",
)
"""Incidents of different kinds, from different systems.

Half of the others are tried by `make test-all`, all by `make bench-incidents`.
"""
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


def test_each_of_several_incidents_has_its_phases_and_errors_that_get_worse_are_listed_once() -> None:
    mail, search = {"service": "mail", "namespace": "shop"}, {"service": "search", "namespace": "shop"}
    numbers = {"before": 0.4, "after": 0.9, "change": 1.0}
    worse = event(Kind.ERRORS_ROSE, "14:03:00", measure="5xx ratio", numbers=numbers, native_id="worse", **mail)
    given = [*errors("14:01:00", "14:05:00", **mail), worse, *errors("14:18:00", "14:25:00", after=0.2, **search)]
    found = facts(draft(Gathered(tuple(given), ()), WINDOW, Scope()))
    text = read_template(None, "").filled({**found, "timeline": ""})
    assert "The incident of mail lasted 4 min, from 14:01:00 to 14:05:00 (UTC).\n" in text
    assert "Another incident in this time, of search, lasted 7 min, from 14:18:00 to 14:25:00.\n\n| Phase |" in text
    assert text.count("| started |") == 2
    assert text.count("of requests failed while it was raised") == 2


@pytest.mark.parametrize(
    "name",
    [
        path.name if path.name in _ALWAYS else rarely(path.name)
        for number, path in enumerate(INCIDENTS)
        if WHOLE or number % 3 == 1 or path.name in _ALWAYS
    ],
)
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


@pytest.mark.thorough
def test_the_template_of_the_configuration_is_used_unless_another_is_given(tmp_path: Path) -> None:
    (tmp_path / "team").mkdir()
    (tmp_path / "pm-timeline.toml").write_text('[postmortem]\ntemplate = "team/ours.j2"\n')
    (tmp_path / "team" / "ours.j2").write_text("Of the team: {{ date }}\n\n{{ timeline }}\n")
    (tmp_path / "other.j2").write_text("Another\n\n{{ timeline }}\n")
    below = tmp_path / "below"
    below.mkdir()
    assert run(below, "--replay", BUNDLE).code == 0
    assert (below / "postmortem.md").read_text().startswith("Of the team: 2026-04-01\n\n<!-- pm-timeline ")
    assert run(tmp_path, "--replay", BUNDLE, "--template", "other.j2").code == 0
    assert (tmp_path / "postmortem.md").read_text().startswith("Another\n")


@pytest.mark.parametrize(
    ("setting", "template", "message"),
    [
        ('template = "ours.j2"', "a\n{% if %}", ": postmortem.template: {0}/ours.j2: line 2: Expected an expression"),
        ('template = "none.j2"', "", ": postmortem.template: {0}/none.j2: cannot be read (No such file or directory)"),
        ('template = "."', "", ": postmortem.template: {0}: cannot be read (Is a directory)"),
        ("template = 5", "", ": postmortem.template: input should be a valid string"),
        ('template = ""', "", ": postmortem.template: "),
        ('templat = "x"', "", ": postmortem.templat: unknown key; did you mean template?; "),
    ],
)
def test_a_configured_template_that_cannot_be_used_is_one_line(
    setting: str, template: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "pm-timeline.toml").write_text(f"[postmortem]\n{setting}\n")
    (tmp_path / "ours.j2").write_text(template)
    done = run(tmp_path, "--replay", BUNDLE, "-q")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert done.err.startswith(f"pm-timeline: {tmp_path}/pm-timeline.toml{message.format(tmp_path)}")
    assert not (tmp_path / "postmortem.md").exists()


def test_a_bad_template_is_found_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "team.j2").write_text("{% for %}")
    done = run(tmp_path, "--replay", tmp_path / "no.zip", "--template", "team.j2")
    assert (done.code, done.err) == (
        2,
        "pm-timeline: --template team.j2: line 1: Expected an expression, got 'end of statement block'\n",
    )


@pytest.mark.parametrize(
    ("template", "message"),
    [
        rarely("{{ nothing_of_that_name }}", "is undefined"),
        rarely("a\n{% if %}", "line 2"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        rarely("{{ services.append(1) }}", "unsafe"),
        rarely("{% include '/etc/passwd' %}", "no loader"),
        rarely("{% for x in range(10 ** 9) %}{% endfor %}", "Range too big"),
        rarely("{{ 1 / 0 }}", "ZeroDivisionError"),
        rarely("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "RecursionError"),
        rarely("{{ date | no_such_filter }}", "No filter named"),
        rarely("{% for phase in phases %}{{ phase.name.nothing }}{% endfor %}", "has no attribute 'nothing'"),
        rarely("{{ started + 1 }}", "TypeError"),
        rarely("{{ '\udc80' }}", "is not UTF-8 text"),
    ],
)
def test_a_template_reaches_nothing_but_the_facts(template: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "team.j2").write_bytes(f"one\n{{# two\n#}}\n{template}\n".encode(errors="surrogateescape"))
    done = run(tmp_path, "--replay", BUNDLE, "--template", "team.j2", "-q")
    assert (done.code, done.err.count("\n")) == (2, 1)
    line = 5 if template.startswith("a\n") else 4
    assert done.err.startswith(f"pm-timeline: --template team.j2: line {line}: ")
    assert message.replace("line 2", "line 5") in done.err
    assert not (tmp_path / "postmortem.md").exists()
