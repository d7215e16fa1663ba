"""Facts about the containers of a pod, which `subject.pod` names: ended, killed, without an image.

The end of a container merges by the uid of its pod, its own name and the second of the end. Every source knows these
from the kubelet.
"""

from datetime import datetime

from collector.event import Kind, Subject
from sources.fact import Fact


def crashed(subject: Subject, uid: str, container: str, ended: datetime | None, words: str) -> Fact:
    """A container ended by itself, and not successfully. Without `uid` and the time `ended`, nothing merges."""
    return Fact(Kind.POD_CRASHED, subject, f"Pod {subject.pod}: {words}", _ended(subject, uid, container, ended))


def killed_for_memory(
    subject: Subject, uid: str, container: str, ended: datetime | None, words: str, merge_key: str = ""
) -> Fact:
    """A container was killed for lack of memory; else as `crashed`. `merge_key` is that of an Event that reports it."""
    key = merge_key or _ended(subject, uid, container, ended)
    return Fact(Kind.POD_OOM_KILLED, subject, f"Pod {subject.pod}: {words}", key)


def stopped(subject: Subject, uid: str, container: str, ended: datetime | None, words: str) -> Fact:
    """A container ended because of something that is a separate fact: a reboot, a shutdown."""
    return Fact(Kind.OTHER, subject, f"Pod {subject.pod}: {words}", _ended(subject, uid, container, ended))


def killed_for_probe(subject: Subject, why: str, merge_key: str) -> Fact:
    """A container was killed because a liveness or startup probe failed."""
    return Fact(
        Kind.POD_KILLED, subject, f"Pod {subject.pod}: a container is killed for failing its probe ({why})", merge_key
    )


def crash_loop(subject: Subject, container: str, details: str) -> Fact:
    """A container ends again and again. An Event about it may not name the container, so this merges by the pod."""
    which = f"container {container}" if container else "a container"
    words = f"Pod {subject.pod}: {which} crashes again and again ({details})"
    key = f"{subject.cluster}/{subject.namespace}/Pod/{subject.pod}/crash loop"
    return Fact(Kind.POD_CRASH_LOOP, subject, words, key)


def image_failed(subject: Subject, words: str) -> Fact:
    """An image cannot be pulled. Not all sources name the container, so this merges by the pod."""
    key = f"{subject.cluster}/{subject.namespace}/Pod/{subject.pod}/image failed"
    return Fact(Kind.POD_IMAGE_FAILED, subject, f"Pod {subject.pod}: {words}", key)


def _ended(subject: Subject, uid: str, container: str, ended: datetime | None) -> str:
    return f"{subject.cluster}/{uid}/{container}/{ended:%Y-%m-%dT%H:%M:%SZ}" if uid and ended else ""
