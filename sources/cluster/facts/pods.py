"""Facts about a pod: scheduled, ready, not ready, evicted, terminated, or never started at all.

`subject.pod` names the pod. Not every source knows its uid, so these facts merge by its name; their times tell apart
pods that had the same name one after another.
"""

from collector.event import Kind, Subject
from sources.fact import Fact


def scheduled(subject: Subject, node: str = "") -> Fact:
    """The pod was assigned to a node."""
    return _of_pod(Kind.POD_SCHEDULED, subject, "is scheduled" + (f" to {node}" if node else ""), "scheduled")


def unschedulable(subject: Subject, why: str = "") -> Fact:
    """No node can take the pod."""
    return _of_pod(Kind.POD_UNSCHEDULABLE, subject, f"cannot be scheduled{_because(why)}", "unschedulable")


def ready(subject: Subject, words: str = "is ready") -> Fact:
    """The pod became ready for the first time."""
    return _of_pod(Kind.POD_READY, subject, words, "ready")


def unready(subject: Subject, why: str = "") -> Fact:
    """The pod had been ready, and is not any more."""
    return _of_pod(Kind.POD_UNREADY, subject, f"is not ready any more{_because(why)}", "unready")


def recovered(subject: Subject) -> Fact:
    """The pod had been ready before, and is ready again."""
    return _of_pod(Kind.POD_RECOVERED, subject, "is ready again", "recovered")


def not_ready(subject: Subject, why: str = "") -> Fact:
    """The pod has not become ready since it was made."""
    return _of_pod(Kind.POD_NOT_READY, subject, f"does not become ready{_because(why)}", "not ready")


def evicted(subject: Subject, words: str = "is evicted", why: str = "") -> Fact:
    """The pod was evicted, preempted, or removed from a lost node; `words` include by whom, if that is known."""
    return _of_pod(Kind.POD_EVICTED, subject, f"{words}{_because(why)}", "evicted")


def terminated(subject: Subject, how: str = "is being terminated", quoted: str = "") -> Fact:
    """The pod was asked to stop, or is gone; if an Event reports it, its words are `quoted` instead."""
    fact = _of_pod(Kind.POD_TERMINATED, subject, how, "terminated")
    return fact._replace(words=quoted or fact.words)


def start_failed(subject: Subject, why: str = "") -> Fact:
    """The pod cannot be started; without `subject.pod`, none of the workload's pods can be made."""
    if subject.pod:
        return _of_pod(Kind.POD_START_FAILED, subject, f"cannot be started{_because(why)}", "start failed")
    words = f"Pods of {subject.workload.replace('/', ' ')} cannot be created{_because(why)}"
    key = f"{subject.cluster}/{subject.namespace}/{subject.workload}/start failed"
    return Fact(Kind.POD_START_FAILED, subject, words, key)


def reason_and_message(reason: str, message: str, missing: str = "") -> str:
    """`OutOfcpu: Node didn't have enough resource`; `missing` if there is neither."""
    return ": ".join(part for part in (reason, message) if part) or missing


def _of_pod(kind: Kind, subject: Subject, words: str, word: str) -> Fact:
    key = f"{subject.cluster}/{subject.namespace}/Pod/{subject.pod}/{word}"
    return Fact(kind, subject, f"Pod {subject.pod} {words}", key)


def _because(why: str) -> str:
    return f" ({why})" if why else ""
