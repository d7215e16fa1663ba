import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from cli.render.as_markdown import escape, render
from cli.render.clean import one_line, page
from cli.render.plain import coverage, places
from collector.event import Kind
from collector.source import Gap
from collector.timeline import Coverage, Evidence, Timeline
from collector.window import Window
from tests.cli.timelines import HOSTILE, RUN, START, TIMELINES, event, row, timeline

GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])
REFERENCE = re.compile(r"https?://|www\.|@\w|#\d|\bGH-\d", re.IGNORECASE)
"""What GitHub links or notifies in text, also in text that was escaped."""


def cells(tokens: list[Token]) -> list[list[Token]]:
    """The inline tokens of each cell or list item, in order."""
    return [token.children or [] for token in tokens if token.type == "inline"]


def text_of(children: list[Token]) -> str:
    return "".join(child.content for child in children if child.type in ("text", "text_special", "code_inline"))


def plain_runs(children: list[Token]) -> list[str]:
    """What is neither code nor in a link, joined as GitHub joins it before it looks for references."""
    runs, linked = [""], 0
    for child in children:
        linked += child.nesting if child.type.startswith("link") else 0
        if child.type.startswith("text") and not linked:
            runs[-1] += child.content
        else:
            runs.append("")
    return runs


def test_the_table_as_a_reader_sees_it() -> None:
    rows = (
        row("Deploy of checkout 1.4.9 -> 1.5.0 starts, run #482 by dana-reyes", event(url=RUN), at=START),
        row("CheckoutHighErrorRatio fires: 500s at 40% (0.1% before)", event(source="prod", query='ALERTS{a=~"5.."}')),
        row("6/6 new pods ready", *(event(source="k8s", url=f"https://k8s.example.com/({n})") for n in range(6))),
    )  # fmt: skip
    seen = (
        Coverage("prod", "prometheus", ("alerts (2 pages)", "ratio"), 1312, (), failed=False),
        Coverage("k8s", "kubernetes", (), 0, (Gap("403 for events", "README lists the rights needed"),), failed=True),
    )
    window = Window(START, START + timedelta(minutes=30), ZoneInfo("Europe/Berlin"))
    drawn = Timeline(window, rows, seen, ("2 alerts that always fire: Watchdog",), 9)
    assert render(drawn) == (
        "| Time (Europe/Berlin) | Event | Evidence |\n"
        "| --- | --- | --- |\n"
        f"| 16:00 | Deploy of checkout 1.4.9 -> 1.5.0 starts, run `#482` by dana-reyes | [github]({RUN}) |\n"
        "| 16:00 | CheckoutHighErrorRatio fires: 500s at 40% (0.1% before) | prod: `ALERTS{a=~\"5..\"}` |\n"
        "| 16:00 | 6/6 new pods ready | [k8s](https://k8s.example.com/%280%29), +5 |\n"
        "\n"
        "Coverage:\n"
        "\n"
        "- prod (prometheus): asked alerts (2 pages), ratio; 1,312 events\n"
        "- k8s (kubernetes): FAILED, nothing was seen; nothing asked\n"
        "  - 403 for events (README lists the rights needed)\n"
        "- Left out: 2 alerts that always fire: Watchdog\n"
        "- 9 events: 0 in 3 rows, 0 named, counted or folded, 0 dropped (by 0 rules; pm-timeline explain shows which)\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["1.4.9 -> 1.5.0", "6/6 pods", "40% (was 0.1%)", "http_requests_total > 5", r"C:\temp", "a & b", "2 < 3; x=1 + 2"],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert escape(text) == text


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("a|b", r"a\|b"),
        ("*x* _y_ snake_case", r"\*x\* \_y\_ snake_case"),
        ("[a](http://x)", "\\[`a](http://x`)"),
        ("see http://wiki/x, (@dana) #7", "see `http://wiki/x`, (`@dana`) `#7`"),
        ("<b>&amp;</b>", r"\<b>\&amp;\</b>"),
        ("one\r\ntwo\x1b[31m\u202e", "one two\ufffd\\[31m\ufffd"),
        ("mail a`b@c.example", "mail ``a`b@c.example``"),
        (r"\| \ ", r"\\\| \\"),
        ("x|http://a.example/@you", r"x\|http`:`//a.example/`@`you"),
        ("<b>|#1", r"\<b>\|`#`1"),
        (r"x\|@you", r"x\\\|`@`you"),
    ],
)
def test_escapes(text: str, markdown: str) -> None:
    assert escape(text) == markdown


@given(TIMELINES)
@example(timeline(row("a@b#1 `` x\\|@y www.a.example\\"), row("| --- |")))
def test_cells_hold_the_literal_text_and_only_evidence_is_linked(drawn: Timeline) -> None:
    tokens = GFM.parse(render(drawn))
    kinds = {token.type for token in tokens} | {child.type for cell in cells(tokens) for child in cell}
    assert kinds <= {
        *("table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close", "tr_open", "tr_close"),
        *("th_open", "th_close", "td_open", "td_close", "inline", "text", "text_special", "code_inline"),
        *("link_open", "link_close", "paragraph_open", "paragraph_close", "bullet_list_open", "bullet_list_close"),
        *("list_item_open", "list_item_close"),
    }  # no HTML, emphasis, heading, image, block of code
    found = cells(tokens)
    table = found[3 : 3 + 3 * len(drawn.rows)] if drawn.rows else []
    assert [text_of(cell) for cell in table[1::3]] == [one_line(row.text) for row in drawn.rows]
    for row_, cell in zip(drawn.rows, table[2::3], strict=True):
        shown, _ = places(row_)
        links = [GFM.normalizeLink(page(evidence.url)) for evidence in shown if page(evidence.url)]
        hrefs = [str(child.attrs["href"]) for child in cell if child.type == "link_open"]
        assert hrefs == [link.replace("(", "%28").replace(")", "%29") for link in links]
        assert text_of(cell) == expected_evidence(row_.evidence)
    items = found[(3 + len(table)) if drawn.rows else 1 :][1:]
    assert [text_of(item) for item in items] == [text for _, text in coverage(drawn)]
    for children in found:
        assert not [run for run in plain_runs(children) if REFERENCE.search(run)]


def expected_evidence(evidence: tuple[Evidence, ...]) -> str:
    shown = []
    first = list({one.label: one for one in evidence[::-1]}.items())
    first.sort(key=lambda item: evidence.index(item[1]))
    for _, one in first[:4]:
        label, query = one_line(one.label), one_line(one.query)
        shown.append(label if page(one.url) or not query else f"{label}: {query}".strip())
    return ", ".join(shown + ([f"+{len(evidence) - len(shown)}"] if len(evidence) > len(shown) else []))


@given(HOSTILE)
def test_escape_renders_as_the_text(text: str) -> None:
    (paragraph,) = cells(GFM.parse(f"x {escape(text)} x"))
    assert text_of(paragraph) == f"x {one_line(text)} x"


def test_times_that_would_be_ambiguous_get_their_date_or_offset() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    night = Window(datetime(2026, 4, 1, 21, tzinfo=UTC), datetime(2026, 4, 1, 23, tzinfo=UTC), berlin)
    assert "| 2026-04-01 23:30 |" in render(timeline(row("x", at=night.start + timedelta(minutes=30)), window=night))
    twice = Window(datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2026, 10, 25, 2, tzinfo=UTC), berlin)
    half_past = [row("x", at=twice.start + timedelta(minutes=minutes)) for minutes in (30, 90)]
    drawn = render(timeline(*half_past, window=twice))
    assert "| 02:30+02:00 |" in drawn
    assert "| 02:30+01:00 |" in drawn


def test_no_rows_is_said_in_words() -> None:
    assert render(timeline()).startswith("The sources saw nothing in this window")


def test_only_the_start_of_a_row_that_lasted_is_shown() -> None:
    lasted = row("x", kind=Kind.ALERT_FIRING)
    assert "| 14:00 | x |" in render(timeline(lasted))
