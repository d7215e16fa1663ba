"""How the beginning and the end of an episode are worded, in a row of their own or in that of an alert or change."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from collector.episodes import Episode
from collector.event import Event, Kind
from collector.row import row
from collector.timeline import Row
from collector.words import clock, count, listed, named, percent, rate, seconds


def episode_rows(episode: Episode, tz: tzinfo) -> list[Row]:
    """The rows of an episode of which no alert and no change tells."""
    rows = []
    begun, over = episode.begun, episode.over
    if begun:
        text = _capital(beginning(episode, tz, of=episode.service))
        rows.append(row(begun.kind, begun.what.at, text, episode.service, [begun], end=episode.until))
    if over:
        text = _capital(ending(episode, of=episode.service))
        if not begun:
            since = over.what.numbers.get("since")
            text += f" (since before {_unix_clock(since, tz)})" if since is not None else ""
        rows.append(row(over.kind, over.what.at, text, episode.service, [over]))
    return rows


def beginning(episode: Episode, tz: tzinfo, of: str = "") -> str:
    """`5xx ratio rises from 0.1% to 40% (since 14:03, peak 41.2% at 14:09, 5,412 of 13,004 requests)`.

    Empty if it began before anything that was seen.
    """
    if episode.begun is None:
        return ""
    what = episode.begun.what
    numbers, value = what.numbers, _unit(what)
    extremes = [name for name in ("peak", "lowest") if name in numbers and f"{name}_at" in numbers]
    details = listed(
        f"since {clock(what.at, tz)}",
        *(f"{name} {value(numbers[name])} at {_unix_clock(numbers[f'{name}_at'], tz)}" for name in extremes),
        f"{count(numbers['errors'])} of {count(numbers['requests'])} requests" if "errors" in numbers else "",
        f"p95 {seconds(numbers['p95_before'])} to {seconds(numbers['p95_after'])}"
        if {"p95_before", "p95_after"} <= numbers.keys()
        else "",
    )
    return f"{_moves(what, of)} ({details})"


def ending(episode: Episode, of: str = "") -> str:
    """`5xx ratio falls from 40% to 0%`; empty if it went on."""
    return _moves(episode.over.what, of) if episode.over else ""


def _moves(what: Event, of: str) -> str:
    before, after, value = what.numbers["before"], what.numbers["after"], _unit(what)
    measure = "traffic" if what.kind in _TRAFFIC else what.keys.measure or "error ratio"
    verb = "rises" if what.kind in _RISES else "falls"
    return f"{named(measure, f'of {of}' if of else '')} {verb} from {value(before)} to {value(after)}"


_TRAFFIC = (Kind.TRAFFIC_FELL, Kind.TRAFFIC_ROSE)
_RISES = (Kind.ERRORS_ROSE, Kind.LATENCY_ROSE, Kind.TRAFFIC_ROSE)


def _unit(what: Event) -> Callable[[float], str]:
    return rate if what.kind in _TRAFFIC else percent


def _unix_clock(moment: float, tz: tzinfo) -> str:
    return clock(datetime.fromtimestamp(moment, tz), tz)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
