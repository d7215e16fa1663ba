"""Why something goes wrong with pods, in the words of the system that reports it: one reason for many pods."""

import re
from collections import Counter
from collections.abc import Sequence

from collector.event import Event
from collector.merge import Occurrence

_QUOTED = re.compile(r"\((?P<reason>[^()]*(?:\([^()]*\)[^()]*)*)\)\s*$")
_PARTS = (
    re.compile(r", the last of \d+ similar ones$"),
    re.compile(r"^Failed: (?=Failed to )"),
    re.compile(r'Error creating: (?=\w)|\w+ "[^"]*" is forbidden: (?=\w)'),
)
"""What differs from pod to pod, or explains nothing."""
_WRAPPERS = re.compile(
    r'rpc error: code = \w+ desc = |failed to (?:pull and unpack image|resolve reference) "[^"]*": |'
    r"^(?:Step-based|Background|Inline) analysis phase error/failed: |"
    r'MountVolume\.\w+ failed for volume "[^"]*" ?: |(?<=": )\S+: (?=not found$)'
)
"""What each layer puts before the message of the one below it: the same names once more."""
_NO_CAUSE = re.compile(r"\b(?:Error: )?(?:ErrImagePull|ImagePullBackOff)$|Back-?[Oo]ff|^(?:Error|Completed)$")
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


def telling_summary(one: Occurrence) -> str:
    """The words of its best Event; of another of its kind, where only that names a cause."""
    telling = [event for event in (one.best, *one.events) if not _NO_CAUSE.search(reason_of(event))]
    return unwrapped(telling[0].summary if telling and reason_of(one.best) else one.best.summary)


def unwrapped(message: str) -> str:
    """A message without what the layers above its cause put before it; all of it is in the evidence."""
    return _WRAPPERS.sub("", message)


def reason_of(event: Event) -> str:
    """`FailedMount: secret "tls" not found`: with the message, where the words of the Event quote it."""
    quoted = _QUOTED.search(event.summary)
    found = quoted["reason"] if quoted else ""
    if event.reason and event.reason not in found:
        found = event.reason
    for part in _PARTS:
        found = part.sub("", found)
    return unwrapped(found)
