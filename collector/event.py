"""One Event: what a source reports, about whom, and what identifies it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct, field

from collector.kind import CAUSAL_RANK as CAUSAL_RANK
from collector.kind import Kind as Kind
from collector.manner import Manner as Manner

SECOND = timedelta(seconds=1)


class Subject(Struct, frozen=True, kw_only=True):
    """Who or what the Event is about. Unknown parts are empty strings."""

    service: str = ""
    """The name that people use for it; it matches CI, Kubernetes and Prometheus to each other."""
    environment: str = ""
    """The environment that CI deployed to: `production`."""
    cluster: str = ""
    namespace: str = ""
    workload: str = ""
    """`Kind/name`, for example `Deployment/checkout`."""
    pod: str = ""
    node: str = ""
    """The node that the pod ran on, or that the Event is about."""


class Identity(Struct, frozen=True, kw_only=True):
    """Ids that show that two Events are about the same thing. Unknown ids are empty strings."""

    commit: str = ""
    """Git sha of the application, full or abbreviated (7 or more hex digits)."""
    repository: str = ""
    """The repository of `commit`: `acme/checkout`."""
    config_commit: str = ""
    """Git sha of a repository of manifests or configuration, as GitOps tools apply it."""
    chart: str = ""
    """Chart and its version: `checkout-1.5.0`."""
    release: str = ""
    """Helm release as `namespace/name`."""
    application: str = ""
    """The object of the GitOps tool, an Argo CD Application or a Kustomization, as `namespace/name`."""
    version: str = ""
    """Image tag or release, without a leading `v` before a digit: `1.5.0`."""
    digest: str = ""
    """Image digest, `sha256:...`."""
    component: str = ""
    """The part of the service that is deployed, if one repository deploys several: `deploy:cart`."""
    replaces: str = ""
    """The version that ran before this one, if the source knows it."""
    revision: str = ""
    """Revision of the rollout, as its controller counts (`deployment.kubernetes.io/revision`)."""
    replica_set: str = ""
    """Name of the ReplicaSet (or ControllerRevision) that the rollout or pod belongs to."""
    run: str = ""
    """Native id of the CI run, unique within its system."""
    run_number: str = ""
    """The number people call the run by."""
    deployment: str = ""
    """Native id of the CI system's deployment record."""
    flag: str = ""
    """Name of the feature flag."""
    alert: str = ""
    """Name of the alert."""
    measure: str = ""
    """The measured quantity, by its common name: `5xx ratio`."""
    episode: str = ""
    """Shared by the beginning and the end of one alert instance, or of one period of raised errors."""


class Event(Struct, frozen=True, kw_only=True):
    """One thing that happened, as one source knows it.

    All times are aware and in UTC, and `earliest <= at <= latest`. The true time is in
    [`earliest`, `latest`]; `at` is the best single instant, the one to print and sort by.
    """

    kind: Kind
    at: datetime
    earliest: datetime
    latest: datetime
    summary: str
    """One plain line. It contains text from outside verbatim: escape it for the output format."""
    source: str
    """Name of the source in the configuration."""
    native_id: str
    """The source's own id for it; unique within the source together with `kind`."""
    subject: Subject = field(default_factory=Subject)
    keys: Identity = field(default_factory=Identity)
    numbers: Mapping[str, float] = field(default_factory=dict)
    """Ratios as fractions of 1, counts, and instants as Unix seconds; each adapter documents its own.

    `since` on an alert: when it became active; on its end: when it began to fire; absent if unknown.
    `repeated` on a change of size: how many more times it was made, at times not recorded, up to `repeated_until`.
    `whole` on a silence: 1 if it mutes every alert with its name (any, without one) about its subject.
    `fired` on an alert that fires: when it began to fire, if the source saw it not firing before.
    """
    actor: str = ""
    """Who did it, as the source names them."""
    url: str = ""
    """Page that shows the evidence to a person; empty if there is none."""
    query: str = ""
    """Query or API path that gave the evidence."""
    description: str = ""
    """A longer text from the source, such as the annotation of an alert. One plain line."""
    reason: str = ""
    """Why, as the system words it: `exceeded quota: compute`. One plain line, quoted in rows."""
    plot: tuple[tuple[float, float], ...] = ()
    """The series that shows it, down-sampled: Unix seconds and value, in order; empty if there is none."""
    manner: Manner = Manner.PLAIN
    """The sort of deploy, if the source states it."""
    awaits: str = ""
    """What a deploy that has not started waits for, if not for an approval: `its sync window`."""
    merge_key: str = ""
    """Two Events of one kind with the same non-empty key, at overlapping times, are one Occurrence."""

    def __post_init__(self) -> None:
        """Refuse times that are not UTC or not in order: a wrong time is worse than no event."""
        for moment in (self.at, self.earliest, self.latest):
            if moment.tzinfo is not UTC:
                raise ValueError(f"{self.native_id}: times of an Event are in UTC, got {moment!r}")
        if not self.earliest <= self.at <= self.latest:
            raise ValueError(f"{self.native_id}: {self.earliest} <= {self.at} <= {self.latest} does not hold")


def order(event: Event) -> tuple[object, ...]:
    """Sort key that depends on the evidence alone: time, then cause before effect, then the source's own id."""
    own = (event.source, event.native_id, event.summary, event.merge_key)
    return (event.at, CAUSAL_RANK[event.kind], *own, event.earliest, event.latest)
