import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from msgspec.structs import replace
from rich.console import Console

from cli.render import as_csv, as_json, as_markdown, as_table
from cli.render.clean import one_line, page
from cli.render.formats import FORMATS, format_of, rendered
from cli.render.look import PLAIN, Look
from collector.event import Identity, Kind
from collector.source import Gap, Seen
from collector.timeline import Coverage, Row, Timeline, Word
from tests.cli.published_schema import CHECKER, SCHEMA
from tests.cli.timelines import HOSTILE, RUN, START, TEXT_FORMATS, TIMELINES, event, row, seen, timeline
from tests.examples import examples, few

ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def drawn(timeline: Timeline, **options: object) -> str:
    out = io.StringIO()
    as_table.draw(timeline, Console(file=out, **{"width": 100, **options}))  # type: ignore[arg-type] # any option
    return out.getvalue()


def test_json() -> None:
    sight = Seen("kubernetes prod", "Events", START, START + timedelta(minutes=10), timedelta(seconds=1.5))
    source = Coverage("prod", "prometheus", ("alerts",), 7, (Gap("cut"),), failed=False, seen=(sight,))
    fact = Row(
        "0123456789ab",
        START + timedelta(seconds=5.25),
        START,
        (Word("Läuft"),),
        Kind.NOTE,
        "shop",
        seen(event(url=RUN)),
    )
    assert json.loads(as_json.render(timeline(fact, coverage=(source,)))) == {
        "schema": "pm-timeline/1",
        "window": {"from": "2026-04-01T14:00:00Z", "to": "2026-04-01T14:30:00Z", "tz": "UTC"},
        "rows": [
            {
                "id": "0123456789ab",
                "time": "2026-04-01T14:00:05.25Z",
                "end": "2026-04-01T14:00:00Z",
                "text": "Läuft",
                "kind": "note",
                "service": "shop",
                "sources": ["github"],
                "evidence": [{"source": "github", "url": RUN, "query": None}],
                "events": 1,
                "story": None,
                "earliest": "2026-04-01T14:00:05.25Z",
                "latest": "2026-04-01T14:00:05.25Z",
                "words": [{"kind": "text", "text": "Läuft"}],
            }
        ],
        "coverage": [
            {
                "source": "prod",
                "type": "prometheus",
                "asked": ["alerts"],
                "events": 7,
                "gaps": [{"reason": "cut", "hint": ""}],
                "failed": False,
                "seen": [
                    {
                        "what": "Events",
                        "from": "2026-04-01T14:00:00Z",
                        "to": "2026-04-01T14:10:00Z",
                        "exact_seconds": 1.5,
                    }
                ],
            }
        ],
        "left_out": [],
        "counts": {"events": 7, "rows": 1},
        "phases": [],
        "accounting": {"in_rows": 0, "folded": 0, "dropped": 0, "rules": []},
        "links": [],
        "clocks": [],
    }
    assert "Läuft" in as_json.render(timeline(fact))


def test_json_has_the_series_behind_a_row_if_asked_for() -> None:
    moment = START.timestamp()
    shown = replace(event(url=RUN), plot=((moment, 0.001), (moment + 15, 0.4)), keys=Identity(measure="5xx ratio"))
    told = json.loads(as_json.render(timeline(row("errors", shown, shown, event())), Look(plots=True)))
    CHECKER.validate(told)
    points = [["2026-04-01T14:00:00Z", 0.001], ["2026-04-01T14:00:15Z", 0.4]]
    assert told["rows"][0]["plots"] == [{"source": "github", "measure": "5xx ratio", "points": points}]


@given(TIMELINES)
def test_json_meets_its_schema(timeline: Timeline) -> None:
    written = as_json.render(timeline)
    CHECKER.validate(json.loads(written))
    assert not ACTS.search(written)
    assert written.encode().endswith(b"}\n")


def test_the_schema_knows_every_kind() -> None:
    known = SCHEMA["properties"]["rows"]["items"]["properties"]["kind"]["enum"]
    assert sorted(known) == sorted(kind.value for kind in Kind)


def test_the_schema_is_valid_strict_and_has_force() -> None:
    CHECKER.check_schema(SCHEMA)
    assert "date-time" in CHECKER.format_checker.checkers  # type: ignore[union-attr] # it was given above
    good = json.loads(as_json.render(timeline(row("x", event(url=RUN)))))
    CHECKER.validate(good)
    for place, key, value in [
        ([], "extra", 1),
        (["rows", 0], "extra", 1),
        (["rows", 0], "time", "2026-04-01T14:00:00+00:00"),
        (["rows", 0], "time", "2026-13-01T14:00:00Z"),
        (["rows", 0], "kind", "surprise"),
        (["rows", 0, "evidence", 0], "url", "javascript:alert(1)"),
        (["counts"], "rows", -1),
    ]:
        bad = json.loads(json.dumps(good))
        target = bad
        for step in place:
            target = target[step]
        target[key] = value
        with pytest.raises(jsonschema.ValidationError):
            CHECKER.validate(bad)


@given(TIMELINES)
def test_csv_has_one_line_per_row_and_no_formula(timeline: Timeline) -> None:
    written = as_csv.render(timeline)
    assert written.count("\n") == written.count("\r\n") == 1 + len(timeline.rows)
    header, *lines = csv.reader(io.StringIO(written, newline=""))
    assert tuple(header) == as_csv.FIELDS
    for fact, line in zip(timeline.rows, lines, strict=True):
        assert line[0] == fact.id
        assert line[-1] == str(len(fact.events))
        for cell in line:
            for part in cell.split(";"):
                assert not re.match(r"""[\s"']*[=+\-@＝＋－＠]""", part) or part.startswith("'")  # noqa: RUF001 - full width


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("\t=1+1", "'=1+1"),
        (' "=1', "'\"=1"),
        ("\uff1d1", "'\uff1d1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("a;=1;-2", "a;'=1;'-2"),
        ("errors 0.1% -> 40%, then = 0", "errors 0.1% -> 40%, then = 0"),
    ],
)
def test_csv_cells(text: str, cell: str) -> None:
    assert next(csv.DictReader(io.StringIO(as_csv.render(timeline(row(text))))))["text"] == cell


@given(TIMELINES)
def test_nothing_from_outside_acts_on_the_terminal(timeline: Timeline) -> None:
    assert not ACTS.search(drawn(timeline))


def test_links_only_where_the_terminal_can() -> None:
    facts = timeline(row("Deploy", event(url=RUN), kind=Kind.DEPLOY_STARTED))
    clickable = drawn(facts, force_terminal=True, color_system="standard")
    assert f";{RUN}\x1b\\" in clickable
    assert "\x1b[34mDeploy" in clickable
    for options in ({}, {"force_terminal": True, "color_system": None}):
        text = drawn(facts, **options)
        assert "\x1b]8" not in text
        assert "github" in text


def test_a_row_names_each_sort_of_evidence_once() -> None:
    places = (event(url=f"https://k8s.example.com/{n}") for n in range(6))
    assert "Deploy  github" in " ".join(drawn(timeline(row("Deploy", *places)), width=400).split("   "))


def test_a_narrow_terminal_loses_no_text() -> None:
    facts = timeline(row("щ" * 90), coverage=(Coverage("prod", "prometheus", (), 0, (Gap("ж" * 90),), failed=True),))
    text = drawn(facts, width=40)
    assert max(map(len, text.splitlines())) <= 40
    assert (text.count("щ"), text.count("ж")) == (90, 90)


@given(HOSTILE)
def test_one_line_is_stable_and_inert(text: str) -> None:
    cleaned = one_line(text)
    assert not ACTS.search(cleaned)
    assert not re.search(r"[\n\r\u2028\u2029]", cleaned)
    assert one_line(cleaned) == cleaned


@given(HOSTILE)
def test_a_page_is_a_web_address_or_nothing(url: str) -> None:
    assert page(url) == "" or re.fullmatch(r"(?i)https?://[!-~]+", page(url))
    assert page(page(url)) == page(url)


@pytest.mark.parametrize("form", few(TEXT_FORMATS, 2))
def test_nothing_from_outside_acts_in_any_format(form: str) -> None:
    @examples(5)
    @given(TIMELINES)
    def acts_nowhere(timeline: Timeline) -> None:
        text = rendered(timeline, form, PLAIN)
        assert not ACTS.search(text.replace("\r\n", "\n"))
        assert text.endswith("\n") or form == "jsonl"
        assert rendered(timeline, form, PLAIN) == text

    acts_nowhere()


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_has_an_ending_of_its_own(form: str) -> None:
    for ending in FORMATS[form].endings:
        assert format_of(Path(f"timeline{ending.upper()}")) == form


@pytest.mark.parametrize("form", TEXT_FORMATS)
def test_an_empty_timeline_can_be_written(form: str) -> None:
    assert rendered(timeline(), form, PLAIN) or form == "jsonl"


def test_an_empty_table_does_not_say_that_nothing_happened_where_nobody_could_see() -> None:
    source = Coverage("prod", "prometheus", ("alerts",), 0, (), failed=False)
    blind = Coverage("k8s", "kubernetes", (), 0, (Gap("403"),), failed=True)
    for render in (as_markdown.render, drawn):
        assert "saw nothing" in render(timeline(coverage=(source,)))
        assert "not everything could be seen" in " ".join(render(timeline(coverage=(source, blind))).split())
