"""Facts about measures of a service: errors, latency and traffic. They merge by measure and service.

Ratios are fractions of 1, times Unix seconds.
"""

from msgspec import Struct

from collector.event import Kind, Subject
from sources.fact import Fact
from sources.prometheus.services import owner
from sources.promql.series import clock

TRAFFIC = "requests/s"
"""The name of the traffic measure."""


class RaisedRatio(Struct, frozen=True, kw_only=True):
    """One episode of a raised ratio, with everything needed to word its rise and its fall."""

    subject: Subject
    measure: str
    """The name of the ratio: `5xx ratio`."""
    before: float
    rose_to: float
    fell_from: float
    """The same, unless its level changed in that time."""
    after: float
    peak: float
    peak_at: float
    times: int
    """How often the ratio rose in that time."""
    scale: str
    """How many requests the ratio is based on, and its resolution."""
    since: float | None
    """Start of the data, if the ratio was already raised then."""
    until: float | None
    """End of the data, if the ratio is still raised then."""


class ChangedRatio(Struct, frozen=True):
    """A ratio that was raised before, and is raised to another level now."""

    subject: Subject
    measure: str
    before: float
    after: float


def errors_rose(ratio: RaisedRatio | ChangedRatio) -> Fact:
    """The share of failed requests rose."""
    return _rose(Kind.ERRORS_ROSE, ratio)


def errors_fell(ratio: RaisedRatio | ChangedRatio) -> Fact:
    """The share of failed requests is near normal again, or at a lower level."""
    return _fell(Kind.ERRORS_FELL, ratio)


def latency_rose(ratio: RaisedRatio | ChangedRatio) -> Fact:
    """The share of slow requests rose."""
    return _rose(Kind.LATENCY_ROSE, ratio)


def latency_fell(ratio: RaisedRatio | ChangedRatio) -> Fact:
    """The share of slow requests is near normal again, or at a lower level."""
    return _fell(Kind.LATENCY_FELL, ratio)


def traffic_fell(
    subject: Subject, before: float, level: float, *, lowest: float, lowest_at: float, step: float, until: float | None
) -> Fact:
    """The traffic collapsed, all in requests per second.

    The `step` of the data is in seconds; `until` is the end of the data, if the traffic was still low then.
    """
    words = f"traffic of {subject.service} falls from {before:.3g} to {level:.3g} requests/s"
    words += f" (lowest {lowest:.3g} at {clock(lowest_at)[:5]} UTC; resolution {step:g} s)"
    words += "" if until is None else f"; still so at {clock(until)} UTC"
    return Fact(Kind.TRAFFIC_FELL, subject, words, _key(subject, TRAFFIC))


def traffic_rose(subject: Subject, level: float, after: float, *, step: float) -> Fact:
    """The traffic recovered."""
    words = f"traffic of {subject.service} rises from {level:.3g} to {after:.3g} requests/s (resolution {step:g} s)"
    return Fact(Kind.TRAFFIC_ROSE, subject, words, _key(subject, TRAFFIC))


def _rose(kind: Kind, ratio: RaisedRatio | ChangedRatio) -> Fact:
    if isinstance(ratio, ChangedRatio):
        return _changed(kind, "rises", ratio)
    words = f"{ratio.measure} of {ratio.subject.service} rises from {ratio.before:.1%} to {ratio.rose_to:.1%}"
    words += f" {ratio.times} times" if ratio.times > 1 else ""
    words += f" (peak {ratio.peak:.1%} at {clock(ratio.peak_at)[:5]} UTC; {ratio.scale})"
    words += "" if ratio.until is None else f"; still {ratio.after:.1%} at {clock(ratio.until)} UTC"
    return Fact(kind, ratio.subject, words, _key(ratio.subject, ratio.measure))


def _fell(kind: Kind, ratio: RaisedRatio | ChangedRatio) -> Fact:
    if isinstance(ratio, ChangedRatio):
        return _changed(kind, "falls", ratio)
    words = f"{ratio.measure} of {ratio.subject.service} falls from {ratio.fell_from:.1%} to {ratio.after:.1%}"
    words += f" ({ratio.scale})"
    words += "" if ratio.since is None else f"; it was raised before {clock(ratio.since)} UTC already"
    return Fact(kind, ratio.subject, words, _key(ratio.subject, ratio.measure))


def _changed(kind: Kind, verb: str, ratio: ChangedRatio) -> Fact:
    words = f"{ratio.measure} of {ratio.subject.service} {verb} from {ratio.before:.1%} to {ratio.after:.1%}"
    return Fact(kind, ratio.subject, words, f"{_key(ratio.subject, ratio.measure)} at another level")


def _key(subject: Subject, measure: str) -> str:
    return f"{measure} of {owner(subject)}"
