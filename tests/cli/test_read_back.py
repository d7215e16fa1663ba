"""Every format for documents, read back by a parser that somebody else wrote: the same rows, and nothing that acts."""

import base64
import hashlib
import json
import os
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import html5lib
import pytest
from hypothesis import HealthCheck, given, settings

import pm_timeline
from cli.render import as_confluence, as_html, as_jira, as_jsonl, as_mermaid, as_svg
from cli.render.lines import lines
from cli.render.look import PLAIN
from cli.render.plain import clock
from cli.render.xml_text import xml
from collector.result import Timeline
from tests.cli.timelines import RUN, TIMELINES, demo, event, row, timeline
from tests.examples import often
from tests.servers.npm import TOOLS, npm_tool
from tests.servers.process import ROOT, binary, require

DEMO = ROOT / "fixtures" / "checkout-incident.zip"
FEW = settings(max_examples=often(5, 15), deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Each example starts a program."""


def rows(made: Timeline) -> list[tuple[str, str]]:
    """What every format has to give again."""
    return [(line.time, line.text) for line in lines(made, PLAIN)]


def spaced(text: str) -> str:
    return " ".join(text.split())


# JSON Lines


def test_each_event_has_a_line_with_its_decision() -> None:
    read = [json.loads(line) for line in as_jsonl.render(demo()).splitlines()]
    counts = demo().accounting
    assert len(read) == demo().events == counts.events
    outcomes = [one["outcome"] for one in read]
    assert [outcomes.count(name) for name in ("row", "folded", "dropped")] == [
        counts.rows,
        counts.folded,
        counts.dropped,
    ]
    for made in demo().rows:
        assert len(made.events) == sum(made.id in one["rows"] for one in read)
    for rule, number in counts.rules.items():
        assert number == sum(one["rule"] == rule and one["outcome"] != "row" for one in read)


def test_events_of_other_namespaces_are_there_with_their_reason() -> None:
    made = pm_timeline.replay(DEMO, namespaces="shop")
    read = [json.loads(line) for line in as_jsonl.render(made).splitlines()]
    assert len(read) == made.events
    assert made.accounting.rules["another namespace"] == sum(one["rule"] == "another namespace" for one in read) > 0


# Confluence


def confluence(text: str) -> ET.Element:
    return ET.fromstring(f'<page xmlns:ac="http://atlassian.example/ac">{text}</page>')  # noqa: S314 - our own text


def confluence_rows(text: str) -> list[tuple[str, str]]:
    found = [["".join(cell.itertext()) for cell in one] for one in confluence(text).iter("tr")][1:]
    return [(cells[0], cells[1]) for cells in found]


@given(TIMELINES)
def test_confluence_gives_the_same_rows(made: Timeline) -> None:
    text = as_confluence.render(made)
    expected = [(ET.fromstring(f"<a>{xml(text)}</a>").text or "" for text in one) for one in rows(made)]  # noqa: S314
    assert confluence_rows(text) == [tuple(one) for one in expected]
    for element in confluence(text).iter():
        assert element.tag.removeprefix("{http://atlassian.example/ac}") in {
            *("page", "p", "strong", "em", "table", "tbody", "tr", "th", "td", "a", "ol", "ul", "li", "code"),
            *("structured-macro", "parameter", "rich-text-body"),
        }
        assert set(element.attrib) <= {"href", "{http://atlassian.example/ac}name"}
        assert re.match("https?://", element.get("href", "https://"))


def test_confluence_has_the_rows_of_the_demo() -> None:
    assert confluence_rows(as_confluence.render(demo())) == rows(demo())


# Jira


def pandoc(text: str) -> list[dict[str, object]]:
    done = subprocess.run(
        [binary("pandoc"), "-f", "jira", "-t", "json"], input=text, capture_output=True, text=True, check=True
    )
    blocks: list[dict[str, object]] = json.loads(done.stdout)["blocks"]
    return blocks


def plain(node: object) -> str:
    """The text of a part of pandoc's document. Every other kind of node would be markup that somebody smuggled in."""
    if isinstance(node, list):
        return "".join(map(plain, node))
    assert isinstance(node, dict), node
    kind, content = node["t"], node.get("c")
    if kind == "Str":
        return str(content).replace("&#126;", "~")
    if kind in ("Space", "SoftBreak"):
        return " "
    assert kind in ("Para", "Plain"), f"{kind} in {content}"
    return plain(content)


def jira_rows(text: str) -> list[tuple[str, str]]:
    tables = [block["c"] for block in pandoc(text) if block["t"] == "Table"]
    if not tables:
        return []
    (table,) = tables
    assert isinstance(table, list)
    return [tuple(plain(cell[4]) for cell in line[1][:2]) for body in table[4] for line in body[3]]  # type: ignore[misc] # two cells


@FEW
@given(TIMELINES)
def test_jira_gives_the_same_rows(made: Timeline) -> None:
    require("pandoc")
    expected = [(time, text.strip().replace("&#126;", "~")) for time, text in rows(made)]
    assert jira_rows(as_jira.render(made)) == expected


def test_jira_has_the_rows_of_the_demo_and_its_links() -> None:
    require("pandoc")
    text = as_jira.render(demo())
    assert jira_rows(text) == rows(demo())
    assert RUN.split("/actions")[0].replace("github.example.com", "github.com") in json.dumps(pandoc(text))


@pytest.mark.parametrize(
    "text", ["a :) b", "(x) {code}", "(on) (flagoff)", "!http://a.example/b.png!", "[~dana]", "----", "a\\\\b", "~a~"]
)
def test_what_jira_would_make_something_of_stays_text(text: str) -> None:
    require("pandoc")
    assert jira_rows(as_jira.render(timeline(row(text, event())))) == [("14:00", text)]


# Mermaid


def mermaid(texts: Sequence[str]) -> list[dict[str, object]]:
    """What Mermaid's own parser reads in the charts."""
    npm_tool("mermaid")
    script = Path(__file__).parent / "mermaid" / "parse.mjs"
    done = subprocess.run(
        [binary("node"), script, TOOLS],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        env={"TZ": "UTC", "PATH": os.environ["PATH"]},
    )
    charts: list[dict[str, object]] = json.loads(done.stdout)
    return charts


def mermaid_rows(made: Timeline) -> list[tuple[str, str]]:
    """The tasks as they are to come back: those of one service together."""
    show, order = clock(made.window), list(dict.fromkeys(one.service for one in made.rows))
    ranked = sorted(lines(made, PLAIN), key=lambda line: order.index(line.row.service))
    return [(show(line.row.at), f"{line.time} {line.text}".strip()) for line in ranked]


def test_mermaid_has_the_rows_of_the_demo() -> None:
    (chart,) = mermaid([as_mermaid.render(demo())])
    tasks = chart["tasks"]
    assert isinstance(tasks, list)
    assert [(task["start"][11:16], task["text"]) for task in tasks] == mermaid_rows(demo())
    assert chart["title"] == "2026-04-01, 14:00 to 14:30 UTC · checkout (shop)"
    alert = next(task for task in tasks if "Alert Checkout" in task["text"])
    assert (alert["start"], alert["end"]) == ("2026-04-01T14:06:15.000Z", "2026-04-01T14:23:45.000Z")


HOSTILE = [
    "a: b; c #1",
    "%%{init: {}}%%",
    "section x",
    "click r1 href x",
    "title y",
    "#58;",
    "ﬂ°°58¶ß",
    "a\n  b: c",
    "<b>&amp;",
]


def test_what_mermaid_would_make_something_of_stays_text() -> None:
    made = [timeline(row(text, event(), service=text)) for text in HOSTILE] + [timeline()]
    *charts, empty = mermaid([as_mermaid.render(one) for one in made])
    for text, chart in zip(HOSTILE, charts, strict=True):
        tasks = chart["tasks"]
        assert isinstance(tasks, list)
        assert [(task["section"], task["text"]) for task in tasks] == [(spaced(text), f"14:00 {spaced(text)}")]
    assert len(empty["tasks"]) == 1  # type: ignore[arg-type] # a list


@given(TIMELINES)
def test_a_chart_has_one_line_per_row_in_the_grammar_of_mermaid(made: Timeline) -> None:
    text = r"(?:[^:;#\n%]|#\d+;)+"
    stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
    task = re.compile(rf"    {text} :(?:crit, |active, |done, )?(?:milestone, )?r\d+, {stamp}, (?:0s|{stamp})")
    head, *body = as_mermaid.render(made).split("    axisFormat %H:%M\n")
    assert re.fullmatch(rf"gantt\n    title {text}\n    dateFormat YYYY-MM-DDTHH:mm:ss\n", head)
    (listed,) = body
    tasks = [line for line in listed.splitlines() if not re.fullmatch(rf"    section {text}", line)]
    assert len(tasks) == max(1, len(made.rows))
    assert all(task.fullmatch(line) for line in tasks), tasks


# SVG and HTML

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {"svg", "title", "style", "rect", "text", "path", "circle", "g"}


def svg_rows(picture: ET.Element) -> list[tuple[int, str]]:
    """The number and the title of each mark."""
    marks = [one for one in picture.iter(f"{SVG}g") if one.get("class") not in ("ticks", "alerts")]
    found = [(int(mark.findtext(f"{SVG}text") or "0"), mark.findtext(f"{SVG}title") or "") for mark in marks]
    return sorted(found)


def numbered(made: Timeline) -> list[tuple[int, str]]:
    return [(at, as_read(f"{time} {text}")) for at, (time, text) in enumerate(rows(made), 1)]


def as_read(text: str) -> str:
    """With what no XML can have replaced."""
    return ET.fromstring(f"<a>{xml(text)}</a>").text or ""  # noqa: S314 - our own text


@given(TIMELINES)
def test_a_picture_has_a_mark_for_each_row_and_nothing_that_acts(made: Timeline) -> None:
    text = as_svg.render(made)
    picture = ET.fromstring(text)  # noqa: S314 - our own text
    assert svg_rows(picture) == numbered(made)
    for element in picture.iter():
        assert element.tag.removeprefix(SVG) in DRAWN
        assert not any(name.startswith("on") or name.endswith("href") for name in element.attrib)
    assert "url(" not in text.partition("<style>")[2].partition("</style>")[0]
    width, height = (float(size) for size in picture.attrib["viewBox"].split()[2:])
    for mark in picture.iter(f"{SVG}text"):
        assert 0 <= float(mark.attrib["x"]) <= width
        assert 0 <= float(mark.attrib["y"]) <= height


def test_the_picture_of_the_demo_shows_errors_alert_and_deploy_on_one_axis() -> None:
    picture = ET.fromstring(as_svg.render(demo()))  # noqa: S314 - our own text
    (alert,) = (one for one in picture.iter(f"{SVG}rect") if one.get("class") == "alert")
    left, right = float(alert.attrib["x"]), float(alert.attrib["x"]) + float(alert.attrib["width"])
    minute = (940 - 150) / 30
    assert left == pytest.approx(150 + minute * 6.262, abs=0.1)
    assert right == pytest.approx(150 + minute * 23.762, abs=0.1)
    (curve,) = (one for one in picture.iter(f"{SVG}path") if one.get("class") == "curve c0")
    places = [tuple(map(float, place.split())) for place in curve.attrib["d"][1:].split("L")]
    highest = min(y for _, y in places)
    assert 150 + minute * 6 < min(x for x, y in places if y < highest + 20) < 150 + minute * 7
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    ticks = [one.text for one in picture.iter(f"{SVG}text") if one.get("text-anchor") == "middle"]
    assert ticks == ["14:00", "14:05", "14:10", "14:15", "14:20", "14:25", "14:30"]


def page(text: str) -> ET.Element:
    """The document, which must be without any error that HTML knows."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False)
    return parser.parse(text)  # type: ignore[no-any-return] # depends on the tree builder


@given(TIMELINES)
def test_a_page_gives_the_same_rows_and_lets_nothing_in(made: Timeline) -> None:
    read = page(as_html.render(made))
    found = [["".join(cell.itertext()) for cell in one.iter("td")][:3] for one in read.iter("tr") if one.get("id")]
    expected = [[str(number), time, text] for number, (time, text) in enumerate(rows(made), 1)]
    assert found == [[as_read(cell) for cell in one] for one in expected]
    assert len(list(read.iter("script"))) == len(list(read.iter("style"))) == 1
    for element in read.iter():
        assert not any(name in ("src", "style", "srcset") or str(name).startswith("on") for name in element.attrib)
        assert re.match("https?://|#row-", element.get("href", "#row-"))
    policy = next(one for one in read.iter("meta") if one.get("http-equiv") == "Content-Security-Policy")
    for name in ("style", "script"):
        text = "".join(next(read.iter(name)).itertext())
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy.attrib["content"]
    assert policy.attrib["content"].startswith("default-src 'none';")
    ids = [element.attrib["id"] for element in read.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    assert {element.attrib["href"][1:] for element in read.iter() if element.get("href", "").startswith("#")} <= set(
        ids
    )


def test_the_page_of_the_demo_has_the_evidence_of_each_row() -> None:
    read = page(as_html.render(demo()))
    links = [len(list(one.iter("li"))) for one in read.iter("tr") if one.get("id")]
    assert links == [2, 1, 2, 2, 1, 2, 3, 1]
    assert len([one for one in read.iter("{http://www.w3.org/2000/svg}a") if one.get("class") == "mark"]) == 8
