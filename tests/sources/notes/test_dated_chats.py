"""Messages of chats keep their speaker, day and time, or are quoted by their line; none goes on with another's."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Document
from collector.window import Window
from sources.notes import NotesSettings, NotesSource

WINDOW = Window(datetime(2026, 4, 1, 14, 0, tzinfo=UTC), datetime(2026, 4, 1, 14, 30, tzinfo=UTC))
NARROW = "\u202f"


def read(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Day, time and words of each note; what is quoted, with its line."""
    source = NotesSource("notes", NotesSettings(), Scrubber())
    notes, quoted = [], []
    for found in source.read([Document("file", "n", WINDOW.end, text)], WINDOW):
        if isinstance(found, Event):
            notes.append((f"{found.at:%m-%d %H:%M}", found.summary))
        else:
            quoted.append(found.reason)
    return notes, quoted


ABOVE = {
    "Teams": ("Maria Ortiz  4/1/2026 2:12 PM", "sam  4/2/2026 2:18 PM"),
    "Teams, bracket": ("[4/1/2026 2:12 PM] Maria Ortiz", "[4/2/2026 2:18 PM] sam"),
    "Teams, this year": ("Maria Ortiz 4/1 2:12 PM", "sam 4/2 2:18 PM"),
    "Teams, German": ("[01.04. 14:12] Maria Ortiz", "[02.04. 14:18] sam"),
    "Teams, time first": ("[14:12 • 01/04/2026] Maria Ortiz:", "[14:18 • 02/04/2026] sam:"),
    "Teams, German weekday": ("Maria Ortiz  Mittwoch 14:12", "[Donnerstag 14:18] sam"),
    "Teams, French": ("Maria Ortiz  mercredi 14:12", "sam, jeudi 2 avril 2026 à 14 h 18"),
    "Teams, Spanish": ("[miércoles 14:12] Maria Ortiz", "sam  2 de abril de 2026 14:18"),
    "Slack, German": ("Maria Ortiz  1. April um 14:12 Uhr", "sam  2. Apr. 14:18 Uhr"),
    "GitLab": ("Maria Ortiz · Apr 1, 2026 2:12 PM", "sam · 2026-04-02 14:18"),
    "Google Docs": ("Maria Ortiz\n2:12 PM Apr 1", "\nsam\n14:18 Apr 2"),
    "Teams, weekday": ("Maria Ortiz  Wednesday 2:12 PM", "sam  Thursday 2:18 PM"),
    "Google": ("Maria Ortiz, Apr 1, 2:12 PM", "sam, Thu, Apr 2, 2:18 PM"),
    "Google, weekday": ("Maria Ortiz  Wed 2:12 PM", "sam, Thu 14:18, Edited"),
    "Telegram": ("Maria Ortiz, [01.04.2026 14:12]", "sam, [02.04.26 14:18]"),
    "Telegram, iOS": ("Maria Ortiz, [Apr 1, 2026 at 2:12:00 PM]:", "sam, [Apr 2, 2026 at 2:18 PM]:"),
    "Slack": ("Maria Ortiz  April 1st at 2:12 PM", "sam :tada:  April 2nd at 2:18 PM"),
    "Slack, bracket": ("Maria Ortiz  [Apr 1st at 2:12 PM]", "sam  [Apr 2nd, 2026 at 2:18 PM]"),
    "Slack, pages": ("Maria Ortiz\n  Apr 1st at 2:12 PM", "\nsam\n  Apr 2nd at 2:18 PM"),
    "Discord": ("Maria Ortiz — 04/01/2026 2:12 PM", "sam — 04/02/2026 2:18 PM"),
    "Discord, lines": ("Maria Ortiz\n — \n04/01/2026 2:12 PM", "sam\n — \n04/02/2026 2:18 PM"),
    "in bold, quoted": ("> **Maria Ortiz**  1 April 2026 14:12", "> **sam**  2. Apr. 14:18"),
    "RFC 3339": ("Maria Ortiz  2026-04-01T14:12Z", "sam  2026-04-02T14:18:00Z"),
    "with a zone": ("Maria Ortiz  4/1/2026 4:12 PM CEST", "sam  4/2/2026 10:18 EDT"),
}
IN_LINE = {
    "iOS": ("[01/04/2026, 14:12:09] Maria Ortiz:", "\u200e[02/04/2026, 14:18:09] sam:"),
    "Android": ("01/04/2026, 14:12 - Maria Ortiz:", "02/04/2026, 14:18 - sam:"),
    "Android, dots": ("01.04.26, 14:12 - Maria Ortiz:", "02.04.26, 14:18 - sam:"),
    "US": (f"4/1/26, 2:12{NARROW}PM - Maria Ortiz:", f"4/2/26, 2:18{NARROW}PM - sam:"),
    "US, iOS": (f"[4/1/26, 2:12:09{NARROW}PM] Maria Ortiz:", f"[4/2/26, 2:18:09{NARROW}PM] sam:"),
    "WhatsApp's pages": ("[14:12, 01/04/2026] Maria Ortiz:", "[2:18 PM, 02/04/2026] sam:"),
    "Element": ("4/1/2026, 2:12:09 PM - Maria Ortiz:", "4/2/2026, 2:18:09 PM - sam:"),
    "DiscordChatExporter": ("[01-Apr-26 02:12 PM] Maria Ortiz:", "[02-Apr-26 02:18 PM] sam:"),
    "year first": ("2026/04/01 14:12 Maria Ortiz:", "26/04/02, 14:18 - sam:"),
}


@pytest.mark.parametrize(("first", "second"), ABOVE.values(), ids=list(ABOVE))
def test_a_date_above_a_message_is_its_date(first: str, second: str) -> None:
    notes, quoted = read(f"14:05 Ann: looks bad\n{first}\nthe deploy\nsee graph\n{second}\nall calm")
    assert quoted == []
    assert notes == [
        ("04-01 14:05", "Ann: looks bad"),
        ("04-01 14:12", "Maria Ortiz: the deploy see graph"),
        ("04-02 14:18", "sam: all calm"),
    ]


@pytest.mark.parametrize(("first", "second"), IN_LINE.values(), ids=list(IN_LINE))
def test_a_date_before_a_message_is_its_date(first: str, second: str) -> None:
    notes, quoted = read(f"14:05 Ann: looks bad\n{first} the deploy\nsee graph\n{second} all calm")
    assert quoted == []
    assert notes == [
        ("04-01 14:05", "Ann: looks bad"),
        ("04-01 14:12", "Maria Ortiz: the deploy see graph"),
        ("04-02 14:18", "sam: all calm"),
    ]


@pytest.mark.parametrize(
    ("written", "days"),
    [
        (("04/01/2026",), ["04-01"]),
        (("01/04/2026",), ["04-01"]),
        (("05/03/2026",), []),
        (("13/03/2026", "05/03/2026"), ["03-13", "03-05"]),
        (("03/13/2026", "05/03/2026"), ["03-13", "05-03"]),
        (("01/04/2026", "02/04/2026"), ["04-01", "04-02"]),
        (("13/03/2026", "04/01/2026"), ["03-13"]),  # the one proves what the window contradicts
        (("4/1/2026", "02/04/2026"), ["04-01"]),  # of another system, which may set the day first
        (("03/03/2026",), ["03-03"]),
        (("Thu, Apr 1",), []),
        (("31.04.2026",), []),
        (("30/02/2026",), []),
    ],
)
def test_which_number_is_the_day_is_shown_by_the_window_or_by_another_date(
    written: tuple[str, ...], days: list[str]
) -> None:
    notes, quoted = read("\n".join(f"Maria Ortiz  {day} 14:12\nlooks bad" for day in written))
    assert [at for at, _ in notes] == [f"{day} 14:12" for day in days]
    assert bool(quoted) == (len(days) < len(written))
    assert all(reason.startswith("n:") for reason in quoted)


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [
        ("Yesterday 14:12", "Yesterday 14:18", ["04-01", "04-01"]),
        ("Yesterday 14:12", "Today 09:00", ["04-01", "04-02"]),
        ("Yesterday 09:00", "Today 14:12", ["03-31", "04-01"]),
        ("Yesterday 14:12", "14:18", []),  # either may be of the window's day
        ("Mar 31, 14:12", "14:18", ["03-31", "04-01"]),
        ("Apr 1, 14:12", "14:18", ["04-01"]),  # the second was not copied on that day
        ("Wednesday 14:12", "Yesterday 14:18", ["04-01"]),
    ],
)
def test_days_that_count_from_the_day_of_copying_fit_together(first: str, second: str, days: list[str]) -> None:
    notes, quoted = read(f"Maria Ortiz, {first}\nthe deploy\nsam, {second}\nall calm")
    assert [at[:5] for at, _ in notes] == days
    assert len(quoted) == 2 - len(days)


def test_lines_that_are_only_a_date_count_for_the_times_below() -> None:
    text = "Tuesday, March 31st\nsam  2:18 PM\nall calm\n--- Wednesday, April 1st ---\nsam  2:12 PM\nlooks bad"
    assert read(text) == ([("03-31 14:18", "sam: all calm"), ("04-01 14:12", "sam: looks bad")], [])
    lists = "## 2026-03-31\n- 14:12 a\n## 2026-04-01\n- 14:13 b\n"
    lists += "| Date | Time | |\n|--|--|--|\n| 31.03.2026 | 14:14 | c |"
    assert read(lists) == ([("03-31 14:12", "a"), ("04-01 14:13", "b"), ("03-31 14:14", "c")], [])
    assert read("## 31.04.2026\n- 14:12 a") == ([], ['n:2 is below a date that does not exist, 31.04.2026: "a"'])


@pytest.mark.parametrize(
    "header",
    [
        "Maria Ortiz  I går 14:12",
        "[I går 14:12] Maria Ortiz",
        "[12.3.2026 klo 14.08.18] Maria Ortiz:",
        "2026. 4. 1. 14:12, Maria Ortiz:",
        "Maria Ortiz, 5 min",
        "Maria Ortiz commented 2 hours ago",
        "Maria Ortiz commented on Apr 1",
        "Maria Ortiz commented yesterday • edited",
        "Maria Ortiz @maria · 2 hours ago",
        "Maria Ortiz  il y a 2 heures",
        "Den ons 1 apr. 2026 kl 14:12 skrev Maria Ortiz <maria@example.org>:",
        "<@U024BE7LH> 14:12",
        "Maria Ortiz 4月1日 14:12",
        "2pm Maria",
        "Från: Maria Ortiz <maria@example.org>",
        "On Wed, Apr 1, 2026 at 2:12 PM the people of operations <ops@example.org> wrote:",
        "Maria Ortiz  25:12",
        "Maria Ortiz  2:12 PM CST",
    ],
)
def test_a_header_that_cannot_be_read_ends_the_note_before_and_its_message_is_quoted(header: str) -> None:
    notes, quoted = read(f"14:05 Ann: looks bad\n{header}\nthe deploy\n\n14:20 Ann: done")
    assert notes == [("04-01 14:05", "Ann: looks bad"), ("04-01 14:20", "Ann: done")]
    assert [reason.split(" ")[0] for reason in quoted] == ["n:2", "n:3"]


def test_a_name_above_how_long_ago_it_was_ends_the_message_before() -> None:
    notes, quoted = read("14:05 Ann: looks bad\nMaria Ortiz\n3 hours ago\nthe deploy")
    assert notes == [("04-01 14:05", "Ann: looks bad")]
    assert [reason.split(" ")[0] for reason in quoted] == ["n:2", "n:4"]


def test_a_surname_may_stand_first() -> None:
    assert read("[4/1/2026 2:12 PM] Ortiz, Maria\nthe deploy\nOrtiz, Maria, 2:14 PM\nyes")[0] == [
        ("04-01 14:12", "Ortiz, Maria: the deploy"),
        ("04-01 14:14", "Ortiz, Maria: yes"),
    ]


def test_a_name_that_may_be_text_gets_no_message() -> None:
    page = "Maria Ortiz\n2:12 PM\nthe deploy\nlooking\n2:14\nfound\n"
    page += "Sam Okafor\n2:18 PM\nback\nok\n2:20 PM\nnow\n2:21 PM\nyes"
    notes, quoted = read(page)
    assert notes == [
        ("04-01 14:12", "Maria Ortiz: the deploy looking"),
        ("04-01 14:14", "Maria Ortiz: found"),
        ("04-01 14:18", "Sam Okafor: back"),
    ]
    assert [reason.split(" ")[0] for reason in quoted] == ["n:10", "n:12", "n:13", "n:14"]


def test_a_header_without_a_message_is_quoted() -> None:
    notes, quoted = read("14:05 Ann: looks bad\nMaria Ortiz  2:12 PM\n\nsam  2:18 PM\nall calm\nMaria Ortiz  2:20 PM")
    assert notes == [("04-01 14:05", "Ann: looks bad"), ("04-01 14:18", "sam: all calm")]
    assert [reason.split(" ")[0] for reason in quoted] == ["n:2", "n:6"]


PEOPLE = st.sampled_from(["Maria Ortiz", "sam", "O'Neil, Pat", "Łukasz Żak (he/him)", "j.doe2"])
WRITERS = [
    lambda who, at: f"{who}  {at.month}/{at.day}/{at.year} {at.hour % 12 or 12}:{at:%M %p}",
    lambda who, at: f"[{at:%d.%m.%Y %H:%M}] {who}:",
    lambda who, at: f"{who}, {at:%b} {at.day}, {at.hour % 12 or 12}:{at:%M}{NARROW}{at:%p}",
    lambda who, at: f"{who}, [{at:%d.%m.%y %H:%M}]",
    lambda who, at: f"{who} — {at:%Y-%m-%d %H:%M}",
]


@given(
    st.lists(st.tuples(PEOPLE, st.sampled_from(WRITERS), st.timedeltas(timedelta(-90), timedelta(90))), max_size=6),
    st.booleans(),
)
def test_who_spoke_on_which_day_and_when_is_read_as_it_was_written(messages: list[tuple], apart: bool) -> None:
    lines, expected = [], []
    for number, (who, write, shift) in enumerate(messages):
        at = WINDOW.start + timedelta(minutes=shift // timedelta(minutes=1))
        if write is WRITERS[0] and at.day <= 12 and at.day != at.month and at.date() != WINDOW.start.date():
            continue  # Only the window could show which number is the day.
        lines += [write(who, at), f"text {number}", *([""] if apart else [])]
        expected.append((f"{at:%m-%d %H:%M}", f"{who}: text {number}"))
    assert read("\n".join(lines)) == (expected, [])


SOUP = st.sampled_from(
    [
        "14:12 W",
        "[14:13] W",
        "W  2:12 PM",
        "W W  4/1/2026 2:12 PM",
        "W, Apr 2, 2:12 PM",
        "W — Yesterday at 14:12",
        "[2:15 PM] W",
        "[05/03/2026, 14:12:09] W: W",
        "01/04/2026, 14:12 - W: W",
        "W  Gestern 14:12",
        "W  2:12 PM CST",
        "2:14 PM",
        "2:14",
        "Wednesday, April 1st",
        "## 2026-03-31",
        "W",
        "W W looks bad W",
        "- W",
        "",
    ]
)


@given(st.lists(SOUP, max_size=9))
def test_no_line_is_lost_and_none_is_in_two_notes(lines: list[str]) -> None:
    words = 0
    numbered = []
    for line in lines:
        pieces = line.split("W ") if line.endswith("W ") else re.split(r"W(?!ednesday)", line)
        numbered.append(pieces[0] + "".join(f"Wort{(words := words + 1)}x{piece}" for piece in pieces[1:]))
    notes, quoted = read("\n".join(numbered))
    found = [*(text for _, text in notes), *quoted]
    for line in numbered:
        for word in re.findall(r"Wort\d+x", line):
            holding = [text for text in found if word in text]
            # Only a name is in several: in those of all messages that are its own, or that have no text.
            its = re.compile(rf'(?:^|")(?:\S+ )?{word}(?: \S+)?: |^n:\d+ has a time and no text')
            own = [text for text in holding if its.search(text)]
            assert len(holding) == 1 or (holding and own == holding), line
    assert all(re.match(r"n:\d+ ", reason) for reason in quoted)
