"""The facts of a timeline that a template may print, as escaped Markdown; None or empty if unknown."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from cli.render.caption import caption, services
from cli.render.markdown_text import escape
from cli.render.plain import clock
from collector.event import Event, Kind
from collector.result import Phase, Timeline
from collector.wording.numbers import count, duration_text, percent
from collector.zones import zone_name


def facts(timeline: Timeline) -> dict[str, object]:
    """The facts by the names that a template uses; docs/postmortem.md describes each."""
    window, show = timeline.window, clock(timeline.window, seconds=True)
    start, _ = _lasted(timeline.phases)
    return {
        "date": f"{window.local(start or window.start):%Y-%m-%d}",
        "window": escape(caption(timeline).partition(" \N{MIDDLE DOT} ")[0]),
        "zone": escape(zone_name(window.tz)),
        "services": [escape(name) for name in services(timeline.rows)],
        **_incident(timeline.phases, show),
        "others": [_incident(phases, show) for phases in timeline.other_phases],
        "errors": list(_errors(timeline)),
    }


def _incident(phases: Sequence[Phase], show: Callable[[datetime], str]) -> dict[str, object]:
    start, end = _lasted(phases)
    return {
        "about": escape(phases[0].about) if phases else "",
        "started": show(start) if start else None,
        "ended": show(end) if end else None,
        "duration": duration_text(end - start) if start and end and end > start else None,
        "phases": list(_phases(phases, show)),
    }


def _lasted(phases: Iterable[Phase]) -> tuple[datetime | None, datetime | None]:
    at = {phase.name: phase.at for phase in phases}
    return at.get("started"), at.get("resolved") or at.get("mitigated")


def _phases(phases: Iterable[Phase], show: Callable[[datetime], str]) -> Iterator[dict[str, str]]:
    for phase in phases:
        first, last = (show(moment) if moment else "" for moment in (phase.earliest, phase.latest))
        yield {
            "name": escape(phase.name),
            "time": show(phase.at) if phase.at else "",
            "interval": first if first == last else f"{first} to {last}",
            "after": duration_text(phase.after) if phase.after else "",
            "found_by": escape(phase.found_by),
        }


def _errors(timeline: Timeline) -> Iterator[dict[str, str]]:
    """Each rise of an error ratio, once per service and time."""
    show = clock(timeline.window, seconds=True)
    rises = (event for row in timeline.rows for event in row.events if event.kind == Kind.ERRORS_ROSE)
    seen: set[tuple[str, datetime]] = set()
    for event in rises:
        if (event.subject.service, event.at) in seen or "change" in event.numbers:
            # A change from one level to another is within the time of the rise before it.
            continue
        seen.add((event.subject.service, event.at))
        numbers = event.numbers
        peak, failed, requests = numbers.get("peak"), numbers.get("errors"), numbers.get("requests")
        yield {
            "service": escape(event.subject.service),
            "measure": escape(event.keys.measure or "error ratio"),
            "peak": percent(peak) if peak is not None else "",
            "peak_at": show(_peak_at(event)),
            "failed": count(failed) if failed is not None else "",
            "requests": count(requests) if requests is not None else "",
            "share": percent(failed / requests) if failed is not None and requests else "",
        }


def _peak_at(event: Event) -> datetime:
    at = event.numbers.get("peak_at")
    return datetime.fromtimestamp(at, UTC) if at is not None else event.at
