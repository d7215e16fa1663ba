"""Finds the timelines between markers in a document, and replaces each by a newer one."""

import re
from collections.abc import Sequence

from msgspec import Struct

from collector.errors import UsageError
from collector.postmortem import marker
from collector.postmortem import record as records
from collector.postmortem.block import comparable, defined, parse_block, render_block
from collector.postmortem.generated import Generated
from collector.postmortem.lines import newline, prose, split
from collector.postmortem.marker import Settings
from collector.window import Window

_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")


class Block(Struct, frozen=True):
    """The lines of one timeline: from its marker at index `start` to the comment after it; `end` is exclusive."""

    start: int
    record: int
    """Index of the first line of the comment at the end, which holds the record."""
    end: int
    settings: Settings


def blocks(text: str) -> list[Block]:
    """The timelines of a document. Raises UsageError with the line of a marker that cannot be used."""
    lines = split(text)
    found: list[Block] = []
    start = None
    for at, line in prose(lines):
        if marker.START.match(line):
            if start is not None:
                raise UsageError(f"line {at + 1}: another timeline begins before the one of line {start + 1} ends")
            start = at
        elif marker.END.match(line):
            if start is None:
                raise UsageError(
                    f"line {at + 1}: a timeline ends that did not begin; put back <!-- pm-timeline ... -->"
                )
            end = next((after for after in range(at, len(lines)) if "-->" in lines[after]), None)
            if end is None:
                raise UsageError(f"line {at + 1}: the comment has no end; put back -->")
            found.append(Block(start, at, end + 1, marker.parsed(lines[start].rstrip(), start + 1)))
            start = None
    if start is not None:
        raise UsageError(f"line {start + 1}: the timeline has no end; put <!-- /pm-timeline --> after it")
    return found


def hidden_marker(text: str) -> int:
    """The number of the first line with a marker, even one in code, a quote or a list, which `blocks` ignores; or 0."""
    lines = enumerate(split(text), 1)
    return next((at for at, line in lines if marker.START.match(line.lstrip(" \t>-*+").rstrip("\r\n"))), 0)


def updated(text: str, block: Block, settings: Settings, made: Generated, window: Window) -> str:
    """The document with a newer timeline in this block, and every byte outside the block unchanged.

    Returns `text` itself if the old and the new block differ only in formatting.
    """
    lines = split(text)
    inside = [line.rstrip("\r\n") for line in lines[block.start + 1 : block.record]]
    old = [line.rstrip("\r\n") for line in lines[block.record : block.end]]
    old[-1] = old[-1].partition("-->")[0]
    record = records.parsed(old, block.record + 1)
    everywhere = defined(lines)
    new = render_block(parse_block(inside, record, made.columns), record, made, window, everywhere)
    opening = next(at for at, line in enumerate(new) if marker.END.match(line))
    same = (
        settings == block.settings
        and comparable(inside, everywhere) == comparable(new[:opening], defined(new))
        and record == records.parsed(new[opening:], 0)
    )
    if same:
        return text
    ends = newline(lines)
    tail = lines[block.end - 1].partition("-->")[2]
    body = ends.join([marker.written(settings), *new]) + tail
    return "".join([*lines[: block.start], body, *lines[block.end :]])


def empty_block(settings: Settings) -> str:
    """The two markers with no timeline between them."""
    return f"{marker.written(settings)}\n<!-- /pm-timeline -->"


def with_block(text: str, settings: Settings) -> str:
    """The document with an empty block below its heading `Timeline`, or below a new one at the end."""
    lines = split(text)
    ends = newline(lines)
    empty = empty_block(settings).split("\n")
    at = _below_heading(lines)
    if at is None:
        gap = [] if not lines else [""] if lines[-1].endswith("\n") else ["", ""]
        return text + ends.join([*gap, "## Timeline", "", *empty, ""])
    head = "".join(lines[:at])
    if not head.endswith("\n"):
        head += ends
    rest = lines[at:]
    gap = [] if not rest or not rest[0].strip() else [""]
    return head + ends.join(["", *empty, *gap, ""]) + "".join(rest)


def _below_heading(lines: Sequence[str]) -> int | None:
    """The index of the line after the heading `Timeline`, else after the first heading with that word."""
    text = dict(prose(lines))
    best: tuple[int, int] | None = None
    for at, line in text.items():
        found = _HEADING.match(line)
        under = text.get(at + 1, "")
        title, after = (found[2], at + 1) if found else (line, at + 2)
        if not found and not (line.strip() and re.fullmatch(r" {0,3}(?:=+|-+)\s*", under)):
            continue
        words = re.findall(r"\w+", title.casefold())
        rank = 0 if words == ["timeline"] else 1 if "timeline" in words else 2
        if rank < 2 and (best is None or rank < best[0]):
            best = rank, after
    return best[1] if best else None
