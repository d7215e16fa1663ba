"""The reasons of pod trouble, in the words of the system that reports it: one reason for many pods."""

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
    # The remark that evicting others would not have helped either.
    lazy_pattern(r"\.? (?:no new claims to deallocate, )?preemption: .*$"),
)
"""Parts of a reason that differ from pod to pod, or explain nothing."""
_WRAPPERS = lazy_pattern(
    r'rpc error: code = \w+ desc = |failed to (?:pull and unpack image|resolve reference) "[^"]*": |'
    r'MountVolume\.\w+ failed for volume "[^"]*" ?: |(?<=": )\S+: (?=not found$)|'
    r"(?<=\d )node\(s\) (?:were )?|^(?:[\w/-]+ ){1,3}analysis phase error/failed: (?=\w)"
)
"""Prefixes that each layer puts before the message of the layer below; they repeat the same names."""
_REPEATED = (
    (lazy_pattern(r'^[Mm]etric "(?P<name>[^"]+)" assessed \w+ due to (?=\w)'), r"\g<name> "),
    (
        lazy_pattern(r"requested: (?P<of>[\w./-]+)=([^,\s]+), used: (?P=of)=([^,\s]+), limited: (?P=of)=([^,\s]+)$"),
        r"\g<of> requested: \2, used: \3, limited: \4",
    ),
)
"""Messages that repeat a name or a verdict, and their form without the repetition."""
_NO_CAUSE = lazy_pattern(r"\b(?:Error: )?(?:ErrImagePull|ImagePullBackOff)$|Back-?[Oo]ff|^(?:Error|Completed)$")
"""Reasons that report a retry or a failure, but no cause."""


def common_reason(occurrences: Sequence[Occurrence]) -> str:
    """The commonest reason, and among these the shortest; one without a cause only if no other is known."""
    reasons = [reason for one in occurrences for each in one.events if (reason := reason_of(each))]
    codes = Counter(reason.partition(":")[0] for reason in reasons)
    return min(
        reasons,
        key=lambda each: (bool(_NO_CAUSE.search(each)), -codes[each.partition(":")[0]], len(each), each),
        default="",
    )


def death_reason(occurrences: Sequence[Occurrence]) -> str:
    """The commonest reason of container deaths, such as `StartError`; empty if none names a cause."""
    reasons = Counter(one.best.reason for one in occurrences if not _NO_CAUSE.search(one.best.reason))
    return min(reasons, key=lambda each: (-reasons[each], each), default="")


def informative_summary(one: Occurrence) -> str:
    """The words of its best Event; of another of its kind, where only that names a cause."""
    causes = [event for event in (one.best, *one.events) if not _NO_CAUSE.search(reason_of(event))]
    return unwrapped(causes[0].summary if causes and reason_of(one.best) else one.best.summary)


def unwrapped(message: str) -> str:
    """A message without the prefixes of the layers above its cause; the evidence contains all of it."""
    short = _WRAPPERS.sub("", message)
    for repeated, once in _REPEATED:
        short = repeated.sub(once, short)
    return short


def reason_of(event: Event) -> str:
    """`FailedMount: secret "tls" not found`: the reason, with the message if the Event's summary quotes it."""
    quoted = _QUOTED.search(event.summary)
    found = quoted["reason"] if quoted else ""
    if event.reason and event.reason not in found:
        found = event.reason
    for part in _PARTS:
        found = part.sub("", found)
    return unwrapped(found)
