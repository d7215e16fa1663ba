"""What a kind of evidence cannot tell by its nature, why, and the words in which the source itself says so."""

import re
from collections.abc import Sequence

from msgspec import Struct

from collector.event import Kind
from tests.evidence.evidence import LIVE, LOKI, METRICS, RECORDED, SEARCH
from tests.evidence.truth import Truth

_ENDS = (Kind.POD_READY, Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED, Kind.ROLLOUT_STUCK)
_STARTS = (Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED, Kind.POD_TERMINATED)


class Limit(Struct, frozen=True):
    """One of them, for a source or two of one kind."""

    types: Sequence[str]
    kinds: Sequence[Kind]
    why: str
    says: str
    """Part of the reason of the Gap; of the documentation where no evidence is left that there was anything to tell."""
    service: str = ""
    """Of these services only, as a pattern; of all if empty."""
    as_: Kind | None = None
    """It is told as this less exact kind."""
    part: bool = False
    """It is told, but not of all times."""
    documented: bool = False
    """It says so in the documentation alone."""
    unnamed: bool = False
    """It is told, but not of which version."""

    def holds(self, truth: Truth) -> bool:
        """Whether it concerns that row."""
        return truth.kind in self.kinds and bool(re.fullmatch(self.service or ".*", truth.service))


LIMITS = (
    Limit(
        [LIVE],
        [Kind.ROLLOUT_PAUSED, Kind.ROLLOUT_RESUMED],
        "a Deployment tells whether it is paused, not whether it was",
        "pauses that are over",
        documented=True,
    ),
    Limit(
        [LOKI, SEARCH],
        [Kind.ROLLOUT_PAUSED, Kind.ROLLOUT_RESUMED, Kind.NODE_DRAINED, Kind.CONFIG_CHANGED],
        "none of them has an Event",
        "pauses, drains, changes of ConfigMaps and Secrets",
        documented=True,
    ),
    Limit(
        [METRICS],
        [Kind.CONFIG_CHANGED],
        "that they are mounted has no metric, and labels have only those that it is told to have",
        "the service of a ConfigMap or Secret without its labels",
        documented=True,
    ),
    Limit(
        [RECORDED],
        [Kind.CONFIG_CHANGED],
        "it does not watch ConfigMaps and Secrets",
        "changes of ConfigMaps and Secrets",
        documented=True,
    ),
    Limit(
        [LIVE],
        [Kind.POD_OOM_KILLED],
        "the API forgets a pod with its status; Events do not say what a container died of",
        "died of, and when they were ready, went with the pods",
        "checkout",
        as_=Kind.POD_CRASH_LOOP,
    ),
    Limit(
        [LIVE],
        [Kind.POD_UNREADY],
        "the API forgets a pod with its conditions, and no Event tells of them",
        "and when they were ready, went with the pods",
        "checkout",
    ),
    Limit(
        [LIVE],
        [Kind.POD_UNREADY],
        "a condition has room for its last change",
        "only the last of several deaths, and of changes of readiness, is known",
        "worker",
        as_=Kind.POD_RECOVERED,
    ),
    Limit(
        [LOKI, SEARCH],
        [Kind.POD_UNREADY],
        "only of lost nodes an Event says that their pods are not ready",
        "nor when pods were ready",
        "checkout",
    ),
    Limit(
        [LOKI, SEARCH],
        [Kind.POD_UNREADY],
        "only of lost nodes an Event says that their pods are not ready",
        "nor when pods were ready",
        "worker",
    ),
    Limit(
        [LIVE],
        [Kind.POD_OOM_KILLED],
        "a status has room for one death",
        "only the last of several deaths",
        "worker",
        part=True,
    ),
    Limit(
        [LIVE, LOKI, SEARCH, RECORDED],
        [Kind.POD_EVICTED],
        "the eviction API writes no Event, and a condition only since Kubernetes 1.26",
        "who deleted or evicted ",
        "auth|mailer",
    ),
    Limit(
        [METRICS],
        [Kind.POD_EVICTED],
        "that a pod is to go has a metric, why has not",
        "not who asked for it or why",
        "auth|mailer",
    ),
    Limit(
        [METRICS],
        [Kind.ROLLOUT_STARTED],
        "the images are those of containers, which a pod without a node has not",
        "the versions of 1 ReplicaSets are unknown",
        "reports",
        unnamed=True,
    ),
    Limit(
        [LOKI, SEARCH],
        _STARTS,
        "Events name ReplicaSets, not what they run",
        "Events show neither versions",
        unnamed=True,
    ),
    Limit(
        [LOKI, SEARCH],
        _ENDS,
        "neither readiness nor the progress of a rollout has an Event",
        "nor when pods were ready, nor when a rollout ended or was stuck",
    ),
    Limit(
        [LOKI, SEARCH],
        [Kind.POD_OOM_KILLED],
        "the kubelet's Events say that it backs off restarting a container, not of what it died",
        "not when each did and of what",
        as_=Kind.POD_CRASH_LOOP,
    ),
)


def limit(types: Sequence[str], truth: Truth) -> Limit | None:
    """What keeps all of these sources together from telling a row; None if one of them tells it."""
    each = [next((one for one in LIMITS if type_ in one.types and one.holds(truth)), None) for type_ in types]
    least = [one for one in each if one]
    if not least or len(least) < len(each):
        return None
    return min(least, key=lambda one: (not one.unnamed, not one.part, one.as_ is None))
