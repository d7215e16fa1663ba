"""When each resource was recorded: the gaps, and the stretches without one."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from collector.event import SECOND
from collector.source import Gap, Seen
from collector.window import Window
from sources.cluster.coverage import about
from sources.recorder.versions import Recorded, Span

_LEAD = timedelta(minutes=15)
"""How long before the window an Event still explains it, as for a live cluster."""
_LATE = timedelta(seconds=100)
"""How far the store may lag behind a running recorder: a watch reports at least every minute."""
_ABOUT = timedelta(seconds=3)
"""How far apart the watches of one recorder begin and end."""
_SHORT = timedelta(seconds=1)
"""A gap between the end of a watch and a new list is ignored if it is shorter than this."""
_ROLLOUTS = ("pods", "replicasets", "deployments")
Stretch = tuple[datetime, datetime]


def covered(recorded: Recorded, window: Window, read_at: datetime) -> Iterator[Gap | Seen]:
    """The Gaps of the window and the time just before it, then the stretches that are complete."""
    of, asked = about(recorded.name), (window.start - _LEAD, min(window.end, read_at))
    ours = {name: _complete(recorded.spans, name, recorded.forgotten) for name in _resources(recorded)}
    missing = [
        (gap, name)
        for name, stretches in ours.items()
        for gap in _missing(stretches, asked, read_at, refused=_is_refused(recorded.spans, name, stretches))
    ]
    for gap, names in _together(missing):
        for reason, hint in _reasons(recorded, gap, names):
            yield Gap(reason, hint, about=of, span=gap)
    for start, end in ours.get("events", ()):
        yield Seen(of, "recorded Events", start, end, SECOND)
    for start, end in _common([ours.get(name, []) for name in _ROLLOUTS]):
        yield Seen(of, "recorded rollouts and pods", start, end, SECOND)


def _together(missing: Iterable[tuple[Stretch, str]]) -> list[tuple[Stretch, list[str]]]:
    """The gaps, each with its resources: all watches begin and end at about the same time."""
    found: list[tuple[Stretch, list[str]]] = []
    for gap, name in sorted(missing):
        for at, (other, names) in enumerate(found):
            if abs(gap[0] - other[0]) <= _ABOUT and abs(gap[1] - other[1]) <= _ABOUT:
                found[at] = ((min(gap[0], other[0]), max(gap[1], other[1])), [*names, name])
                break
        else:
            found.append((gap, [name]))
    return [(gap, sorted(names)) for gap, names in found]


def _reasons(recorded: Recorded, gap: Stretch, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    which = f" of {recorded.name}" if recorded.name else ""
    between = f"from {gap[0]:%Y-%m-%d %H:%M:%S} to {gap[1]:%Y-%m-%d %H:%M:%S} UTC"
    refused = (span for span in recorded.spans if span.lacks and span.since <= gap[1] and span.until >= gap[0])
    lacking = {span.resource: span.lacks for span in refused}
    for right in dict.fromkeys(lacking[name] for name in names if name in lacking):
        verb, _, resource = right.partition(" ")
        hint = f"give it a role with the verb {verb} on {resource}: docs/kubernetes-recorder-role.yaml"
        yield f"{resource}{which} were not recorded {between}: the recorder may not {right}", hint
    others = [name for name in names if name not in lacking]
    if not others:
        return
    forgotten = recorded.forgotten
    if forgotten is not None and gap[0] < forgotten and gap[1] <= forgotten:
        option = "--max-size" if recorded.why == "size" else "--keep"
        reason = f"{', '.join(others)}{which}: what was over before {forgotten:%Y-%m-%d %H:%M:%S} UTC was removed"
        yield f"{reason} from the store (by {recorded.why or 'age'})", f"record with a larger {option}"
    else:
        yield f"{', '.join(others)}{which}: not recorded {between}", "was `pm-timeline record` running then?"


def _resources(recorded: Recorded) -> list[str]:
    return list(dict.fromkeys(sorted(span.resource for span in recorded.spans)))


def _complete(spans: Iterable[Span], resource: str, forgotten: datetime | None) -> list[Stretch]:
    """When a resource was recorded completely: in all namespaces, or in every namespace that was ever recorded."""
    scopes: dict[str, list[Stretch]] = {}
    for span in spans:
        if span.resource == resource:
            of = scopes.setdefault(span.namespace, [])
            since = max(span.since, forgotten) if forgotten else span.since
            # A stretch that has just begun is an instant.
            if not span.lacks and since <= span.until:
                of.append((since, span.until))
    everywhere = scopes.pop("", None)
    whole = _common([_joined(stretches) for stretches in scopes.values()]) if scopes else []
    return _joined([*(everywhere or []), *whole])


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for start, end in sorted(stretches):
        if joined and start - joined[-1][1] < _SHORT:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _common(many: Sequence[list[Stretch]]) -> list[Stretch]:
    """The stretches that all lists have in common."""
    found = many[0] if many else []
    for other in many[1:]:
        pairs = ((max(a, c), min(b, d)) for a, b in found for c, d in other)
        found = [(start, end) for start, end in pairs if start <= end]
    return sorted(found)


def _is_refused(spans: Iterable[Span], resource: str, stretches: Sequence[Stretch]) -> bool:
    """Whether the last known state is that the right to record the resource is missing."""
    refused = [span.until for span in spans if span.lacks and span.resource == resource]
    return bool(refused) and (not stretches or max(refused) > stretches[-1][1])


def _missing(stretches: Sequence[Stretch], asked: Stretch, read_at: datetime, *, refused: bool) -> Iterator[Stretch]:
    at = asked[0]
    for start, end in stretches:
        if end > at:
            if start > at and start < asked[1]:
                yield at, start
            at = max(at, end)
    # A running recorder has not stored the latest changes yet: they are not missing.
    lags = bool(stretches) and at == stretches[-1][1] and read_at - at <= _LATE and not refused
    if asked[1] > at and not lags:
        yield at, asked[1]
