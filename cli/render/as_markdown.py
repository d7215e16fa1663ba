"""The timeline as Markdown: a table to paste into a postmortem, and what it covers."""

import re

from cli.render.clean import one_line, page
from cli.render.plain import clock, coverage, heading, nothing, phases, places
from collector.result import Timeline
from collector.row import Evidence, Row

_PUNCTUATION = r"!-/:-@\[-`{-~"
_SPECIAL = re.compile(
    rf"""
      [`*~\[\]|]
    | \\(?=[{_PUNCTUATION}]|$)            # an escape; a backslash before anything else is itself
    | <(?=[A-Za-z/!?])                    # HTML and autolinks
    | &(?=\#?\w+;)                       # entities
    | (?<![A-Za-z0-9])_ | _(?![A-Za-z0-9])  # emphasis; within words an underscore is itself
    """,
    re.VERBOSE,
)
_ENTITY = re.compile(r"&(?=#?\w+;)")
# GitHub looks for these after it has dealt with escapes and entities, so that only code is left alone
# (github/cmark-gfm#181): URLs, mail addresses and mentions, references to issues.
_REFERENCE = re.compile(r"://|www\.|@\w|#\d|\bGH-\d", re.IGNORECASE)
_TRIGGER = re.compile(r"((?:[@#]|:(?=//)|(?<=www)\.|(?<=gh)-)+)", re.IGNORECASE)
_BLOCK = re.compile(r"([0-9]{1,9}(?=[.)](?:\s|$)))?(?=[-+#>=.)])")


def render(timeline: Timeline) -> str:
    """The table with evidence as links, then the coverage as a list."""
    lines = []
    if timeline.rows:
        show = clock(timeline.window)
        lines += [f"| {escape(heading(timeline.window))} | Event | Evidence |", "| --- | --- | --- |"]
        lines += [f"| {show(row.at)} | {escape(row.text)} | {_evidence(row)} |" for row in timeline.rows]
    else:
        lines.append(nothing(timeline))
    if found := phases(timeline):
        lines += ["", escape(found)]
    lines += ["", "Coverage:", ""]
    lines += [f"{'  ' * depth}- {_item(text)}" for depth, text in coverage(timeline)]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Inline Markdown, fit for a table cell, that renders as exactly `text` and links to or notifies nobody."""
    return " ".join(_word(word) for word in one_line(text).split(" "))


def _word(word: str) -> str:
    if not _REFERENCE.search(word):
        return _escaped(word)
    if "|" in word:
        return _code(word)
    rest = word.lstrip("([\"'{<")
    core = rest.rstrip(")]\"'}>.,;:!?")
    return _escaped(word[: -len(rest)]) + _code(core) + _escaped(rest[len(core) :])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def _code(text: str) -> str:
    """`text` as code; with a pipe, which code in a table and code elsewhere need written differently, parts of it."""
    if "|" in text:
        parts = _TRIGGER.split(text)
        return "".join(f"`{part}`" if index % 2 else _escaped(part) for index, part in enumerate(parts))
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    space = " " if "`" in (text[:1], text[-1:]) else ""
    return f"{fence}{space}{text}{space}{fence}"


def _evidence(row: Row) -> str:
    shown, more = places(row)
    return ", ".join([*map(_place, shown), *([f"+{more}"] if more else [])])


def _place(evidence: Evidence) -> str:
    url = page(evidence.url).replace("(", "%28").replace(")", "%29")
    if url:
        # Within a link nothing else is linked, so the label needs no code.
        return f"[{_escaped(one_line(evidence.label))}]({_ENTITY.sub('&amp;', url)})"
    query = one_line(evidence.query)
    return f"{escape(evidence.label)}: {_code(query)}" if query else escape(evidence.label)


def _item(text: str) -> str:
    """One item of a list; what would begin a block of its own is escaped."""
    text = escape(text)
    block = _BLOCK.match(text)
    return f"{text[: block.end()]}\\{text[block.end() :]}" if block else text
