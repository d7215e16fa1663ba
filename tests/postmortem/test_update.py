"""`pm-timeline update` on a real document and a recorded incident."""

import re
import shutil
from pathlib import Path

import pytest

from cli.demo import BUNDLE
from tests.cli.command import Done, pm_timeline
from tests.examples import rarely
from tests.postmortem.documents import generated, generated_row, rows, table, update, with_table

DOCUMENT = """\ufeff---
title: Überlastung
---
# Postmortem

## A timeline of the review

```md
<!-- pm-timeline from=nonsense -->
## Timeline
```

## Timeline

Some words.
"""


def run(file: Path, *options: str | Path) -> Done:
    return pm_timeline("update", file, *options, folder=file.parent)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a postmortem with its table, and the bundle; to be copied."""
    folder = tmp_path_factory.mktemp("made")
    file = folder / "postmortem.md"
    file.write_text(DOCUMENT, encoding="utf-8")
    (folder / "evidence.zip").write_bytes(BUNDLE.read_bytes())
    assert run(file, "--replay", folder / "evidence.zip", "--quiet").code == 0
    return folder


@pytest.fixture
def postmortem(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "postmortem.md"


def test_it_stands_below_the_heading_and_needs_no_option_again(postmortem: Path) -> None:
    text = postmortem.read_text(encoding="utf-8")
    before, _, after = DOCUMENT.partition("\n\nSome words")
    assert text.startswith(f"{before}\n\n<!-- pm-timeline from=2026-04-01T14:00:00Z to=2026-04-01T14:30:00Z tz=UTC")
    assert " bundle=evidence.zip -->" in text
    assert text.endswith(f"\n-->\n\nSome words{after}")
    assert len(rows(text)) == 8
    assert run(postmortem, "--check").code == 0
    assert postmortem.read_text(encoding="utf-8") == text


def test_check_and_diff_write_nothing(postmortem: Path) -> None:
    stale = postmortem.read_text(encoding="utf-8").replace("Alert resolved after 18 min", "Alert resolved at last", 1)
    stale = stale.replace("tz=UTC", "tz=Europe/Berlin")
    postmortem.write_text(stale, encoding="utf-8")
    done = run(postmortem, "--check", "--diff")
    assert done.code == 1
    assert "-| 14:02 | Deploy of checkout" in done.out
    assert "+| 16:02 | Deploy of checkout" in done.out
    assert postmortem.read_text(encoding="utf-8") == stale
    assert run(postmortem).code == 0
    assert run(postmortem, "--check").code == 0
    assert "| 16:23 | Alert resolved at last |" in postmortem.read_text(encoding="utf-8")


@pytest.mark.thorough
def test_no_table_is_touched_when_nothing_but_its_format_changed(postmortem: Path) -> None:
    """As prettier writes it: columns padded, marks long, CR LF by the editor."""
    text = postmortem.read_text(encoding="utf-8")
    padded = re.sub(r"^\| (14:\d\d) \| (.*?) \|", r"|  \1     | \2       |", text, flags=re.MULTILINE)
    padded = padded.replace("|---|---|---|", "| ------- | :------------- | ---: |")
    padded = padded.replace("Maria Ortiz (on-call)", r"Maria Ortiz \(on-call\)", 1)
    head, _, record = padded.partition("<!-- /pm-timeline")
    # As mdformat does, which also has all links at the end.
    links = re.findall(r"^\[e[0-9a-f]{8}\]: .*\n", head, flags=re.MULTILINE)
    for link in links:
        head = head.replace(link, "")
    head = re.sub(r"^[0-9]+\. ", "1. ", head, flags=re.MULTILINE)
    formatted = f"{head}<!-- /pm-timeline{record}\n{''.join(links)}".replace("\n", "\r\n")
    postmortem.write_bytes(formatted.encode())
    assert run(postmortem, "--check").code == 0
    assert run(postmortem).code == 0
    assert postmortem.read_bytes() == formatted.encode()


@pytest.mark.thorough
def test_two_timelines_are_refreshed_each_by_its_own_marker(postmortem: Path) -> None:
    text = postmortem.read_text(encoding="utf-8")
    second = "\n<!-- pm-timeline bundle=evidence.zip from=2026-04-01T14:10:00Z -->\n<!-- /pm-timeline -->\n"
    postmortem.write_text(text + second, encoding="utf-8")
    assert run(postmortem).code == 0
    both = postmortem.read_text(encoding="utf-8")
    assert both.startswith(text)
    assert "from=2026-04-01T14:10:00Z to=2026-04-01T14:30:00Z" in both
    assert run(postmortem, "--check").code == 0
    assert "has 2 timelines" in run(postmortem, "--tz", "Europe/Berlin").err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no marker", "has no timeline yet"),
        rarely("> a\n> <!-- pm-timeline from=1 -->\n", "line 2: the marker stands in code, a quote or a deep list"),
        ("1.  a\n\n    <!-- pm-timeline from=1 -->\n", "line 3: the marker stands in code, a quote or a deep list"),
        rarely("<!-- pm-timeline from=1 -->\n", "line 1: the timeline has no end"),
        ("a\n<!-- /pm-timeline -->\n", "line 2: a timeline ends that did not begin"),
        rarely(
            "<!-- pm-timeline colour=red -->\n<!-- /pm-timeline -->\n",
            "line 1: 'colour=red' in the marker is not known",
        ),
        ("<!-- pm-timeline tz=UTC tz=UTC -->\n<!-- /pm-timeline -->\n", "names tz twice"),
        rarely("<!-- pm-timeline bundle=none.zip -->\n<!-- /pm-timeline -->\n", "no such file"),
        ("<!-- pm-timeline bundle=evidence.zip -->\n<!-- /pm-timeline\n[1]\n-->\n", "line 3: the record"),
        rarely("<!-- pm-timeline bundle=evidence.zip -->\n<!-- /pm-timeline\n", "line 2: the comment has no end"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_left_as_it_is(postmortem: Path, text: str, message: str) -> None:
    postmortem.write_text(text)
    done = run(postmortem)
    assert done.code == 2
    assert message in done.err
    assert "postmortem.md" in done.err or "none.zip" in done.err
    assert done.err.count("\n") == 1
    assert postmortem.read_text() == text


def test_other_encodings_are_refused(postmortem: Path) -> None:
    postmortem.write_bytes("é".encode("latin-1"))
    assert "is not in UTF-8" in run(postmortem).err


FIRST = generated_row(1, 5, "Deploy of checkout 1.5.0 starts")
SECOND = generated_row(2, 9, "Alert CheckoutErrors fires, 40% of requests fail")
NOTE = generated_row(3, 12, "Maria says: it is the deploy", linked=False)


def edited(new: list[tuple[str, ...]], columns: tuple[str, ...] = ("Time", "Event", "Evidence")) -> str:
    return with_table(update("## Timeline\n", generated(FIRST, SECOND, NOTE)), columns, new)


def test_what_people_did_to_rows_stays() -> None:
    one, two, three = FIRST.cells, SECOND.cells, NOTE.cells
    text = edited(
        [
            ("14:20", "We call the provider", "", ""),
            (one[0], "Anna deploys", one[2], "anna"),
            ("14:08", two[1], two[2], "", "more than there are columns"),
            (three[0], f"{three[1]}, which was right", three[2]),
        ],
        ("When", "Event", "Evidence", "Owner"),
    )
    newer = [
        generated_row(1, 6, "Deploy of checkout 1.5.0 starts via CI/CD"),
        generated_row(2, 9, "Alert CheckoutErrors fires, 43% of requests fail"),
        generated_row(4, 9, "Pods crash"),
        NOTE,
    ]
    assert rows(update(text, generated(*newer))) == [
        ("14:06", "Anna deploys", one[2], "anna"),
        ("14:08 (by hand)", newer[1].cells[1], two[2], "", "more than there are columns"),
        ("14:09", "Pods crash", newer[2].cells[2], ""),
        ("14:12", f"{three[1]}, which was right", "note", ""),
        ("14:20", "We call the provider", "", ""),
    ]


def test_the_head_that_people_changed_stays_above_no_rows() -> None:
    text = edited([], ("Time", "Event", "Evidence", "Owner"))
    first = update(text, generated(FIRST, SECOND, NOTE))
    assert table(first).columns == ("Time", "Event", "Evidence", "Owner")
    assert rows(first) == []
    assert update(first, generated(FIRST, SECOND, NOTE)) == first


def test_evidence_that_vanished_is_flagged_and_its_link_still_leads_somewhere() -> None:
    text = update(edited([FIRST.cells, SECOND.cells]), generated(SECOND))
    assert rows(text)[0] == ("14:05", f"{FIRST.cells[1]} (no longer in the evidence)", FIRST.cells[2])
    assert "[e00000001]: https://ci.example/000000000001\n" in text
    assert "No longer in the evidence:\n\n- 14:05:00 [0][e00000001] (github): run\n" in text
    again = update(text, generated(FIRST, SECOND))
    assert rows(again) == [FIRST.cells, SECOND.cells]
    assert "No longer" not in again


def test_columns_may_be_renamed_moved_and_removed() -> None:
    new = [(FIRST.cells[1], FIRST.cells[0]), (SECOND.cells[1], SECOND.cells[0]), (NOTE.cells[1], NOTE.cells[0])]
    text = edited(new, ("What happened", "UTC"))
    text = update(text, generated(generated_row(1, 15, "Deploy of checkout 1.5.0 fails"), SECOND, NOTE))
    assert table(text).columns == ("What happened", "UTC")
    assert rows(text) == [*new[1:], ("Deploy of checkout 1.5.0 fails", "14:15")]


def test_a_corrected_time_that_the_evidence_comes_to_confirm_is_no_longer_marked() -> None:
    text = update(edited([("14:03", *FIRST.cells[1:]), SECOND.cells, NOTE.cells]), generated(FIRST, SECOND, NOTE))
    assert rows(text)[0][0] == "14:03 (by hand)"
    text = update(text, generated(generated_row(1, 3, FIRST.cells[1]), SECOND, NOTE))
    assert rows(text)[0][0] == "14:03"


def test_words_and_tables_that_people_put_between_the_markers_stay() -> None:
    theirs = "Who was there:\n\n| Name | Role |\n|---|---|\n| Anna | on-call |\n\n```\nStarted 14:05\n```\n"
    text = edited([FIRST.cells]).replace("\n<details>", f"\n{theirs}\n<details>")
    text = update(
        text.replace("Started 14:05\n\n", "Began at 14:04.\n\n"), generated(FIRST, generated_row(5, 1, "Load"))
    )
    assert f"\n{theirs}\n<details>" in text
    assert "Began at 14:04." in text
    assert "Started 14:01" not in text


def test_what_hostile_text_looks_like_ends_no_comment() -> None:
    hostile = generated_row(1, 5, "-->--- <b> ----> | \\".replace("|", r"\|"))
    text = update("", generated(hostile))
    assert update(text, generated(hostile)) == text
    assert text.partition("<!-- /pm-timeline")[2].count("-->") == 1
