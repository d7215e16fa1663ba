"""Why something goes wrong with pods, in the words of the system that reports it: one reason for many pods."""

from collections import Counter
from collections.abc import Sequence

from collector.event import Event
from collector.lazy_pattern import lazy_pattern
from collector.merge import Occurrence

_QUOTED = lazy_pattern(r"\((?P<reason>[^()]*(?:\([^()]*\)[^()]*)*)\)\s*$")
_PARTS = (
    lazy_pattern(r", the last of \d+ similar ones$"),
    lazy_pattern(r"^Failed: (?=Failed to )"),
    lazy_pattern(r'Error creating: (?=\w)|\w+ "[^"]*" is forbidden: (?=\w)'),
    # That evicting others would not have helped either.
    lazy_pattern(r"\.? (?:no new claims to deallocate, )?preemption: .*$"),
)
"""What differs from pod to pod, or explains nothing."""
_WRAPPERS = lazy_pattern(
    r'rpc error: code = \w+ desc = |failed to (?:pull and unpack image|resolve reference) "[^"]*": |'
    r'MountVolume\.\w+ failed for volume "[^"]*" ?: |(?<=": )\S+: (?=not found$)|'
    r"(?<=\d )node\(s\) (?:were )?|^(?:[\w/-]+ ){1,3}analysis phase error/failed: (?=\w)"
)
"""What each layer puts before the message of the one below it: the same names once more."""
_REPEATED = (
    (lazy_pattern(r'^[Mm]etric "(?P<name>[^"]+)" assessed \w+ due to (?=\w)'), r"\g<name> "),
    (
        lazy_pattern(r"requested: (?P<of>[\w./-]+)=([^,\s]+), used: (?P=of)=([^,\s]+), limited: (?P=of)=([^,\s]+)$"),
        r"\g<of> requested: \2, used: \3, limited: \4",
    ),
)
"""Messages that have a name several times, or a verdict twice, and how they read with each once."""
_NO_CAUSE = lazy_pattern(r"\b(?:Error: )?(?:ErrImagePull|ImagePullBackOff)$|Back-?[Oo]ff|^(?:Error|Completed)$")
"""That it is tried again, or did not work, and not why it fails."""


def common_reason(occurrences: Sequence[Occurrence]) -> str:
    """The commonest reason, the shortest of those as common; one that names no cause only where no other is known."""
    reasons = [reason for one in occurrences for each in one.events if (reason := reason_of(each))]
    codes = Counter(reason.partition(":")[0] for reason in reasons)
    return min(
        reasons,
        key=lambda each: (bool(_NO_CAUSE.search(each)), -codes[each.partition(":")[0]], len(each), each),
        default="",
    )


def death_reason(occurrences: Sequence[Occurrence]) -> str:
    """The commonest reason for which containers end, `StartError`; empty where none says more than that they do."""
    reasons = Counter(one.best.reason for one in occurrences if not _NO_CAUSE.search(one.best.reason))
    return min(reasons, key=lambda each: (-reasons[each], each), default="")


def informative_summary(one: Occurrence) -> str:
    """The words of its best Event; of another of its kind, where only that names a cause."""
    causes = [event for event in (one.best, *one.events) if not _NO_CAUSE.search(reason_of(event))]
    return unwrapped(causes[0].summary if causes and reason_of(one.best) else one.best.summary)


def unwrapped(message: str) -> str:
    """A message without what the layers above its cause put before it; all of it is in the evidence."""
    short = _WRAPPERS.sub("", message)
    for repeated, once in _REPEATED:
        short = repeated.sub(once, short)
    return short


def reason_of(event: Event) -> str:
    """`FailedMount: secret "tls" not found`: with the message, where the words of the Event quote it."""
    quoted = _QUOTED.search(event.summary)
    found = quoted["reason"] if quoted else ""
    if event.reason and event.reason not in found:
        found = event.reason
    for part in _PARTS:
        found = part.sub("", found)
    return unwrapped(found)
