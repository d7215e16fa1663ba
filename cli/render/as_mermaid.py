"""The timeline as a Mermaid Gantt chart, which GitHub, GitLab and Obsidian draw: a section for each service.

Mermaid ends a text at a colon, semicolon or hash. The only escape is its own form of entities: `#58;`.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from cli.render.caption import caption
from cli.render.clean import one_line
from cli.render.lines import Line, lines
from cli.render.look import PLAIN, Look
from cli.render.plain import nothing
from collector.event import Kind
from collector.result import Timeline

# Mermaid uses U+FB02 and U+00B6 internally to encode entities while it parses.
_ACTS = re.compile(r"[^A-Za-z0-9 .,()/+=\u00a1-\U0010ffff-]|[\ufb02\u00b6]")
_OTHERS = "without a service"
_BAD = ("alert.firing", "errors.rose", "latency.rose", "pod.crash", "pod.oom", "deploy.failed", "ci.run.failed")


def render(timeline: Timeline, look: Look = PLAIN) -> str:
    """A milestone for each row, or a bar if it has an end. The times are those of the table."""
    every = lines(timeline, look)
    window = timeline.window
    # A chart has no time zones. If the offset changes within the window, only UTC keeps the order.
    moved = window.local(window.start).utcoffset() != window.local(window.end).utcoffset()
    text = [
        "gantt",
        f"    title {escape(caption(timeline))}{escape('; axis in UTC') if moved else ''}",
        "    dateFormat YYYY-MM-DDTHH:mm:ss",
        "    axisFormat %H:%M",
    ]
    if not every:
        start, end = (_wall(moment, timeline, utc=moved) for moment in (window.start, window.end))
        text += [f"    section {escape(_OTHERS)}", f"    {escape(nothing(timeline))} :done, r0, {start}, {end}"]
    for name, ours in _sections(every):
        text.append(f"    section {escape(name)}")
        text += (f"    {_task(line, timeline, utc=moved)}" for line in ours)
    return "\n".join(text) + "\n"


def escape(text: str) -> str:
    """Markup that Mermaid shows as exactly `text`. Empty text becomes a dash, because every task needs a text."""
    return _ACTS.sub(lambda found: f"#{ord(found[0])};", one_line(text)) or "#45;"


def _sections(every: Sequence[Line]) -> Iterator[tuple[str, list[Line]]]:
    sections: dict[str, list[Line]] = {}
    for line in every:
        sections.setdefault(one_line(line.row.service) or _OTHERS, []).append(line)
    yield from sections.items()


def _task(line: Line, timeline: Timeline, *, utc: bool) -> str:
    row = line.row
    start = _wall(row.at, timeline, utc=utc)
    tag = "crit, " if row.kind.value.startswith(_BAD) else "active, " if row.kind == Kind.NOTE else ""
    text = escape(f"{line.time} {line.text}")
    if row.end is not None and row.end > row.at:
        return f"{text} :{tag}r{line.number}, {start}, {_wall(row.end, timeline, utc=utc)}"
    return f"{text} :{tag}milestone, r{line.number}, {start}, 0s"


def _wall(moment: datetime, timeline: Timeline, *, utc: bool) -> str:
    local = moment.astimezone(UTC) if utc else timeline.window.local(moment)
    return f"{local:%Y-%m-%dT%H:%M:%S}"
