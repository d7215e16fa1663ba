"""Names that were asked for but that no source reports, with suggestions of known names."""

from collections.abc import Collection, Iterable, Iterator

from collector.event import Event
from collector.known import KnownNamespaces
from collector.source import SameService


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean risk?`; empty if no known name is similar."""
    from difflib import get_close_matches  # only worth its import once something is wrong

    names = {one.lower(): one for one in sorted(known, reverse=True) if one}
    close = get_close_matches(name[:60].lower(), sorted(names), n=1, cutoff=0.6)
    return f"; did you mean {names[close[0]]}?" if close else ""


def unknown_namespaces(
    wanted: Iterable[str], events: Collection[Event], same: Iterable[SameService], listed: Collection[KnownNamespaces]
) -> Iterator[str]:
    """A line for each unknown namespace, in order. `events` includes those of namespaces that were not asked for."""
    if not (asked := set(wanted)):
        return
    known = {event.subject.namespace for event in events} | {one.namespace for one in same}
    known |= {name for one in listed for name in one.names}
    whole = bool(listed) and all(one.whole for one in listed)
    for name in sorted(asked - known):
        what = "no such namespace:" if whole else "nothing was seen of a namespace"
        yield f"{what} {name}{did_you_mean(name, known)}"


def unknown_services(wanted: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """A line for each unknown service, in order."""
    for name in sorted(set(wanted) - set(known)):
        yield f"nothing was seen of a service {name}{did_you_mean(name, known)}"
