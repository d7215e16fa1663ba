"""The fact that the number of a workload's pods was changed, by people, autoscalers or pipelines."""

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
    """A workload is to have `size` pods, and was to have `was`; None where that is not known.

    `by` is who did it, `why` the reason that an autoscaler gives, `thing` how the source calls the workload.
    An Event that reports it is `quoted` instead, and `merge_key` is then what tells it from others.
    """
    words = (thing or subject.workload.replace("/", " ")) + " scaled"
    words += ("" if was is None else f" from {was}") + ("" if size is None else f" to {size}")
    words += (f" by {spoken(by)}" if by else "") + (f": {why}" if why else "")
    key = "" if size is None else f"{subject.cluster}/{subject.namespace}/{subject.workload}/scaled to {size}"
    return Fact(Kind.SCALED, subject, quoted or words, merge_key or key)
