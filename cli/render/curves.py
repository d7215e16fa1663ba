"""The error ratios above the lanes, a curve for each service, and the times when alerts fired."""

from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec import Struct

from cli.render.axis import Axis
from cli.render.clean import one_line
from cli.render.xml_text import xml
from collector.event import Kind
from collector.result import Timeline
from collector.wording.numbers import percent

_MOST = 3
"""Maximum number of curves, those with the highest peaks; more would be hard to distinguish."""

NAME = 16
"""Height of the name of a curve."""


class Curve(Struct, frozen=True):
    """A ratio over time."""

    name: str
    """Such as `5xx ratio of checkout`; plain, not yet escaped."""
    points: tuple[tuple[datetime, float], ...]
    """Instants in UTC, each with the ratio as a fraction of 1."""

    @property
    def peak(self) -> float:
        """The highest value."""
        return max(value for _, value in self.points)


def curves(timeline: Timeline, time: Axis) -> list[Curve]:
    """The ratios behind the rows, cut to the axis; of many, those with the highest peaks."""
    points: dict[tuple[str, str], dict[float, float]] = {}
    for row in timeline.rows:
        for event in row.events:
            if event.plot and event.keys.measure.endswith("ratio"):
                name = (one_line(event.subject.service or row.service), one_line(event.keys.measure))
                points.setdefault(name, {}).update(event.plot)
    start, end = time.start.timestamp(), time.end.timestamp()
    found = []
    for (service, measure), values in sorted(points.items()):
        kept = tuple(
            (datetime.fromtimestamp(at, UTC), value) for at, value in sorted(values.items()) if start <= at <= end
        )
        if kept:
            found.append(Curve(f"{measure} of {service}" if service else measure, kept))
    return sorted(found, key=lambda one: (-one.peak, one.name))[:_MOST]


def draw_scale(found: list[Curve], time: Axis, top: float, height: float) -> Iterator[str]:
    """The scale at the left, and the base line; `height` is that of the curves without their names."""
    top += NAME * len(found)
    bottom, highest = top + height, percent(_most(found))
    yield f'<text class="label" x="{time.left - 8:.1f}" y="{top + 4:.1f}" text-anchor="end">{highest}</text>'
    yield f'<text class="label" x="{time.left - 8:.1f}" y="{bottom + 4:.1f}" text-anchor="end">0%</text>'
    yield f'<path class="grid" d="M{time.left:.1f} {bottom:.1f}H{time.right:.1f}"/>'


def draw_curves(found: list[Curve], time: Axis, top: float, height: float) -> Iterator[str]:
    """The curves, below the space for their names."""
    bottom, most = top + NAME * len(found) + height, _most(found)
    for number, one in enumerate(found):
        places = (
            f"{time.at(at):.1f} {bottom - min(1.0, max(0.0, value / most)) * height:.1f}" for at, value in one.points
        )
        yield f'<path class="curve c{number}" d="M{"L".join(places)}"><title>{xml(one.name)}</title></path>'


def draw_names(found: list[Curve], time: Axis, top: float) -> Iterator[str]:
    """The name of each curve."""
    for number, one in enumerate(found):
        y = top + NAME * number + 4
        yield f'<text class="name c{number}" x="{time.left + 6:.1f}" y="{y:.1f}">{xml(one.name)}</text>'


def _most(found: list[Curve]) -> float:
    return max([one.peak for one in found if one.peak > 0], default=1.0)


def draw_alerts(timeline: Timeline, time: Axis, top: float, bottom: float) -> Iterator[str]:
    """The time during which each alert fired, up to the end of the axis if it did not end."""
    yield '<g class="alerts">'
    for row in timeline.rows:
        if row.kind == Kind.ALERT_FIRING:
            left = time.at(row.at)
            width = max(1.0, time.at(max(row.end or time.end, row.at)) - left)
            where = f'x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{bottom - top:.1f}"'
            yield f'<rect class="alert" {where}><title>{xml(row.text)}</title></rect>'
    yield "</g>"
