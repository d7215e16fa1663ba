"""Containers that end again and again: since when, how often, and whether they still do."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from collector.event import Event
from sources.cluster.facts import containers as facts
from sources.cluster.pod_history import BackOff, Death, Evidence, PodInstance
from sources.fact import Moment, report

_LONGEST_PAUSE = timedelta(minutes=15)
"""Ends further apart than this are different loops.

The kubelet waits at most 5 minutes before it restarts a container, and resets the back-off once one has run for 10.
"""
_LEAST = 3
"""This many ends are a loop, even without a known back-off."""
_FIRST_END = timedelta(minutes=10)
"""The kubelet backs off from the second end on, if that follows the first within this time."""


class _Loop(Struct, frozen=True):
    begin: Moment
    """The time of the first end."""
    at: datetime
    until: datetime
    deaths: tuple[Death, ...]
    evidence: Evidence
    container: str
    lasts: bool


def loop_events(pod: PodInstance, crashes: Iterable[Death], source: str) -> Iterator[Event]:
    """One Event for each crash loop of this pod; `crashes` are its containers' ends that nothing else explains.

    It lasts from the first end until the last sign of the loop. `numbers`: `count` of the ends and `exit_code`, if they
    are known, and the `restarts` of the container since its pod was started.
    """
    for loop in _loops(pod, sorted(crashes, key=lambda death: (death.when, death.container))):
        last = loop.deaths[-1] if loop.deaths else None
        young = pod.started is not None and pod.started.earliest >= loop.at - _FIRST_END
        known = sum(death.count for death in loop.deaths)
        restarts = max([pod.restarts, *(death.restarts or 0 for death in loop.deaths)])
        count = max(known, restarts) if young else known if known >= _LEAST else 0
        numbers = {"count": count, "restarts": restarts}
        code = last.code if last else None
        if code is not None:
            numbers["exit_code"] = code
        details = [
            f"{count} times" if count else f"restarted {restarts} times since its start" if restarts else "",
            "" if code is None else f"exit code {code}",
            last.reason if last else "",
            "still so when it was last seen" if loop.lasts else "",
        ]
        yield report(
            facts.crash_loop(pod.subject, loop.container, ", ".join(part for part in details if part)),
            Moment(min(loop.begin.earliest, loop.at), max(loop.until, loop.at, loop.begin.latest)),
            source=source,
            native_id=f"{loop.evidence.native_id}/loop",
            at=loop.at,
            keys=pod.keys,
            numbers={name: number for name, number in numbers.items() if number or name == "exit_code"},
            url=loop.evidence.url,
            query=loop.evidence.query,
            reason=(last.reason if last else "") or "CrashLoopBackOff",
        )


def _loops(pod: PodInstance, crashes: Sequence[Death]) -> Iterator[_Loop]:
    back_offs = sorted(pod.back_offs, key=lambda wait: wait.when)
    loops: list[_Loop] = []
    for container in sorted({death.container for death in crashes}):
        for series in _series([death for death in crashes if death.container == container]):
            ours = [wait for wait in back_offs if _near(wait, series)]
            if ours or sum(death.count for death in series) >= _LEAST:
                loops.append(_loop(pod, series, ours))
                back_offs = [wait for wait in back_offs if wait not in ours]
    rest: list[BackOff] = []
    for wait in back_offs:
        if rest and wait.when.earliest > rest[-1].when.latest + _LONGEST_PAUSE:
            yield _loop(pod, [], rest)
            rest = []
        rest.append(wait)
    if rest:
        yield _loop(pod, [], rest)
    yield from loops


def _series(deaths: Sequence[Death]) -> Iterator[list[Death]]:
    """The ends of one container, grouped into runs of ends that follow each other soon enough."""
    series: list[Death] = []
    for death in deaths:
        if series and death.when.earliest > series[-1].when.latest + _LONGEST_PAUSE:
            yield series
            series = []
        series.append(death)
    if series:
        yield series


def _near(wait: BackOff, series: Sequence[Death]) -> bool:
    same = not wait.container or wait.container == series[0].container
    begin, end = series[0].when.earliest - _LONGEST_PAUSE, series[-1].when.latest + _LONGEST_PAUSE
    return same and wait.when.earliest <= end and begin <= wait.when.latest


def _loop(pod: PodInstance, series: Sequence[Death], waits: Sequence[BackOff]) -> _Loop:
    """The loop of these ends and back-offs.

    It begins with the first end, if that is known. If only back-offs or the latest end are known, it begins earlier.
    """
    recorded = [wait for wait in waits if not wait.seen]
    signs = [wait.when.earliest for wait in recorded]
    first = series[0] if series else None
    all_known = first is not None and (sum(death.count for death in series) >= _LEAST or pod.restarts <= 1)
    if first and (all_known or not signs):
        latest = first.when.latest if all_known or first.started is None else first.started
        begin, at = Moment(min(first.when.earliest, latest), latest), first.at or min(first.when.earliest, latest)
        if not all_known:
            begin = Moment(_start(pod, latest), latest)
    else:
        at = min([*signs, *(wait.when.earliest for wait in waits)])
        begin = Moment(max(_start(pod, at), at - _FIRST_END), at)
    if signs and min(signs) < at:
        at = min(signs)
    until = max([at, *(death.when.latest for death in series), *(wait.when.latest for wait in waits)])
    container = first.container if first else next((wait.container for wait in waits if wait.container), "")
    evidence = series[0].evidence if series else waits[0].evidence
    return _Loop(begin, at, until, tuple(series), evidence, container, any(wait.seen for wait in waits))


def _start(pod: PodInstance, before: datetime) -> datetime:
    return min(pod.started.earliest, before) if pod.started else before
