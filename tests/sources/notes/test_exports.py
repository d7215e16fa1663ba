"""Notes whose times do not begin the lines, and what tools and chats set around them."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Document
from sources.notes import NotesSettings, NotesSource
from tests.collector.build import WINDOW
from tests.sources.notes.reading import read

TOLD = ["14:12 Maria Ortiz: it is the new deploy", "14:18 Sam Okafor: rolling back"]


@pytest.mark.parametrize(
    "text",
    [
        "1412 Maria Ortiz: it is the new deploy\n1418 Sam Okafor: rolling back",
        "- 1412h Maria Ortiz: it is the new deploy\n- 1418h Sam Okafor: rolling back",
        "- 14h12 Maria Ortiz: it is the new deploy\n- 14.18 Uhr Sam Okafor: rolling back",
        "- approx. 14:12 Maria Ortiz: it is the new deploy\n- ~14:18 Sam Okafor: rolling back",
        "Maria Ortiz: it is the new deploy\nApr 1, 2026 - 14:12 UTC\n\nSam Okafor: rolling back\nApr 1, 14:18 UTC",
        "From: Maria Ortiz <maria@example.org>\nDate: Wed, 1 Apr 2026 16:12:33 +0200\nTo: ops@example.org\n\n"
        "it is the new deploy\n\nOn Wed, Apr 1, 2026 at 2:18 PM Sam Okafor <sam@example.org> wrote:\n> rolling back",
        "Maria Ortiz added a comment - 01/Apr/26 2:12 PM\nit is the new deploy\n"
        "Sam Okafor added a comment - 01/Apr/26 2:18 PM - edited\nrolling back",
        "Maria Ortiz commented on Apr 1, 2026, 2:12 PM\nit is the new deploy\n"
        "Sam Okafor commented on Apr 1, 2026, 2:18 PM UTC\nrolling back",
        "Maria Ortiz\nAPP  2:12 PM\nit is the new deploy\nSam Okafor\n:house_with_garden:  2:18 PM\nrolling back",
        "Maria Ortiz\n — 04/01/2026 2:12 PM\nit is the new deploy\nSam Okafor\n — 04/01/2026 2:18 PM\nrolling back",
        "Maria Ortiz\nApril 1, 2026 at 2:12 PM\nit is the new deploy\nSam Okafor\n1 April 2026 at 14:18\nrolling back",
        "1412Z Maria Ortiz: it is the new deploy\n1418Z Sam Okafor: rolling back",
        "Apr  1 14:12:03 Maria Ortiz: it is the new deploy\nApr  1 14:18:40 Sam Okafor: rolling back",
        "@April 1, 2026 2:12 PM Maria Ortiz: it is the new deploy\n@April 1, 2026 2:18 PM Sam Okafor: rolling back",
        "T0 = 14:02\nT+10 Maria Ortiz: it is the new deploy\nT+16 Sam Okafor: rolling back",
        "T0: 2026-04-01 16:02 CEST\n\n- T+10m: Maria Ortiz: it is the new deploy\n"
        "- **T+16 min** Sam Okafor: rolling back",
        "[T0] 14:02\n[T+10] Maria Ortiz: it is the new deploy\n[T+16m] Sam Okafor: rolling back",
        "T0 is 15:02.\n\n| When | What |\n|--|--|\n| T-50 | Maria Ortiz: it is the new deploy |\n"
        "| T-0:44:00 | Sam Okafor: rolling back |",
        "At 14:12 Maria Ortiz: it is the new deploy\nAround 2:18 PM, Sam Okafor: rolling back",
        "* _14:12_ Maria Ortiz: it is the new deploy\n** *14:18* Sam Okafor: rolling back",
        "Apr. 1, 2026 - 2:12 PM\nMaria Ortiz: it is the new deploy\nApr. 1, 2026 - 2:18 PM\nSam Okafor: rolling back",
        "14:12:05 From Maria Ortiz to Everyone:\n\tit is the new deploy\n14:18:40\t From Sam Okafor : rolling back",
        "| Who | When | What |\n|--|--|--|\n| Maria Ortiz | 14:12 | it is the new deploy |\n"
        "| Sam Okafor | 14:18 | rolling back |",
        "| Date | Text | Time (CEST) |\n|--|--|--|\n| 2026-04-01 | Maria Ortiz: it is the new deploy | 16:12 |\n"
        "| 2026-04-01 | Sam Okafor: rolling back | 16:18 |",
    ],
)
def test_each_way_to_write_down_who_wrote_what_when_is_read_alike(text: str) -> None:
    assert read(text) == (TOLD, [])


@pytest.mark.parametrize(
    "header",
    [
        "Am Mi., 1. Apr. 2026 um 14:12 Uhr schrieb Maria Ortiz <maria@example.org>:",
        "Am 01.04.26 um 14:12 schrieb Maria Ortiz:",
        "Le mer. 1 avr. 2026 à 14:12, Maria Ortiz <maria@example.org> a écrit :",
        "El mié, 1 abr 2026 a las 14:12, Maria Ortiz (<maria@example.org>) escribió:",
        "Il giorno mer 1 apr 2026 alle ore 14:12 Maria Ortiz <maria@example.org> ha scritto:",
        "Em qua., 1 de abr. de 2026 às 14:12, Maria Ortiz <maria@example.org> escreveu:",
        "Op wo 1 apr 2026 om 14:12 schreef Maria Ortiz <maria@example.org>:",
        "On Wed, Apr 1, 2026 at 2:12 PM Maria Ortiz <maria.ortiz.of.operations@example.org>\nwrote:",
    ],
)
def test_a_quoted_mail_is_of_whom_its_header_names_in_any_of_these_languages(header: str) -> None:
    assert read(f"14:05 Ann: looks bad\n{header}\n\n> it is the new deploy") == (["14:05 Ann: looks bad", TOLD[0]], [])


def test_a_day_in_another_language_is_that_day() -> None:
    text = (
        "## Dienstag, 31. März\n- 23:58 a\n## 1er avril 2026\n- 14:12 b\nMi 1.4. 14:15 x\n1 de abril de 2026, 14:18 c"
    )
    window = replace(WINDOW, start=WINDOW.start - timedelta(days=1))
    found = NotesSource("notes", NotesSettings(), Scrubber()).read([Document("file", "n", WINDOW.end, text)], window)
    assert [f"{one.at:%m-%d %H:%M}" for one in found if isinstance(one, Event)] == [
        "03-31 23:58",
        "04-01 14:12",
        "04-01 14:15",
        "04-01 14:18",
    ]


def test_names_in_angle_brackets_are_those_of_speakers() -> None:
    notes, quoted = read("14:12 <maria> it is the new deploy\n[14:18] <@sam> rolling back")
    assert (notes, quoted) == (["14:12 maria: it is the new deploy", "14:18 sam: rolling back"], [])


def test_the_message_of_an_id_of_matrix_is_not_that_of_the_speaker_before() -> None:
    notes, _ = read("Maria Ortiz\n14:12\nit is the new deploy\n@sam:example.org\n14:18\nrolling back")
    assert notes == ["14:12 Maria Ortiz: it is the new deploy", "14:18 @sam:example.org: rolling back"]


def test_a_line_that_ends_with_a_time_far_from_its_words_ends_the_note_before() -> None:
    notes, quoted = read("Maria Ortiz 2:12 PM\nit is the new deploy\nsam  Admin of all  2:18 PM\nrolling back")
    assert notes == ["14:12 Maria Ortiz: it is the new deploy"]
    assert len(quoted) == 2
    assert "sam  Admin of all  2:18 PM" in quoted[0]


def test_what_a_mail_is_about_stands_before_its_text() -> None:
    notes, _ = read("From: sam@example.org\nSent: Wednesday, April 1, 2026 2:12 PM\nSubject: checkout\n\nit is down")
    assert notes == ["14:12 sam@example.org: checkout - it is down"]


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        # Numbers at the beginning of lines are times only where all of them are, and go forward.
        ("14:12 down\n1200 requests failed\n1300 more", ["14:12 down 1200 requests failed 1300 more"]),
        ("14:12 down\n1418 errors\n1400 users", ["14:12 down 1418 errors 1400 users"]),
        # A text that goes on with a time.
        ("14:12 we rolled back\nat 14:18 and it was over", ["14:12 we rolled back at 14:18 and it was over"]),
        ("14:12 From Paris to Rome: packets are lost", ["14:12 From Paris to Rome: packets are lost"]),
        ("| What | Seen |\n|--|--|\n| 14:12 | it failed at 14:18 |", ["14:12 it failed at 14:18"]),
    ],
)
def test_what_only_looks_alike_is_left_as_it_is(text: str, notes: list[str]) -> None:
    assert read(text) == (notes, [])
