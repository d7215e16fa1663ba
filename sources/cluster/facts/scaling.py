"""The fact that people, autoscalers or pipelines changed the number of a workload's pods."""

from collector.event import Kind, Subject
from collector.people import spoken
from sources.fact import Fact


def scaled(
    subject: Subject,
    size: int | None,
    was: int | None = None,
    *,
    by: str = "",
    why: str = "",
    thing: str = "",
    quoted: str = "",
    merge_key: str = "",
) -> Fact:
    """A workload is to have `size` pods, and was to have `was`; None if that is not known.

    `by` is who did it, `why` the reason that an autoscaler gives, `thing` the source's name for the workload. If an
    Event reports it, its words are `quoted` instead, and `merge_key` distinguishes it from other Events.
    """
    words = (thing or subject.workload.replace("/", " ")) + " scaled"
    words += ("" if was is None else f" from {was}") + ("" if size is None else f" to {size}")
    words += (f" by {spoken(by)}" if by else "") + (f": {why}" if why else "")
    key = "" if size is None else f"{subject.cluster}/{subject.namespace}/{subject.workload}/scaled to {size}"
    return Fact(Kind.SCALED, subject, quoted or words, merge_key or key)
