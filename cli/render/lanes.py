"""The lanes of the picture, with a mark for each row: one per service, or per source for rows without a service."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from cli.render.axis import Axis
from cli.render.clean import one_line
from cli.render.lines import Line
from cli.render.xml_text import xml
from collector.event import Kind

STEP = 24
"""Height of one level of a lane. Marks that would overlap are put on different levels."""
_WIDTH = 30
"""Width of a mark with its number."""
_MOST_LEVELS = 8
_NAME = 19
"""Maximum number of characters of a lane's name that fit beside it."""
_BAD = ("alert.firing", "errors.rose", "latency.rose", "pod.crash", "pod.oom", "deploy.failed", "ci.run.failed")
_GOOD = ("alert.resolved", "errors.fell", "latency.fell", "rollback.completed")
_CHANGES = ("deploy", "rollout", "rollback", "ci", "config", "flag", "workload")


class Mark(Struct, frozen=True):
    """A row in the picture."""

    line: Line
    x: float
    level: int


class Lane(Struct, frozen=True):
    """The marks of one service."""

    name: str
    marks: Sequence[Mark]

    @property
    def height(self) -> int:
        """The height of all its levels, with a margin."""
        return STEP * (1 + max((mark.level for mark in self.marks), default=0)) + 10


def lanes(every: Iterable[Line], time: Axis) -> list[Lane]:
    """The lanes in the order of their first rows."""
    found: dict[str, list[Line]] = {}
    for line in every:
        name = line.row.service or next(iter(line.row.sources), "") or "others"
        found.setdefault(one_line(name), []).append(line)
    return [Lane(name, list(_marks(ours, time))) for name, ours in found.items()]


def _marks(ours: Iterable[Line], time: Axis) -> Iterator[Mark]:
    free: list[float] = []
    for line in ours:
        x = time.at(line.row.at)
        level = next((at for at, until in enumerate(free) if until <= x), len(free))
        if level == len(free) and level < _MOST_LEVELS:
            free.append(0.0)
        level = min(level, _MOST_LEVELS - 1)
        free[level] = x + _WIDTH
        yield Mark(line, x, level)


def draw_name(lane: Lane, time: Axis, top: float) -> Iterator[str]:
    """The name at the left, and the grid line above the lane."""
    yield f'<path class="grid" d="M{time.left:.1f} {top:.1f}H{time.right:.1f}"/>'
    short = lane.name if len(lane.name) <= _NAME else f"{lane.name[: _NAME - 1]}\N{HORIZONTAL ELLIPSIS}"
    place = f'x="{time.left - 8:.1f}" y="{top + lane.height / 2 + 4:.1f}" text-anchor="end"'
    yield f'<text class="lane" {place}>{xml(short)}<title>{xml(lane.name)}</title></text>'


def draw_marks(lane: Lane, top: float, *, linked: bool) -> Iterator[str]:
    """The marks. With `linked` each is a link to its row in the page, with its x coordinate for `zoom.js`."""
    for mark in lane.marks:
        y = top + 5 + STEP * mark.level + STEP / 2
        number, title = mark.line.number, xml(f"{mark.line.time} {mark.line.text}")
        drawn = _shape(mark.line.row.kind, mark.x, y)
        text = f'<text class="number" x="{mark.x + 9:.1f}" y="{y + 4:.1f}">{number}</text>'
        group = f'<g class="{_sort(mark.line.row.kind)}"><title>{title}</title>{drawn}{text}</g>'
        link = f'<a class="mark" href="#row-{number}" data-x="{mark.x:.1f}" aria-label="{number}: {title}">{group}</a>'
        yield link if linked else group


def _sort(kind: Kind) -> str:
    if kind.value.startswith(_BAD):
        return "bad"
    if kind.value.startswith(_GOOD):
        return "good"
    if kind in (Kind.NOTE, Kind.ANNOTATION):
        return "note"
    return "change" if kind.value.partition(".")[0] in _CHANGES else "other"


def _shape(kind: Kind, x: float, y: float) -> str:
    """Changes are triangles, notes and annotations are diamonds, alerts are squares, everything else is a circle."""
    sort = kind.value.partition(".")[0]
    if sort in _CHANGES:
        return f'<path d="M{x - 6:.1f} {y - 6:.1f}L{x + 7:.1f} {y:.1f}L{x - 6:.1f} {y + 6:.1f}Z"/>'
    if kind in (Kind.NOTE, Kind.ANNOTATION):
        return f'<path d="M{x:.1f} {y - 7:.1f}L{x + 7:.1f} {y:.1f}L{x:.1f} {y + 7:.1f}L{x - 7:.1f} {y:.1f}Z"/>'
    if sort == "alert":
        return f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6"/>'
