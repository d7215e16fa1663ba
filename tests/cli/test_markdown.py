import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec.structs import replace

from cli.render.as_markdown import render
from cli.render.caption import caption, only_one
from cli.render.citations import citations
from cli.render.clean import one_line
from cli.render.look import Look, Show
from cli.render.markdown_text import escape
from cli.render.notes_markdown import written
from cli.render.plain import coverage
from collector.event import Kind
from collector.result import Phase
from collector.source import Gap
from collector.timeline import Coverage, Timeline
from collector.window import Window
from tests.cli.timelines import HOSTILE, RUN, START, TIMELINES, event, row, timeline

GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])
REFERENCE = re.compile(r"https?://|www\.|@\w|#\d|\bGH-\d|\$|:[\w+-]*[a-z][\w+-]*:|:100:", re.IGNORECASE)
"""What GitHub links, notifies, or draws as a formula or an emoji, also in text that was escaped."""


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
    begun = event(url=RUN, summary="Deploy")
    fires = event(source="prod", query='ALERTS{a=~"5.."}', summary="Fires")
    rows = (
        row("Deploy of checkout 1.5.0 starts, run #482 by dana-reyes", begun, kind=Kind.DEPLOY_STARTED),
        row("CheckoutHighErrorRatio fires: 500s at 40% (0.1% before)", fires, kind=Kind.ALERT_FIRING),
        row("6/6 new pods ready", *(event(source="k8s", url=f"https://k8s.example.com/({n})") for n in range(6))),
    )  # fmt: skip
    seen = (
        Coverage("prod", "prometheus", ("alerts (2 pages)", "ratio"), 1312, (), failed=False),
        Coverage("k8s", "kubernetes", (), 0, (Gap("403 for events", "README lists the rights needed"),), failed=True),
    )
    window = Window(START, START + timedelta(minutes=30), ZoneInfo("Europe/Berlin"))
    drawn = Timeline(window, rows, seen, ("2 alerts that always fire: Watchdog",), 9)
    assert render(drawn, Look(bundle="incident.zip")) == (
        "**2026-04-01, 16:00 to 16:30 Europe/Berlin (UTC+02:00)**\n"
        "\n"
        "| Time | Event | Evidence |\n"
        "|---|---|---|\n"
        "| 16:00 | Deploy of checkout 1.5.0 starts, run `#482` by dana-reyes | [github][e1] |\n"
        "| 16:00 | CheckoutHighErrorRatio fires: 500s at 40% (0.1% before) | [2][e2] |\n"
        "| 16:00 | 6/6 new pods ready | [k8s][e3] |\n"
        "\n"
        "<details>\n"
        "<summary>Evidence and coverage</summary>\n"
        "\n"
        "Evidence, kept in `incident.zip`:\n"
        "\n"
        "1. 16:00:00 [github][e1] (github): Deploy\n"
        '2. <a id="e2"></a>16:00:00 (prod): Fires; `ALERTS{a=~"5.."}`\n'
        "3. 16:00:00 [k8s][e3] (k8s):  and 5 more\n"
        "\n"
        "Coverage:\n"
        "\n"
        "- prod (prometheus): asked alerts (2 pages), ratio; 1,312 events\n"
        "- k8s (kubernetes): FAILED, nothing was seen; nothing asked\n"
        "  - 403 for events (README lists the rights needed)\n"
        "- Left out: 2 alerts that always fire: Watchdog\n"
        "- 9 events: 0 in 3 rows, 0 named, counted or folded, 0 dropped (by 0 rules; pm-timeline explain shows which)\n"
        "\n"
        "</details>\n"
        "\n"
        f"[e1]: {RUN}\n"
        "[e2]: #e2\n"
        "[e3]: https://k8s.example.com/%280%29\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "1.4.9 -> 1.5.0",
        "6/6 pods",
        "40% (was 0.1%)",
        "at 12:30:45, 10.0.0.1:100",
        "http_requests_total > 5",
        r"C:\temp",
        "a & b",
        "2 < 3; x=1 + 2",
    ],
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
        ("$HOME or $PATH", "`$HOME` or `$PATH`"),
        ("system:serviceaccount:rocket:ci :100:", "`system:serviceaccount:rocket:ci` `:100`:"),
        ("x|:fire:", r"x\|`:`fire:"),
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
        *("th_open", "th_close", "td_open", "td_close", "inline", "text", "text_special", "code_inline", "html_block"),
        *("link_open", "link_close", "paragraph_open", "paragraph_close", "bullet_list_open", "bullet_list_close"),
        *("list_item_open", "list_item_close", "ordered_list_open", "ordered_list_close", "html_inline"),
        *("strong_open", "strong_close"),
    }  # no HTML but our own, emphasis, heading, image, block of code
    html = {token.content for token in tokens if token.type == "html_block"}
    inline = {child.content for cell in cells(tokens) for child in cell if child.type == "html_inline"}
    titles = ("Evidence and coverage", "Coverage")
    assert html <= {*(f"<details>\n<summary>{title}</summary>\n" for title in titles), "</details>\n"}
    assert all(re.fullmatch(r'<a id="e\d+">|</a>', each) for each in inline)
    found = cells(tokens)
    assert text_of(found[0]) == caption(drawn)
    rows = [each for each in drawn.rows if each.kind != Kind.NOTE]
    shown_cells = [text_of(cell) for cell in found]
    for each in rows:
        assert one_line(each.brief(implied=only_one(drawn.rows))) in shown_cells
    hrefs = {str(child.attrs["href"]) for cell in found for child in cell if child.type == "link_open"}
    pages = {one.page for ours in citations(drawn.rows).values() for one in ours if one.page}
    allowed = {GFM.normalizeLink(each).replace("(", "%28").replace(")", "%29") for each in pages}
    notes = [each for each in drawn.rows if each.kind == Kind.NOTE]
    assert notes or {href for href in hrefs if not href.startswith("#e")} <= allowed
    items = [text_of(item) for item in found][-len(list(coverage(drawn))) :]
    assert items == [text for _, text in coverage(drawn)]
    for children in found if not notes else ():
        assert not [run for run in plain_runs(children) if REFERENCE.search(run)]


@given(HOSTILE)
def test_what_people_wrote_stays_in_its_cell_and_runs_nothing(text: str) -> None:
    tokens = GFM.parse(f"| a | b |\n|---|---|\n| {written(text)} | end |\n")
    body = [token for token in tokens if token.type == "inline"][2:]
    assert [text_of(body[1].children or [])] == ["end"]
    assert len(body) == 2
    children = body[0].children or []
    assert not [child for child in children if child.type in ("html_inline", "image")]
    hrefs = [str(child.attrs["href"]) for child in children if child.type == "link_open"]
    assert all(re.match(r"(?i)(https?:|mailto:)", href) or ":" not in href.split("/")[0] for href in hrefs)


@pytest.mark.parametrize(
    "text",
    [
        "see [the run](https://ci.example/run/1), **not** the `old` one",
        "<https://wiki.example/x>",
        r"a\|b and `x\|y`",
        "2 < 3",
    ],
)
def test_what_people_wrote_keeps_its_markdown(text: str) -> None:
    assert written(text) == text


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("a|b", r"a\|b"),
        ("`a|b`", r"`a\|b`"),
        ("<b>x</b> `<b>`", r"\<b>x\</b> `<b>`"),
        ("[x](javascript:alert(1))", r"[x]\(javascript:alert(1))"),
        ("[x]( java&#115;cript:alert(1))", r"[x]\( java&#115;cript:alert(1))"),
        ("![x](https://a.example/1.png)", r"\![x](https://a.example/1.png)"),
        ("``` <i>", r"``` \<i>"),
        ("see [e1], [a][e2] and [e3](https://a.example)", r"see \[e1], [a]\[e2] and [e3](https://a.example)"),
    ],
)
def test_what_people_wrote_cannot_break_the_table(text: str, markdown: str) -> None:
    assert written(text) == markdown


@pytest.mark.parametrize("about", ["- x", "# x", "1. x", "> x", "=", "| x |", "[x]: y", "```", "$x$"])
def test_phases_of_several_incidents_are_text_whatever_they_are_about(about: str) -> None:
    started = Phase("started", START, START, START, "", about=about)
    drawn = replace(timeline(row("x")), phases=(started,), other_phases=((replace(started, about="mail"),),))
    paragraphs = [text_of(cell) for cell in cells(GFM.parse(render(drawn, Look(evidence=Show.NONE, coverage=False))))]
    assert paragraphs[-1] == f"{about}: started 14:00; mail: started 14:00"


def test_the_evidence_list_keeps_the_markdown_of_a_note_and_escapes_what_machines_wrote() -> None:
    text = "see [the run](https://ci.example/run/1), **not** the `old` one"
    noted = timeline(row(text, event(summary=text, source="notes"), kind=Kind.NOTE))
    assert f"(notes): {text}" in render(noted)
    reported = timeline(row("x", event(summary="**x**"), kind=Kind.DEPLOY_STARTED))
    assert r"\*\*x\*\*" in render(reported)


def test_evidence_stands_where_it_is_wanted() -> None:
    facts = timeline(row("Deploy", event(url=RUN, summary="Deploy"), kind=Kind.DEPLOY_STARTED))
    assert "| 14:00 | Deploy ([github][e1]) |" in render(facts, Look(evidence=Show.INLINE))
    listed = render(facts, Look(evidence=Show.LIST))
    assert "| 14:00 | Deploy |" in listed
    assert f"[e1]: {RUN}" in listed
    assert RUN not in render(facts, Look(evidence=Show.NONE))
    assert "Coverage" not in render(facts, Look(coverage=False))
    alone = render(facts, Look(evidence=Show.NONE))
    assert "<summary>Coverage</summary>\n\n- " in alone
    assert "| 14:00:00 | Deploy |" in render(facts, Look(seconds=True))


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
    assert "\nThe sources saw nothing in this window" in render(timeline())


def test_only_the_start_of_a_row_that_lasted_is_shown() -> None:
    lasted = row("x", kind=Kind.ALERT_FIRING)
    assert "| 14:00 | x |" in render(timeline(lasted))
