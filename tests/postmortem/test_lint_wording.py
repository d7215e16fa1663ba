"""`pm-timeline lint` on the words and forms of other companies' templates."""

import pytest

from collector.postmortem.lint import lint


def rules(text: str) -> list[tuple[int, str]]:
    return [(one.line, one.rule) for one in lint(text)]


@pytest.mark.parametrize(
    "blame",
    [
        "Someone fat-fingered the config.",
        "It was PEBKAC.",
        "The intern broke production.",
        "The on-call engineer did not follow the runbook.",
        "There was a lack of attention.",
        "The operator ran the wrong command.",
    ],
)
def test_a_person_is_no_cause_in_any_words(blame: str) -> None:
    assert rules(f"# Cause\n\n{blame}\n") == [(3, "blame")]


@pytest.mark.parametrize(
    "fine", ["Operator error is never a root cause.", "Human error was not the cause.", "The runbook was not followed."]
)
def test_what_denies_it_is_no_blame(fine: str) -> None:
    assert rules(f"# Cause\n\n{fine}\n") == []


@pytest.mark.parametrize(
    "vague",
    [
        "Train the team",
        "Investigate why it happened",
        "Consider adding a canary",
        "Double-check configs before merging",
        "Monitor the situation",
        "Make it better",
        "Follow the process",
    ],
)
def test_what_nobody_can_verify(vague: str) -> None:
    text = f"# Actions\n\n| Action | Owner | Due | Bug |\n|---|---|---|---|\n| {vague} | Ann | 2026-01-01 | X-1 |\n"
    assert rules(text) == [(5, "unverifiable")]


@pytest.mark.parametrize("what", ["Add a page to reconsider flags", "Alert if the queue grows", "Have CI follow links"])
def test_what_can_be_verified(what: str) -> None:
    text = f"# Actions\n\n| Action | Owner | Due | Bug |\n|---|---|---|---|\n| {what} | Ann | 2026-01-01 | X-1 |\n"
    assert rules(text) == []


def test_due_dates_in_lists_may_have_any_form() -> None:
    text = "# Action items\n\n* Gate it — Owner: Sam — Due: 7/20/2026 — OPS-1\n* Test it, @al, due 20.07.2026, OPS-2\n"
    assert rules(text) == []


def test_soon_is_no_day() -> None:
    text = "# Actions\n\n| Action | Owner | Due | Bug |\n|---|---|---|---|\n| Add a gate | Ann | soon | X-1 |\n"
    assert rules(text) == [(5, "action")]


ROWS = ("Alert fires", "Cause identified", "Rolled back", "Resolved")


def test_hours_of_twelve_go_on_after_noon() -> None:
    times = ("11:50 AM", "12:50 PM", "1:05 PM", "1:10 PM")
    rows = "\n".join(f"| {time} | {row} |" for time, row in zip(times, ROWS, strict=True))
    assert rules(f"# Timeline\n\n| Time | Event |\n|---|---|\n{rows}\n") == []


def test_headings_may_be_the_rows_of_a_timeline() -> None:
    rows = "\n".join(f"### 14:0{at}\n\n{row}\n" for at, row in enumerate(ROWS))
    assert rules(f"## Timeline\n\n{rows}\n") == []


def test_the_zone_of_a_column_is_that_of_its_times() -> None:
    rows = "\n".join(f"| 14:0{at}{' CEST' * (at == 2)} | {row} |" for at, row in enumerate(ROWS))
    assert rules(f"# Timeline\n\n| Time (UTC) | Event |\n|---|---|\n{rows}\n") == [(7, "zones")]


@pytest.mark.parametrize("heading", ["Key events", "Event log (UTC)", "Chronology", "\N{ALARM CLOCK} Timeline"])
@pytest.mark.parametrize("mark", ["- ", "\N{BELL} ", ":bell: ", "\u2022 "])
def test_lines_with_a_symbol_are_rows_of_a_timeline_by_any_name(heading: str, mark: str) -> None:
    rows = ("14:06 alert fires", "14:12 the cause is found", "14:18 rollback", "14:22 the alert clears")
    text = f"# Down\n\n## {heading}\n\n" + "\n".join(mark + row for row in rows) + "\n"
    assert lint(text) == []
    (found,) = lint(text.replace("14:22", "14:12"))
    assert (found.rule, found.line) == ("order", 8)
