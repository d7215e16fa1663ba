"""Facts about Jobs."""

from collector.event import Kind, Subject
from sources.fact import Fact


def job_failed(subject: Subject, why: str) -> Fact:
    """The Job of `subject` (`Job/report-28`) failed for good, or a CronJob could not start its Job.

    `why` is the reason that its controller reports, and may be empty.
    """
    kind, _, name = subject.workload.partition("/")
    words = f"{kind} {name} failed ({why or 'no reason given'})"
    return Fact(Kind.JOB_FAILED, subject, words, f"{subject.cluster}/{subject.namespace}/{kind}/{name}/failed")


def job_ran(subject: Subject, seconds: float | None, end: str) -> Fact:
    """The Job of `subject` ran for `seconds`; None if it was still running when it was last seen.

    `end` is its outcome: `completes`, `still runs at 14:30 UTC`.
    """
    kind, _, name = subject.workload.partition("/")
    words = f"{kind} {name} starts, and {end}" + ("" if seconds is None else f" after {_spelled(seconds)}")
    return Fact(Kind.JOB_RAN, subject, words, f"{subject.cluster}/{subject.namespace}/{kind}/{name}/ran")


def _spelled(seconds: float) -> str:
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{minutes} min"


def job_subject(cluster: str, namespace: str, name: str, service: str) -> Subject:
    """The subject of facts about a Job. Its service is that of its CronJob, so all nightly Jobs share one."""
    return Subject(service=service, cluster=cluster, namespace=namespace, workload=f"Job/{name}")
