"""The timeline as Markdown: a table to paste into a postmortem, and below it the evidence and the coverage."""

import hashlib
from collections.abc import Iterator, Sequence

from cli.render.caption import caption, only_one
from cli.render.citations import Citation, citations, shown
from cli.render.clean import one_line
from cli.render.look import PLAIN, Look, Show
from cli.render.markdown_text import escape, fenced, item, target
from cli.render.notes_markdown import written
from cli.render.plain import clock, coverage, nothing, phases
from collector.event import Kind
from collector.postmortem.generated import Generated, GeneratedRow
from collector.postmortem.table import lines_of
from collector.result import Timeline
from collector.row import Row


def render(timeline: Timeline, look: Look = PLAIN) -> str:
    """The table with reference links, then the evidence and the coverage, collapsed."""
    made = pieces(timeline, look)
    lines = [made.caption, ""]
    lines += lines_of(made.columns, [row.cells for row in made.rows]) if made.rows else [made.nothing]
    if made.phases:
        lines += ["", made.phases]
    if made.below:
        lines += ["", *made.below]
    if made.references:
        lines += ["", *(f"[{label}]: {target}" for label, target in made.references.items())]
    return "\n".join(lines) + "\n"


def pieces(timeline: Timeline, look: Look = PLAIN) -> Generated:
    """The same text in pieces, for inserting into a document."""
    cited = citations(timeline.rows) if look.evidence != Show.NONE else {}
    every = [one for ours in cited.values() for one in ours]
    evidence = list(_evidence(timeline, every, look))
    below = [*evidence, *(_coverage(timeline, apart=bool(evidence)) if look.coverage else ())]
    if below:
        about = " and ".join([*(["Evidence"] if every else []), *(["coverage"] if look.coverage else [])])
        summary = f"<summary>{about[:1].upper()}{about[1:]}</summary>"
        below = ["<details>", summary, "", *below, "", "</details>"]
    return Generated(
        caption=f"**{escape(caption(timeline))}**",
        columns=("Time", "Event", *(["Evidence"] if look.evidence == Show.COLUMN else [])),
        rows=tuple(_rows(timeline, cited, look)),
        nothing=nothing(timeline),
        phases=item(phases(timeline)),
        below=tuple(below),
        references={_label(one, look): target(one.page) or f"#{_label(one, look)}" for one in every if _linked(one)},
    )


def _rows(timeline: Timeline, cited: dict[int, list[Citation]], look: Look) -> Iterator[GeneratedRow]:
    show, implied = clock(timeline.window, seconds=look.seconds), only_one(timeline.rows)
    for at, row in enumerate(timeline.rows):
        cell = _words(row, implied=implied)
        links = ", ".join(_link(one, look) for one in shown(cited.get(at, ())))
        if look.evidence == Show.INLINE and links:
            cell += f" ({links})"
        yield GeneratedRow(row.id, (show(row.at), cell, *([links] if look.evidence == Show.COLUMN else [])))


def _label(one: Citation, look: Look) -> str:
    """The label of links to it: its number, or with `lasting_labels` a hash that further evidence does not change."""
    if not look.stable_labels:
        return f"e{one.number}"
    about = f"{one.row.id}\0{one.source}\0{one.word}".encode("utf-8", "replace")
    return f"e{hashlib.sha256(about).hexdigest()[:8]}"


def _words(row: Row, *, implied: bool) -> str:
    # People write Markdown in their notes; text from systems is literal.
    text = row.brief(implied=implied)
    return written(text) if row.kind == Kind.NOTE else escape(text)


def _linked(one: Citation) -> bool:
    """Whether links lead to it. A note without a page has none: its text is in the row."""
    return bool(one.page) or one.word != Kind.NOTE.value


def _link(one: Citation, look: Look) -> str:
    return f"[{escape(one.word or str(one.number), linked=True)}][{_label(one, look)}]" if _linked(one) else one.word


def _evidence(timeline: Timeline, every: Sequence[Citation], look: Look) -> Iterator[str]:
    if not every:
        return
    kept = f", kept in {fenced(one_line(look.bundle))}" if look.bundle else ""
    yield from [f"Evidence{kept}:", ""]
    show = clock(timeline.window, seconds=True)
    for one in every:
        yield f"{one.number}. {_line(one, show(one.start), show(one.end), look)}"


def _line(one: Citation, start: str, end: str, look: Look) -> str:
    when = escape(start if start == end else f"{start} to {end}")
    more = f" and {one.more:,} more" if one.more else ""
    anchor = f'<a id="{_label(one, look)}"></a>' if _linked(one) and not one.page else ""
    opened = f" {_link(one, look)}" if one.page else ""
    source = escape(one.source)
    places = "".join(f"; {fenced(place)}" for place in one.places)
    what = written(one.what) if one.row.kind == Kind.NOTE else escape(one.what)
    return f"{anchor}{when}{opened} ({source}): {what}{more}{places}"


def _coverage(timeline: Timeline, *, apart: bool) -> Iterator[str]:
    if apart:
        # Without a list of evidence above it, the coverage needs no heading.
        yield from ["", "Coverage:", ""]
    yield from (f"{'  ' * depth}- {item(text)}" for depth, text in coverage(timeline))
