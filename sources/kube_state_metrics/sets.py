"""Events of StatefulSets and DaemonSets: rollouts started, completed, without progress, and scaling."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from collector.event import Event, Identity, Subject
from sources.cluster.facts.rollouts import RolloutName, rollout_completed, rollout_started, rollout_stuck
from sources.cluster.facts.scaling import scaled
from sources.cluster.image import Software
from sources.fact import Fact, Moment
from sources.kube_state_metrics.deletions import requested
from sources.kube_state_metrics.event_factory import EventFactory
from sources.kube_state_metrics.inventory import Inventory
from sources.kube_state_metrics.sampled_pods import Pod
from sources.kube_state_metrics.set_history import SETS, RevisionRollout, SetHistory
from sources.kube_state_metrics.states import Metrics, second, within
from sources.promql.series import instant

_NO_PROGRESS = timedelta(seconds=600)
"""As in sources/cluster/inference/sets.py: there is no progress deadline; this is the default of a Deployment's."""
_READY_TIME = "kube_pod_status_ready_time"


def set_events(history: SetHistory, inventory: Inventory, factory: EventFactory, of_pods: Metrics) -> Iterator[Event]:
    """All Events of one StatefulSet or DaemonSet.

    `numbers["replicas"]` is how many pods were wanted, or in SCALED the new size, with `was` as the old one.
    """
    make = _Events(history, inventory, factory)
    for rollout in history.rollouts:
        if not rollout.seen:
            continue
        ready = [second(value) for pod in make.pods(rollout) for value, _ in pod.of(of_pods, _READY_TIME).stamps()]
        name, start = make.name(rollout), _started(make, rollout, of_pods)
        yield make.of_rollout(rollout_started(name), rollout, start, _first_made(make, rollout), changed=True)
        done = _completed(history, rollout)
        if done:
            last = max((at.earliest for at in ready if done.earliest <= at.earliest <= done.latest), default=None)
            yield make.of_rollout(rollout_completed(name), rollout, done, last)
        stuck = _stuck(history, rollout, done, [*ready, *(second(pod.created) for pod in make.pods(rollout))])
        if stuck:
            yield make.of_rollout(rollout_stuck(name), rollout, stuck, stuck.latest)
    if history.kind == "StatefulSet":
        for step in history.wanted.steps():
            yield make.scaled(within(step.last, step.by), step.was, step.now)


def _completed(history: SetHistory, rollout: RevisionRollout) -> Moment | None:
    """When all wanted pods had the revision of this rollout and were ready."""
    previous = rollout.start.earliest.timestamp()
    for time in history.updated.times.tolist():
        if not rollout.covers(time):
            continue
        if _done(history, rollout, time):
            return within(previous, time)
        previous = time
    return None


def _done(history: SetHistory, rollout: RevisionRollout, time: float) -> bool:
    wanted = history.wanted.at(time)
    if not wanted or history.updated.at(time) != wanted or history.ready(time) != wanted:
        return False
    if history.kind == "DaemonSet":
        generation, observed = (history.of(name) for name in ("metadata_generation", "status_observed_generation"))
        return (observed.at(time) or 0) >= (generation.at(rollout.by) or 0) if len(observed.times) else True
    # With OnDelete, where only people replace pods, the status keeps the old current revision.
    current = [name for name, state in history.current.items() if time in state.times]
    return not history.current or rollout.key[1] in current


def _stuck(history: SetHistory, rollout: RevisionRollout, done: Moment | None, progress: list[Moment]) -> Moment | None:
    """When there had been no progress for too long, with pods not ready; if a set waits for people, they are ready."""
    times = [time for time in history.updated.times.tolist() if rollout.covers(time)]
    if done or not times:
        return None
    moved = [rollout.start, *(each for each in progress if rollout.start.latest <= each.earliest)]
    since = Moment(max(each.earliest for each in moved), max(each.latest for each in moved))
    at = Moment(since.earliest + _NO_PROGRESS, since.latest + _NO_PROGRESS)
    due = at.latest.timestamp()
    after = next((time for time in times if time >= due), None)
    short = after is not None and (history.ready(after) or 0) < (history.wanted.at(after) or 0)
    return at if short else None


def _started(make: "_Events", rollout: RevisionRollout, of_pods: Metrics) -> Moment:
    """The start of a rollout, which is not after the removal of the first old pod.

    One scrape may show the pod as removed and the workload as it was before.
    """
    start, usual = rollout.start, timedelta(seconds=make.inventory.scrapes.interval)
    revisions = make.inventory.revisions
    old = [pod for pod in make.history.pods if revisions.get(pod.instance_key) == rollout.replaces]
    removals = [when for pod in old if (when := requested(pod, of_pods))]
    first = min((when for when in removals if start.earliest - usual <= when.latest <= start.earliest), default=start)
    return Moment(min(start.earliest, first.earliest), start.latest)


def _first_made(make: "_Events", rollout: RevisionRollout) -> datetime | None:
    """The creation of the rollout's first pod. The controller makes it at once, and its time is more exact."""
    made = [instant(pod.created) for pod in make.history.pods]
    made = [at for at in made if rollout.start.earliest <= at <= rollout.start.latest]
    return min(made, default=None)


class _Events(Struct, frozen=True):
    """The common fields of the Events of one StatefulSet or DaemonSet."""

    history: SetHistory
    inventory: Inventory
    factory: EventFactory

    @property
    def subject(self) -> Subject:
        """The subject of the StatefulSet or DaemonSet."""
        return self.inventory.of(self.history.namespace, f"{self.history.kind}/{self.history.name}")

    def pods(self, rollout: RevisionRollout) -> list[Pod]:
        """The pods with this rollout's revision that were made in it."""
        ours = [pod for pod in self.history.pods if self.inventory.revisions.get(pod.instance_key) == rollout.key]
        return [pod for pod in ours if self.history.rollout(pod) is rollout]

    def returns(self, rollout: RevisionRollout) -> bool:
        """Whether the revision had been wanted before: judged by its name or, if that is not known, by its images."""
        earlier = self.history.rollouts[: list(self.history.rollouts).index(rollout)]
        if rollout.named:
            return any(other.key == rollout.key for other in earlier)
        images = [self._runs(other).images for other in (*earlier, rollout)]
        return bool(images[-1]) and images[-1] in images[:-2] and images[-1] != images[-2]

    def name(self, rollout: RevisionRollout) -> RolloutName:
        """The name of a rollout; the series show only the images of the two pod templates."""
        keys, of = self._keys(rollout), f"{self.history.kind}/{self.history.name}"
        return RolloutName(
            subject=self.subject,
            template=f"ControllerRevision/{rollout.key[1]}" if rollout.named else of,
            version=keys.version,
            replaces=keys.replaces,
            rollback=self.returns(rollout),
            same_images=self.inventory.same_images(rollout.replaces, rollout.key),
        )

    def of_rollout(
        self, fact: Fact, rollout: RevisionRollout, when: Moment, at: datetime | None, *, changed: bool = False
    ) -> Event:
        """One Event of a rollout; `changed` if the evidence is a change of the workload, not of its pods."""
        namespace, of, name = self.history.namespace, self.history.kind, self.history.name
        wanted = self.history.wanted.at(when.latest.timestamp())
        metric = f"{SETS[of]}status_{'replicas_updated' if of == 'StatefulSet' else 'updated_number_scheduled'}"
        if changed:
            metric = f"{SETS[of]}{'status_update_revision' if of == 'StatefulSet' else 'metadata_generation'}"
        return self.factory.report(
            fact,
            when,
            f"{namespace}/{of}/{name}/{rollout.key[1]}/{when.latest.timestamp():.3f}",
            self.factory.selector(metric, namespace=namespace, **{of.lower(): name}),
            at=at,
            keys=self._keys(rollout),
            numbers={} if wanted is None else {"replicas": wanted},
        )

    def scaled(self, when: Moment, was: float, now: float) -> Event:
        """The number of pods wanted changed."""
        namespace, of, name = self.history.namespace, self.history.kind, self.history.name
        return self.factory.report(
            scaled(self.subject, int(now), int(was)),
            when,
            f"{namespace}/{of}/{name}/{when.latest.timestamp():.3f}",
            self.factory.selector(f"{SETS[of]}replicas", namespace=namespace, **{of.lower(): name}),
            numbers={"replicas": now, "was": was},
        )

    def _runs(self, rollout: RevisionRollout) -> Software:
        return self.inventory.runs.get(rollout.key, Software())

    def _keys(self, rollout: RevisionRollout) -> Identity:
        old = self.inventory.identity(rollout.replaces).version
        return replace(self.inventory.identity(rollout.key), replaces=old)
