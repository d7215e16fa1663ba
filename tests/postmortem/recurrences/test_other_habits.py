"""Postmortems with several incidents in a file, in German, and with marks that other companies put on actions."""

from pathlib import Path

import pytest

from collector.postmortem.recurrences.folder import Library, read_folder
from collector.postmortem.recurrences.report import State
from collector.postmortem.recurrences.several import postmortems_in

TWO = """\
# Incident 2026-05-01: cart slow

Service: cart

## Timeline

- 08:00 Errors begin
- 08:10 resolved

# Incident 2026-05-20: cart slow again

Service: cart

## Timeline

- 09:00 Errors begin
- 09:30 resolved

## Action items

- [ ] Add a cache, @ana, due 2026-06-10
"""


def library(folder: Path, text: str) -> Library:
    (folder / "postmortem.md").write_text(text)
    return read_folder(folder)


@pytest.mark.parametrize("down", ["", "#"])
def test_several_incidents_in_a_file_are_several_postmortems(tmp_path: Path, down: str) -> None:
    text = TWO if not down else "# All of May\n\n" + TWO.replace("# ", "## ").replace("### ", "### ")
    found = library(tmp_path, text).postmortems
    assert [f"{one.date}" for one in found] == ["2026-05-01", "2026-05-20"]
    assert [one.took["resolve"].total_seconds() / 60 for one in found] == [10, 30]
    lines = text.split("\n")
    assert [lines[int(one.file.rpartition(":")[2]) - 1].strip("# ") for one in found] == [one.title for one in found]
    (action,) = found[1].actions
    assert lines[action.line - 1].startswith("- [ ]")


@pytest.mark.parametrize(
    "text",
    ["", "# A\n\n## Timeline\n\n- 08:00 x\n", "# A\n\n# B\n\n# Timeline\n", TWO.split("# Incident 2026-05-20")[0]],
)
def test_a_file_with_one_timeline_is_one(text: str) -> None:
    assert [(piece.text, piece.line) for piece in postmortems_in(text)] == [(text, 0)]


def test_labels_headings_and_states_in_german(tmp_path: Path) -> None:
    text = """\
# Kassenausfall

**Datum:** 14.02.2026
**Betroffener Dienst:** checkout
**Auslöser:** Deployment
**Dauer:** 25 Minuten

## Zeitverlauf

- 14:00 Fehler beginnen

## Maßnahmen

| Verantwortlich | Maßnahme | Fällig | Status |
|---|---|---|---|
| Jörg | Canary einführen | 2026-03-01 | erledigt |
| Änne | Grenzwert senken | 2026-03-15 | offen |
"""
    (found,) = library(tmp_path, text).postmortems
    assert (str(found.date), found.services, found.triggers) == ("2026-02-14", ("checkout",), ("deploy",))
    assert found.took["resolve"].total_seconds() == 25 * 60
    assert [(one.owner, str(one.due), one.state) for one in found.actions] == [
        ("Jörg", "2026-03-01", State.DONE),
        ("Änne", "2026-03-15", State.OPEN),
    ]


def test_states_beside_actions(tmp_path: Path) -> None:
    text = """\
# Search down

## Action items

| Action Item | Owner | Bug |
|---|---|---|
| Update playbook | jennifer | n/a **DONE** |
| Schedule a test | docbrown | Bug 5554823 **TODO** |

## Corrective actions

* **Validate it** — Owner: Sam — Due: 2026-07-20 — Status: Open
* **Add a button** — Owner: Al — Due: 2026-07-15 — Status: Complete
"""
    (found,) = library(tmp_path, text).postmortems
    assert [one.state for one in found.actions] == [State.DONE, State.OPEN, State.OPEN, State.DONE]


def test_front_matter_has_tables(tmp_path: Path) -> None:
    text = '+++\ndate = 2026-03-15\n[extra]\nservice = "orders"\n+++\n# Down\n\n## Summary\n\nIt was down.\n'
    (found,) = library(tmp_path, text).postmortems
    assert (found.services, str(found.date)) == (("orders",), "2026-03-15")
