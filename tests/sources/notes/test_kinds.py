"""Notes from tools that write times in ways of their own: Org mode, IRC logs, recordings, Zoom, mails, status pages."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Document
from sources.notes import NotesSettings, NotesSource
from tests.collector.build import WINDOW
from tests.sources.notes.reading import read

MARIA, SAM = "14:12 Maria Ortiz: it is the new deploy", "14:18 Sam Okafor: rolling back"


@pytest.mark.parametrize(
    "text",
    [
        "* <2026-04-01 Wed 14:12> Maria Ortiz: it is the new deploy\n** [2026-04-01 Mi 14:18] Sam Okafor: rolling back",
        "* Maria Ortiz: it is the new deploy\n  [2026-04-01 Wed 14:12]\n* Sam Okafor: rolling back\n"
        "  [2026-04-01 Wed 14:18]",
        ":LOGBOOK:\n- Note taken on [2026-04-01 Wed 14:12] \\\\\n  Maria Ortiz: it is the new deploy\n"
        "- [2026-04-01 Wed 14:18] Sam Okafor: rolling back\n:END:",
        "2026-04-01 14:12:05 From Maria Ortiz to Everyone\n\tit is the new deploy\n"
        "2026-04-01 14:18:40 From Sam Okafor to Maria Ortiz(Direct Message):\n\trolling back",
        "Maria Ortiz\nat Apr 1, 2026 at 2:12 PM\nit is the new deploy\n"
        "Sam Okafor\nat Apr 1, 2026 at 2:18 PM\nrolling back",
        "on Apr 1, 2026 at 2:12 PM\nMaria Ortiz: it is the new deploy\n"
        "on Apr 1, 2026 at 2:18 PM\nSam Okafor: rolling back",
        "Maria Ortiz: it is the new deploy\nPosted 2 hours ago. Apr 01, 2026 - 14:12 UTC\nSam Okafor: rolling back\n"
        "Posted 2 hours ago. Apr 01, 2026 - 14:18 UTC",
        "De : Maria Ortiz <maria@example.org>\nEnvoyé : mercredi 1 avril 2026 14:12\nÀ : ops@example.org\n\n"
        "it is the new deploy\n\nDe: Sam Okafor <sam@example.org>\nEnviado: miércoles, 1 de abril de 2026 14:18\n"
        "Para: ops@example.org\n\nrolling back",
        "**From:** Maria Ortiz <maria@example.org>\n**Sent:** Wednesday, April 1, 2026 2:12 PM\n\n"
        "it is the new deploy\n\n"
        "**Von:** Sam Okafor\n**Gesendet:** Mittwoch, 1. April 2026 14:18\n\nrolling back",
        "(1) 14:12 Maria Ortiz: it is the new deploy\n(2) 2.18pm Sam Okafor: rolling back",
        "- à 14h12, Maria Ortiz: it is the new deploy\n- vers 14 h 18, Sam Okafor: rolling back",
    ],
)
def test_each_tool_has_its_own_way_to_write_who_wrote_what_when(text: str) -> None:
    assert read(text) == ([MARIA, SAM], [])


def test_the_days_of_an_irc_log_are_those_of_the_times_below_them() -> None:
    text = (
        "--- Log opened Tue Mar 31 23:50:01 2026\n23:58 <maria> looks bad\n--- Day changed Wed Apr 01 2026\n"
        "14:12 <maria> it is the deploy\n--- Log closed Wed Apr 01 14:30:00 2026"
    )
    source = NotesSource("notes", NotesSettings(), Scrubber())
    found = list(source.read([Document("file", "n", WINDOW.end, text)], WINDOW))
    assert [(f"{one.at:%m-%d %H:%M}", one.summary) for one in found if isinstance(one, Event)] == [
        ("03-31 23:58", "maria: looks bad"),
        ("04-01 14:12", "maria: it is the deploy"),
    ]
    assert len(found) == 2


@pytest.mark.parametrize("day", ["Day 1 - 2026-03-31", "31 March 2026 (Tuesday)", "--- Day changed Tue Mar 31 2026"])
def test_a_line_that_says_little_more_than_a_date_is_that_of_the_times_below(day: str) -> None:
    window = replace(WINDOW, start=WINDOW.start - timedelta(days=1))
    source = NotesSource("notes", NotesSettings(), Scrubber())
    found = source.read([Document("file", "n", WINDOW.end, f"{day}\n14:12 it begins")], window)
    assert [f"{one.at:%m-%d %H:%M}" for one in found if isinstance(one, Event)] == ["03-31 14:12"]


@pytest.mark.parametrize(
    "text",
    [
        "00:00:03 Maria: hello\n00:14:12 Maria: it is the deploy\n01:02:10 Sam: done",
        "Maria Ortiz  0:03\nhello\n\nSam Okafor  14:12\nit is the deploy\n\nMaria Ortiz  1:02:10\ndone",
        "WEBVTT\n\n00:12:05.000 --> 00:12:08.000\n<v Maria Ortiz>it is the deploy</v>",
        "1\n14:12:05,000 --> 14:12:08,000\nMaria Ortiz: it is the deploy\n\n"
        "2\n14:18:40,000 --> 14:18:44,000\nSam: back",
        "00:12:05.000,00:12:08.000\nMaria Ortiz: it is the deploy",
    ],
)
def test_times_that_count_from_the_start_of_a_recording_are_no_times_of_the_day(text: str) -> None:
    notes, quoted = read(f"2026-04-01 14:05 looks bad\n\n{text}")
    assert notes == ["14:05 looks bad"]
    assert all("recording" in reason for reason in quoted)
    kept = " ".join(quoted)
    assert all(word in kept for word in ("deploy", "Maria"))


def test_times_after_midnight_are_times_of_the_day_if_those_of_the_window_follow() -> None:
    assert read("00:05:12 config deployed\n14:12:30 errors")[0] == ["00:05 config deployed", "14:12 errors"]
    assert read("- 0:15 maintenance\n- 14:12 errors")[0] == ["00:15 maintenance", "14:12 errors"]


def test_a_chat_with_years_first_is_none_of_org_mode() -> None:
    text = "[2026-04-01 14:12] Maria Ortiz\nit is the new deploy\n[2026-04-01 14:18] Sam Okafor:\nrolling back"
    assert read(text) == ([MARIA, SAM], [])


def test_what_closed_on_a_day_is_text() -> None:
    assert read("14:12 see the ticket\nTicket closed on Apr 1") == (["14:12 see the ticket Ticket closed on Apr 1"], [])


def test_what_is_below_a_quoted_mail_is_not_of_whoever_wrote_that() -> None:
    text = (
        "On Wed, Apr 1, 2026 at 2:12 PM Maria Ortiz wrote:\n> it is\n>\n> the new deploy\nyes, I see it\nrolling back"
    )
    notes, quoted = read(text)
    assert notes == [MARIA]
    assert [reason.split(" ")[0] for reason in quoted] == ["notes.md:5", "notes.md:6"]


def test_the_next_message_of_the_same_person_keeps_its_speaker_in_discord() -> None:
    text = "Maria Ortiz — 2:12 PM\nit is the new deploy\n[2:13 PM]see the graph\nSam Okafor — 2:18 PM\nrolling back"
    assert read(text) == ([MARIA, "14:13 Maria Ortiz: see the graph", SAM], [])
    assert read("[14:12]<maria> it is\n[14:13]dana: yes") == (["14:12 maria: it is", "14:13 dana: yes"], [])
