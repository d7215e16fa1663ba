"""The caption above the table: the day, the window, the zone and the services."""

from collections.abc import Iterable
from datetime import datetime

from cli.render.clean import one_line
from collector.result import Timeline
from collector.row import Row
from collector.zones import zone_name

_MOST_SERVICES = 4


def caption(timeline: Timeline) -> str:
    """`2026-04-01, 14:00 to 14:30 UTC · checkout (shop)`; one line, not yet escaped for any format."""
    window = timeline.window
    start, end = window.local(window.start), window.local(window.end)
    shape = "%H:%M:%S" if start.second or end.second else "%H:%M"
    later = "" if start.date() == end.date() else f"{end:%Y-%m-%d}, "
    zone = zone_name(window.tz)
    same = start.utcoffset() == end.utcoffset()
    # The name of a zone does not show its UTC offset on that day.
    offsets = _offset(start) if same else f"{_offset(start)}, later {_offset(end)}"
    offset = "" if zone.startswith("UTC") else f" ({offsets})"
    when = f"{start:%Y-%m-%d}, {start:{shape}} to {later}{end:{shape}} {zone}{offset}"
    names = services(timeline.rows)
    shown = ", ".join(names[:_MOST_SERVICES])
    more = f" and {len(names) - _MOST_SERVICES} more" if len(names) > _MOST_SERVICES else ""
    return one_line(f"{when} \N{MIDDLE DOT} {shown}{more}" if names else when)


def services(rows: Iterable[Row]) -> list[str]:
    """The services of the rows, with the namespace if it is known and differs; those with most rows first."""
    count: dict[str, int] = {}
    namespaces: dict[str, set[str]] = {}
    for row in rows:
        if row.service:
            count[row.service] = count.get(row.service, 0) + 1
            places = namespaces.setdefault(row.service, set())
            places |= {
                one.best.subject.namespace
                for one in row.occurrences
                if one.best.subject.service == row.service and one.best.subject.namespace
            }
    ordered = sorted(count, key=lambda name: (-count[name], name))
    return [_placed(name, namespaces[name]) for name in ordered]


def only_one(rows: Iterable[Row]) -> bool:
    """Whether all rows with a service have the same one, so that it is enough if the caption names it."""
    return len({row.service for row in rows if row.service}) == 1


def _placed(name: str, namespaces: set[str]) -> str:
    return f"{name} ({', '.join(sorted(namespaces))})" if namespaces - {name} else name


def _offset(moment: datetime) -> str:
    return f"UTC{moment.isoformat()[-6:]}"
