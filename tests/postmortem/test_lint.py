"""`pm-timeline lint`: every rule finds what breaks it, on its line, and leaves alone what does not."""

import json
import time
from pathlib import Path

import pytest

from cli.demo import BUNDLE
from collector.postmortem.lint import lint
from tests.cli.command import pm_timeline

GOOD = """\
# Checkout down

## Summary

5xx for 20 minutes, from 14:03 UTC. No human error here: the deploy had no gate.

## Timeline

| Time | Event |
|---|---|
| 14:03 | Deploy starts |
| 14:06 | Alert CheckoutErrors fires |
| 14:12 | Maria identifies the deploy as the cause |
| 14:18 | Rollback initiated |
| 14:22 | Rollback complete |
| 14:23 | Alert CheckoutErrors resolved |

## Root Cause

The pool had 10 connections.

```md
## Empty

someone forgot
```

## Action Items

| Action | Owner | Due Date | Tracking Link | Status |
|---|---|---|---|---|
| Alert when the pool is 80% used | Maria | 2026-04-20 | [OPS-1](https://t.example/1) | open |

- [ ] Gate deploys on the error ratio, @sam by 2026-05-01, OPS-2
  - also canaries
"""


def test_a_good_postmortem_has_no_findings() -> None:
    assert lint(GOOD) == []
    assert lint(GOOD.replace("\n", "\r\n")) == []


@pytest.mark.parametrize(
    ("old", "new", "rule", "words"),
    [
        ("The pool had 10", "Human error: the pool had 10", "blame", "'Human error' is no cause"),
        ("The pool had 10", "An engineer forgot that the pool had 10", "blame", "no cause"),
        ("The pool had 10", "The on-call engineer failed to raise", "blame", "no cause"),
        ("The pool had 10 connections.", "<!-- What broke? -->", "empty", "'Root Cause' is empty"),
        ("| Maria | 2026", "| TBD | 2026", "action", "has no owner"),
        ("2026-04-20", "", "action", "has no due date"),
        ("[OPS-1](https://t.example/1)", "\u2014", "action", "has no link"),
        (", @sam by", ", by", "action", "has no owner"),
        (" by 2026-05-01", "", "action", "has no due date"),
        (", OPS-2", "", "action", "has no link"),
        ("Alert when the pool is 80% used", "Be more careful with the pool", "unverifiable", "nobody can verify"),
        ("Gate deploys on", "Try to watch", "unverifiable", "nobody can verify 'Try to'"),
        ("| 14:12 |", "| 14:02 |", "order", "14:02 stands after 14:06"),
        ("| 14:12 |", "| 14:12 CEST |", "zones", "another zone"),
        ("fires", "is there", "milestone", "was detected"),
        ("identifies the deploy as the cause", "looks", "milestone", "was identified"),
    ],
)
def test_each_rule_names_the_line_that_breaks_it(old: str, new: str, rule: str, words: str) -> None:
    text = GOOD.replace(old, new, 1)
    found = [finding for finding in lint(text) if finding.rule == rule]
    assert len(found) == 1
    assert words in found[0].message
    at = {"empty": "## Root Cause", "milestone": "## Timeline"}.get(rule, new)
    assert at in text.split("\n")[found[0].line - 1]


def test_what_cannot_have_happened_in_that_order() -> None:
    late = GOOD.replace("14:06 | Alert", "14:19 | Alert").replace("| 14:12 |", "| 14:20 |")
    (found,) = [finding for finding in lint(late) if finding.rule == "mitigation"]
    assert "mitigated at 14:18, before it was detected at 14:19" in found.message
    assert "mitigation" not in {finding.rule for finding in lint(late.replace("14:18 |", "14:19 |"))}
    backwards = GOOD.replace("14:22 | Rollback complete", "14:10 | Rollback complete")
    (found,) = [finding for finding in lint(backwards) if finding.rule == "causality"]
    assert "the rollback ends at 14:10, before it begins at 14:18" in found.message


def test_bold_labels_are_headings() -> None:
    rows = "- **Key events**\n  - First detected: 2026-04-08 10:05\n  - Repaired 2026-04-08 10:01\n"
    text = f"# Printers\n\n{rows}\n- **Review actions**:\n  - Renew certificates by a job\n    - nightly\n"
    found = [(finding.line, finding.rule) for finding in lint(text)]
    assert found == [*[(3, "milestone")] * 2, (5, "mitigation"), (5, "order"), *[(8, "action")] * 3]


def test_midnight_is_no_disorder() -> None:
    rows = "## Timeline\n\n| Time | Event |\n|---|---|\n| 23:58 | Alert A fires |\n| 00:03 | Rollback |\n"
    assert "order" not in {finding.rule for finding in lint(rows)}
    dated = rows.replace("23:58", "2026-04-02 23:58").replace("00:03", "2026-04-02 00:03")
    assert "order" in {finding.rule for finding in lint(dated)}


def test_offsets_of_one_night_and_spans_are_no_mixed_zones() -> None:
    night = "From 02:50:10+02:00 to 02:10:00+01:00.\n\n## Timeline\n\nMitigated 02:11, seen 00:27:15-00:34.\n"
    assert "zones" not in {finding.rule for finding in lint(night)}
    assert [one.line for one in lint(f"{night}02:12 UTC\n02:13 CET\n") if one.rule == "zones"] == [6, 7]


def test_columns_that_are_missing_are_named_once() -> None:
    table = "## Action Items\n\n| Action | Status |\n|---|---|\n| Add a gate | open |\n| Add an alert | open |\n"
    assert [(one.line, one.message.rpartition(" the ")[2]) for one in lint(table)] == [
        (3, "due date"),
        (3, "link"),
        (3, "owner"),
    ]


def test_the_command_prints_lines_or_json(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text(GOOD)
    (tmp_path / "bad.md").write_text("# A\n\n## B\x1b[0m\n")
    assert pm_timeline("lint", "good.md", folder=tmp_path).code == 0
    done = pm_timeline("lint", "bad.md", folder=tmp_path)
    assert (done.code, done.err) == (1, "")
    assert done.out == "bad.md:3: empty: the section 'B\\x1b[0m' is empty\n"
    found = json.loads(pm_timeline("lint", "bad.md", "--format", "json", folder=tmp_path).out)
    assert [(one["line"], one["rule"]) for one in found["findings"]] == [(3, "empty")]
    assert pm_timeline("lint", "none.md", folder=tmp_path).code == 2


def test_a_generated_timeline_breaks_none(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("## Timeline\n")
    assert pm_timeline("update", "a.md", "--replay", BUNDLE, folder=tmp_path).code == 0
    assert pm_timeline("lint", "a.md", folder=tmp_path).out == ""


def test_a_line_as_long_as_a_log_is_read_at_once() -> None:
    text = "## Timeline\n\n" + "14:06 alert stays on " * 20_000 + "\n"
    started = time.process_time()
    lint(text)
    assert time.process_time() - started < 10
