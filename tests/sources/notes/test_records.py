"""Tables without bars, objects and lines of logs as notes, and zones that a text declares for all of its times."""

import pytest

from tests.sources.notes.reading import read

BOTH = ["14:12 Maria Ortiz: it is the new deploy", "14:18 Sam Okafor: rolling back"]


@pytest.mark.parametrize(
    "text",
    [
        "Time (CEST)\tWho\tWhat\n16:12\tMaria Ortiz\tit is the new deploy\n16:18\tSam Okafor\trolling back",
        "Who\tWhat\tTime (CEST)\nMaria Ortiz\tit is the new deploy\t16:12\nSam Okafor\trolling back\t16:18",
        "Time (CEST),Who,What\n16:12,Maria Ortiz,it is the new deploy\n16:18,Sam Okafor,rolling back",
        'author,message,timestamp\nMaria Ortiz,"it is the new deploy",2026-04-01T14:12:05Z\n'
        "Sam Okafor,rolling back,2026-04-01T14:18:40Z",
        "Zeit;Wer;Was\n01.04.2026 14:12;Maria Ortiz;it is the new deploy\n01.04.2026 14:18;Sam Okafor;rolling back",
        "Time (CEST) | Who | What\n--- | --- | ---\n16:12 | Maria Ortiz | it is the new deploy\n"
        "16:18 | Sam Okafor | rolling back",
        "Date\tTime\tWho\tWhat\n2026-04-01\t14:12\tMaria Ortiz\tit is the new deploy\n"
        "2026-04-01\t14:18\tSam Okafor\trolling back",
    ],
)
def test_tables_without_bars_have_the_speakers_and_the_zone_of_their_columns(text: str) -> None:
    assert read(text) == (BOTH, [])


def test_a_row_that_does_not_fit_its_table_is_quoted() -> None:
    rows = "14:12,Maria,it is, I think, the deploy\n14:18,Sam,rolling back\n,Sam,done"
    notes, quoted = read(f"Time (UTC),who,what\n{rows}")
    assert notes == ["14:18 Sam: rolling back"]
    assert [reason.split(": ")[0] for reason in quoted] == [
        "notes.md:2 has more cells than the header of its table",
        "notes.md:4 is a row without a time",
    ]
    assert read("Time (CEST),What\n16:12,it is, I think, the deploy") == (["14:12 it is, I think, the deploy"], [])


@pytest.mark.parametrize("mark", ["\t", ","])
def test_a_line_within_a_table_continues_its_row_and_does_not_end_the_table(mark: str) -> None:
    text = f"Time (CEST){mark}What\n16:12{mark}looks bad\non every page\n16:18{mark}rolling back"
    assert read(text) == (["14:12 looks bad on every page", "14:18 rolling back"], [])


def test_a_sentence_about_a_time_is_no_header() -> None:
    notes, quoted = read("Last time, it came back\n14:12, Maria finds the cause")
    assert notes == ["14:12 Maria finds the cause"]
    assert len(quoted) == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"ts": "2026-04-01T14:12:05Z", "user": "Maria Ortiz", "text": "it is the new deploy"}\n'
        '{"ts": "2026-04-01T14:18:40Z", "user": "Sam Okafor", "text": "rolling back"}',
        '[\n  {"message": "it is the new deploy", "author": "Maria Ortiz", "time": "2026-04-01 16:12:05+02:00"},\n'
        '  {"message": "rolling back", "author": "Sam Okafor", "time": "14:18"}\n]',
        '[\n  {\n    "who": "Maria Ortiz",\n    "ts": "1775052725.000200",\n    "text": "it is the new deploy"\n  },\n'
        '  {\n    "who": "Sam Okafor",\n    "ts": 1775053120000,\n    "text": "rolling back"\n  }\n]',
        "timeline:\n"
        * 0
        + '- time: 14:12\n  who: Maria Ortiz\n  what: it is the new deploy\n- time: "14:18"\n  who: Sam Okafor\n'
        "  what: rolling back",
    ],
)
def test_objects_have_their_times_and_speakers_whatever_the_order_of_their_keys(text: str) -> None:
    assert read(text) == (BOTH, [])


def test_an_object_keeps_every_value_and_continues_nobody() -> None:
    line = '{"level": "error", "time": "2026-04-01T14:12:05Z", "msg": "refused", "tries": 3, "tags": ["a"]}'
    assert read(f"14:05 Ann: looks bad\n{line}") == (
        ["14:05 Ann: looks bad", '14:12 refused | level: error | tries: 3 | tags: ["a"]'],
        [],
    )
    notes, (quoted,) = read('14:05 Ann: looks bad\n{"time": "soon", "msg": "refused"}')
    assert notes == ["14:05 Ann: looks bad"]
    assert quoted.startswith("notes.md:2 is a row without a time")


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ('time=2026-04-01T14:12:05Z level=error msg="no route"', '14:12 level=error msg="no route"'),
        ('level=error ts="2026-04-01 14:12:05" msg=x', "14:12 level=error msg=x"),
        (
            '10.0.0.1 - - [01/Apr/2026:16:12:05 +0200] "GET /pay HTTP/1.1" 500 12',
            '14:12 10.0.0.1 - - "GET /pay HTTP/1.1" 500 12',
        ),
        ("<34>1 2026-04-01T14:12:05.123Z web-1 app - - - x", "14:12 <34>1 web-1 app - - - x"),
        ("E0401 14:12:05.123456       1 leader.go:330] lost lease", "14:12 E 1 leader.go:330] lost lease"),
    ],
)
def test_lines_of_logs_have_their_own_times(line: str, note: str) -> None:
    assert read(f"14:05 Ann: looks bad\n{line}") == (["14:05 Ann: looks bad", note], [])


@pytest.mark.parametrize(
    "line",
    [
        "All times are in CEST.",
        "# Timeline (all times CEST)",
        "## Timeline (UTC+2)",
        "Times in UTC+2",
        "*All times in this document are CEST (UTC+2), unless noted.*",
        "Alle Zeiten in MESZ",
        "Time zone: Europe/Berlin",
    ],
)
def test_a_zone_that_the_text_declares_is_that_of_all_times_without_one(line: str) -> None:
    notes = "- 16:12 Maria Ortiz: it is the new deploy\n- 14:18 UTC Sam Okafor: rolling back"
    assert read(f"{line}\n\n{notes}") == (BOTH, [])
    assert read(f"{notes}\n\n{line}") == (BOTH, [])


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("All times in IST.\n", "is in a text that has a time in IST, which has several meanings"),
        ("All times in CEST.\n\n## Chat (times in UTC)\n", "has no zone, and several are declared"),
        ("All times are PST.\n", "has a time in PST, which clocks do not show on that day"),
    ],
)
def test_times_are_refused_if_the_declared_zone_is_not_clear(lines: str, why: str) -> None:
    notes, quoted = read(f"{lines}\n- 16:12 Maria Ortiz: it is the new deploy")
    assert notes == []
    assert any(why in reason and "new deploy" in reason for reason in quoted)


def test_a_zone_declared_amid_a_chat_may_be_about_other_times() -> None:
    chat = "Maria Ortiz  2:12 PM\nlook\n\nAll times are CEST\n\nSam Okafor  2:18 PM\nok"
    notes, quoted = read(chat)
    assert notes == []
    assert all("is in a chat without a zone, and one is declared only below it" in reason for reason in quoted)
    assert read("All times are CEST\n\nMaria Ortiz  4:12 PM\nlook") == (["14:12 Maria Ortiz: look"], [])
    assert read("Maria Ortiz  2:12 PM\nAll times are CEST")[0] == ["14:12 Maria Ortiz: All times are CEST"]


@pytest.mark.parametrize("line", ["All times are local.", "Times in the logs are 5 minutes off.", "Time Out of mind"])
def test_a_line_about_times_without_a_zone_declares_none(line: str) -> None:
    notes, (quoted,) = read(f"{line}\n\n- 14:12 Maria Ortiz: it is the new deploy")
    assert notes == BOTH[:1]
    assert line in quoted
