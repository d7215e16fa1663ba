"""The timeline as Markdown: a table to paste into a postmortem, and below it the evidence and what was not seen."""

from collections.abc import Iterator, Sequence

from cli.render.caption import caption, only_one
from cli.render.citations import Citation, citations, shown
from cli.render.clean import one_line
from cli.render.look import PLAIN, Look, Show
from cli.render.markdown_text import escape, fenced, item, target
from cli.render.notes_markdown import written
from cli.render.plain import clock, coverage, nothing, phases
from collector.event import Kind
from collector.result import Timeline
from collector.row import Row


def render(timeline: Timeline, look: Look = PLAIN) -> str:
    """The table with its links as references, then the evidence and the coverage, folded up."""
    cited = citations(timeline.rows) if look.evidence != Show.NONE else {}
    lines = [f"**{escape(caption(timeline))}**", ""]
    lines += _table(timeline, cited, look) if timeline.rows else [nothing(timeline)]
    if found := phases(timeline):
        lines += ["", escape(found)]
    every = [one for ours in cited.values() for one in ours]
    below = [*_evidence(timeline, every, look), *(_coverage(timeline) if look.coverage else ())]
    if below:
        about = " and ".join([*(["Evidence"] if every else []), *(["coverage"] if look.coverage else [])])
        lines += ["", "<details>", f"<summary>{about[:1].upper()}{about[1:]}</summary>", "", *below, "", "</details>"]
    if every:
        lines += ["", *(f"[e{one.number}]: {target(one.page) or f'#e{one.number}'}" for one in every if _linked(one))]
    return "\n".join(lines) + "\n"


def _table(timeline: Timeline, cited: dict[int, list[Citation]], look: Look) -> Iterator[str]:
    show, implied = clock(timeline.window, seconds=look.seconds), only_one(timeline.rows)
    column = look.evidence == Show.COLUMN
    yield "| Time | Event |" + (" Evidence |" if column else "")
    yield "|---|---|" + ("---|" if column else "")
    for at, row in enumerate(timeline.rows):
        cell = _words(row, implied=implied)
        links = ", ".join(map(_link, shown(cited.get(at, ()))))
        if look.evidence == Show.INLINE and links:
            cell += f" ({links})"
        yield f"| {show(row.at)} | {cell} |" + (f" {links} |" if column else "")


def _words(row: Row, *, implied: bool) -> str:
    # People write Markdown in their notes; what systems report is literal.
    text = row.brief(implied=implied)
    return written(text) if row.kind == Kind.NOTE else escape(text)


def _linked(one: Citation) -> bool:
    """A note is read where it stands: in its row."""
    return bool(one.page) or one.word != Kind.NOTE.value


def _link(one: Citation) -> str:
    return f"[{escape(one.word or str(one.number), linked=True)}][e{one.number}]" if _linked(one) else one.word


def _evidence(timeline: Timeline, every: Sequence[Citation], look: Look) -> Iterator[str]:
    if not every:
        return
    kept = f", kept in {fenced(one_line(look.bundle))}" if look.bundle else ""
    yield from [f"Evidence{kept}:", ""]
    show = clock(timeline.window, seconds=True)
    for one in every:
        yield f"{one.number}. {_line(one, show(one.start), show(one.end))}"


def _line(one: Citation, start: str, end: str) -> str:
    when = escape(start if start == end else f"{start} to {end}")
    more = f" and {one.more:,} more" if one.more else ""
    anchor = f'<a id="e{one.number}"></a>' if _linked(one) and not one.page else ""
    opened = f" {_link(one)}" if one.page else ""
    source = escape(one.source)
    places = "".join(f"; {fenced(place)}" for place in one.places)
    return f"{anchor}{when}{opened} ({source}): {escape(one.what)}{more}{places}"


def _coverage(timeline: Timeline) -> Iterator[str]:
    yield from ["", "Coverage:", ""]
    yield from (f"{'  ' * depth}- {item(text)}" for depth, text in coverage(timeline))
