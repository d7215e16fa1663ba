"""`pm-timeline verify`: what a draft has is confirmed, contradicted or not found, whoever wrote it and however."""

import json
from pathlib import Path

import pytest

from cli.demo import BUNDLE
from collector.postmortem.verify.check import verify
from collector.postmortem.verify.clock_times import stated_zones
from collector.postmortem.verify.finding import Finding, Verdict
from tests.cli.command import pm_timeline
from tests.examples import rarely
from tests.postmortem.evidence import timeline
from tests.servers.process import ROOT

SEVEN = """\
# Checkout down

| Time | Event |
|---|---|
| 14:02 | Deploy starts via CI/CD |
| 14:04 | New pods pass health checks |
| 14:05 | Old pods terminated |
| 14:06 | Alerts fire: 500 errors spike to 40% |
| 14:12 | On-call identifies the new deploy as cause |
| 14:18 | Rollback initiated |
| 14:22 | Rollback complete, errors drop to 0% |
"""
PROSE = """\
# What happened on 1 April

At 14:02 UTC dana-reyes shipped checkout v1.5.0 (run 482, commit b462487). The first errors appeared at 14:03, and
CheckoutHighErrorRatio paged us at 2:06 PM. At its worst 43.7% of requests failed. Maria Ortiz identified the release
as the cause at 14:12. We started to roll back to v1.4.9 at 14:18; the rollback was complete at 14:22, and the alert
cleared at 14:23.

It took 3 minutes to detect it, and the incident lasted about 20 minutes. 12,388 of 34,098 requests failed, which is
more than 30%. The pod checkout-5b4d8c5f84-4mmwv was the first of the new ones.
"""


def verdicts(text: str) -> dict[Verdict, list[Finding]]:
    found = verify(text, timeline())
    return {verdict: [one for one in found if one.verdict == verdict] for verdict in Verdict}


@pytest.mark.parametrize("text", [rarely(SEVEN), SEVEN.replace("\n", "\r\n"), PROSE])
def test_what_is_true_is_confirmed_whole(text: str) -> None:
    found = verdicts(text)
    assert found[Verdict.CONTRADICTED] == []
    assert found[Verdict.NOT_FOUND] == []
    assert len(found[Verdict.CONFIRMED]) >= 9
    assert [one.type for one in found[Verdict.JUDGE]] == ["cause"]


@pytest.mark.parametrize(("minutes", "verdict"), [(3, Verdict.CONFIRMED), (29, Verdict.CONTRADICTED)])
def test_a_deploy_did_not_take_until_the_end_of_the_next_one(minutes: int, verdict: Verdict) -> None:
    two = timeline(ROOT / "fixtures" / "incidents" / "hotfix-forward" / "bundle.zip")
    (found,) = [one for one in verify(f"The deploy took {minutes} minutes.\n", two) if one.type == "duration"]
    assert found.verdict == verdict, found.evidence


@pytest.mark.parametrize("form", ["- {}\n", "| Time | Event | |\n|---|---|---|\n| 2026-07-08 23:25 | {} | note |\n"])
def test_a_value_in_the_words_of_a_note_is_confirmed(form: str) -> None:
    noted = timeline(ROOT / "fixtures" / "incidents" / "pods-pile-up" / "bundle.zip")
    row = next(row.text for row in noted.rows if "to 8 nodes" in row.text)
    (own,) = [one for one in verify(form.format(row), noted) if one.text.startswith("8")]
    assert (own.verdict, own.evidence) == (Verdict.CONFIRMED, f"a note has it: {row}")
    (other,) = [one for one in verify(form.format(row.replace("to 8", "to 9")), noted) if one.text.startswith("9")]
    assert other.verdict == Verdict.NOT_FOUND


@pytest.mark.parametrize(
    ("text", "old", "new", "type_", "words"),
    [
        (SEVEN, "14:06", "14:08", "time", "14:06:15 Alert CheckoutHighErrorRatio fires"),
        (SEVEN, "14:06", "17:06", "time", "14:06:15 Alert"),
        (SEVEN, "14:02", "13:57", "time", "14:02:20 Deploy of checkout 1.5.0"),
        (SEVEN, "14:04", "14:07", "time", "14:04:30 New pods"),
        (SEVEN, "14:12", "14:16", "time", "14:12:00 identified"),
        (SEVEN, "14:18", "14:14", "time", "14:18:30 Rollback"),
        (SEVEN, "14:22", "14:25", "time", "14:22:10 Rollback"),
        (SEVEN, "40%", "25%", "percentage", "40%"),
        (SEVEN, "to 0%", "to 7%", "percentage", "0%"),
        (PROSE, "2:06 PM", "2:09 PM", "time", "14:06:15 Alert"),
        (PROSE, "2:06 PM", "2:06 AM", "time", "14:06:15 Alert"),
        (PROSE, "14:03", "13:58", "time", "14:03:37 5xx ratio"),
        (PROSE, "shipped checkout v1.5.0", "shipped checkout v1.4.9", "version", "1.5.0"),
        (PROSE, "back to v1.4.9", "back to v1.5.0", "version", "1.4.9"),
        (PROSE, "run 482", "run 512", "run", "482"),
        (PROSE, "43.7%", "63.7%", "percentage", "43.7%"),
        (PROSE, "more than 30%", "more than 50%", "percentage", "43.7%"),
        (PROSE, "3 minutes to detect", "9 minutes to detect", "duration", "3 min"),
        (PROSE, "lasted about 20 minutes", "lasted about 45 minutes", "duration", "20 min"),
    ],
)
def test_what_the_evidence_has_otherwise_is_contradicted_with_what_it_has(
    text: str, old: str, new: str, type_: str, words: str
) -> None:
    assert old in text
    (found,) = verdicts(text.replace(old, new, 1))[Verdict.CONTRADICTED]
    assert (found.type, words in found.evidence) == (type_, True), found
    assert found.text in text.replace(old, new, 1).split("\n")[found.line - 1]


@pytest.mark.parametrize(
    ("sentence", "type_"),
    [
        ("The alert PaymentQueueStalled fired as well.", "alert"),
        ("Pod checkout-5b4d8c5f84-zzzzz never came up.", "pod"),
        ("The fix is in 0123abc.", "commit"),
        ("Version 2.7.18 of Python is end of life.", "version"),
        ("The service mail-gateway was slow.", "service"),
        ("37 pods were looked at.", "count"),
        ("About 12% of our customers wrote in.", "percentage"),
        ("Sam joined the call at 14:11.", "time"),
        ("Two years ago, at 03:40, we had the same.", "time"),
        ("The call took 4 minutes.", "duration"),
    ],
)
def test_what_the_evidence_does_not_know_is_not_found(sentence: str, type_: str) -> None:
    found = verdicts(f"# Notes\n\n{sentence}\n")
    assert found[Verdict.CONTRADICTED] == []
    assert [one.type for one in found[Verdict.NOT_FOUND]] == [type_]


@pytest.mark.parametrize(
    "sentence",
    [
        "No alert fired at 14:01.",
        "An alert should have fired at 14:04.",
        "The alert did not fire at 14:05.",
        "We will deploy checkout 1.5.1 on Monday at 10:00.",
        "The error budget is at 12%.",
        "The alert fires if more than 90% of requests fail.",
        "At 14:10 we discussed the deploy.",
        "At 14:16 Sam decided to roll back.",
        "Sam merged the pull request with the revert at 14:17.",
        "Another team's search 2.3.1 was deployed at 14:07.",
        "The incident was closed at 15:30.",
        "The errors stayed at about 40% until 14:20.",
    ],
)
def test_wishes_plans_negations_and_what_people_do_contradict_nothing(sentence: str) -> None:
    assert verdicts(f"# Notes\n\n{sentence}\n")[Verdict.CONTRADICTED] == []


def test_actions_are_about_the_future() -> None:
    text = "# A\n\n## Action Items\n\n- Alert fires within 14:30 to 15:00, rollback in 2 minutes at 5% of errors\n"
    assert verdicts(text)[Verdict.CONTRADICTED] == []


@pytest.mark.parametrize(
    "text",
    [
        SEVEN.replace("| Time |", "| Time (CEST) |"),
        SEVEN.replace("| Time |", "| Time (UTC+2) |"),
        SEVEN.replace("# Checkout down", "# Checkout down\n\nAll times are in CEST."),
        SEVEN.replace("# Checkout down", "# Checkout down\n\n## Timeline (Europe/Berlin)"),
    ],
)
def test_a_zone_that_is_stated_is_the_zone_of_the_times(text: str) -> None:
    text = later(text, 2)
    assert verdicts(text)[Verdict.CONTRADICTED] == []
    assert verdicts(text.replace("16:06", "16:10"))[Verdict.CONTRADICTED][0].text == "16:10"


@pytest.mark.parametrize(
    ("hours", "words"), [(2, "2 h later than the evidence: is the draft in UTC+2"), (-4, "4 h ear")]
)
def test_a_zone_of_its_own_is_one_finding_and_other_errors_are_still_found(hours: int, words: str) -> None:
    (found,) = verdicts(later(SEVEN, hours))[Verdict.CONTRADICTED]
    assert (found.type, words in found.evidence) == ("zone", True)
    wrong = later(SEVEN.replace("14:18", "14:29"), hours)
    assert [one.type for one in verdicts(wrong)[Verdict.CONTRADICTED]] == ["zone", "time"]


def later(text: str, hours: int) -> str:
    return text.replace("14:", f"{14 + hours}:")


def test_a_row_that_agrees_in_everything_but_one_number() -> None:
    row = "| 14:04 | New pods pass health checks (5 of 6) |"
    text = f"# A\n\n| Time | Event |\n|---|---|\n{row}\n"
    assert [one.type for one in verdicts(text)[Verdict.CONTRADICTED]] == ["count"]


def test_a_postmortem_that_somebody_wrote_without_us_has_nothing_wrong() -> None:
    found = verdicts((Path(__file__).parent / "by_hand" / "checkout.md").read_text())
    assert found[Verdict.CONTRADICTED] == []
    assert len(found[Verdict.CONFIRMED]) >= 35
    assert {one.text for one in found[Verdict.NOT_FOUND]} >= {"14:07", "14:40", "5%"}


@pytest.mark.parametrize(
    "text",
    [
        "At 14:22, all 6 pods were back on 1.4.9.",
        "Time to detect: 3 minutes\nTime to mitigate: 19 minutes\nTime to resolve: 20 minutes\n",
        "it took 3 min to detect it  \nand we had mitigated it after 19 min\n",
        "At 16:02 local time (14:02 UTC) checkout 1.5.0 was deployed. "
        "The alert fired at 16:06 local time (14:06 UTC). The rollback was initiated at 14:18 UTC.",
    ],
)
def test_what_is_true_contradicts_nothing(text: str) -> None:
    found = verdicts(text)
    assert not [one for one in found[Verdict.CONTRADICTED] if "local time" not in text or "UTC" in one.text], found
    assert found[Verdict.CONFIRMED]


def test_a_label_keeps_to_its_own_line() -> None:
    found = verdicts("Time to detect: 13 minutes\nTime to mitigate: 59 minutes\nTime to resolve: 20 minutes\n")
    assert [one.text for one in found[Verdict.CONTRADICTED]] == ["13 minutes", "59 minutes"]


def test_a_time_in_brackets_is_not_the_zone_of_the_document() -> None:
    assert stated_zones("At 16:06 local time (14:06 UTC) it was deployed") == ()
    assert stated_zones("All times are in UTC") != ()


def test_code_and_comments_are_left_alone() -> None:
    text = "# A\n\n```\nalert fires at 11:00\n```\n\n<!-- alert fires at 11:00 -->\n"
    assert verify(text, timeline()) == []


def test_the_command_takes_the_evidence_from_the_marker(tmp_path: Path) -> None:
    assert pm_timeline("new", "a.md", "--replay", BUNDLE, folder=tmp_path).code == 0
    done = pm_timeline("verify", "a.md", folder=tmp_path)
    assert done.code == 0
    assert done.err.endswith("0 contradicted, 0 not found, 0 not checked, 1 for people to judge\n")
    text = (tmp_path / "a.md").read_text()
    (tmp_path / "a.md").write_text(text.replace("| 14:06 |", "| 14:09 |"))
    done = pm_timeline("verify", "a.md", "-q", folder=tmp_path)
    assert (done.code, done.err) == (1, "")
    (line,) = [line for line in done.out.split("\n") if ": contradicted: " in line]
    assert line.startswith(
        "a.md:32: contradicted: time '14:09': the evidence has 14:06:15 Alert CheckoutHighErrorRatio"
    )


def test_json_has_every_finding(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(SEVEN.replace("14:06", "14:09"))
    done = pm_timeline("verify", "a.md", "--replay", BUNDLE, "--format", "json", folder=tmp_path)
    found = json.loads(done.out)["findings"]
    assert done.code == 1
    assert [(one["line"], one["text"]) for one in found if one["verdict"] == "contradicted"] == [(8, "14:09")]
    assert set(found[0]) == {"line", "type", "text", "verdict", "evidence"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("verify", "none.md", "--replay", BUNDLE), "none.md: cannot be read"),
        (("verify", "a.md"), "has no timeline whose marker names the evidence"),
        (("verify", "a.md", "--replay", "none.zip"), "none.zip"),
        (("verify", "a.md", "--replay", BUNDLE, "--format", "xml"), "no such format; there are: text, json"),
        (("verify", "broken.md"), "line 1: the timeline has no end"),
    ],
)
def test_wrong_use_is_one_line(options: tuple[str | Path, ...], message: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(SEVEN)
    (tmp_path / "broken.md").write_text("<!-- pm-timeline from=14:00 -->\n")
    done = pm_timeline(*options, folder=tmp_path)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert message in done.err


@pytest.mark.parametrize("form", ["text", rarely("json")])
def test_what_a_terminal_would_act_upon_is_shown_as_a_mark(form: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# A\n\nThe alert \x1b[31mfires\x1b[0m at 11:00 because of \u202eCheckoutEvil\x07.\n"
    )
    done = pm_timeline("verify", "a.md", "--replay", BUNDLE, "--format", form, folder=tmp_path)
    assert all(char.isprintable() for char in done.out.replace("\n", ""))
    assert "CheckoutEvil" in done.out


def test_the_example_of_the_documentation_is_what_it_prints(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "postmortem.md").read_text()
    draft, output = (example(page, name) for name in ("draft", "output"))
    (tmp_path / "draft.md").write_text(draft)
    done = pm_timeline("verify", "draft.md", "--replay", BUNDLE, "-q", folder=tmp_path)
    assert (done.code, done.out) == (1, output)


def example(page: str, name: str) -> str:
    """The indented lines below a mark."""
    lines = page.partition(f"<!-- verify: {name} -->\n")[2].split("\n")
    end = next(at for at, line in enumerate(lines) if not line.startswith("    "))
    return "".join(f"{line[4:]}\n" for line in lines[:end])
