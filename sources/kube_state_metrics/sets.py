"""Events of StatefulSets and DaemonSets: rollouts started, completed, without progress, and scaling."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from collector.event import Event, Identity, Kind
from sources.cluster.fields import Moment
from sources.cluster.image import Software
from sources.cluster.inference.rollouts import scaled, sized
from sources.kube_state_metrics.inventory import Inventory
from sources.kube_state_metrics.lives import Pod
from sources.kube_state_metrics.states import Metrics, second, within
from sources.kube_state_metrics.told import Teller
from sources.kube_state_metrics.turns import SETS, Course, Turn
from sources.prometheus.series import instant

_NO_PROGRESS = timedelta(seconds=600)
"""As in sources/kubernetes/sets.py: these have no deadline; a Deployment's, if nobody sets it, is this."""
_READY_TIME = "kube_pod_status_ready_time"


def set_events(course: Course, inventory: Inventory, teller: Teller, of_pods: Metrics) -> Iterator[Event]:
    """Everything about one of them. `numbers["replicas"]` is how many pods were wanted, in SCALED how many it was
    scaled to, from `was`.
    """
    tell = _Tell(course, inventory, teller)
    for turn in course.turns:
        if not turn.seen:
            continue
        ready = [second(value) for pod in tell.pods(turn) for value, _ in pod.of(of_pods, _READY_TIME).stamps()]
        back = tell.returns(turn)
        yield tell.turn(
            Kind.ROLLBACK_STARTED if back else Kind.ROLLOUT_STARTED,
            turn,
            turn.start,
            "started",
            _first_made(tell, turn),
        )
        done = _completed(course, turn)
        if done:
            kind = Kind.ROLLBACK_COMPLETED if back else Kind.ROLLOUT_COMPLETED
            last = max((at.earliest for at in ready if done.earliest <= at.earliest <= done.latest), default=None)
            yield tell.turn(kind, turn, done, "completed", last)
        stuck = _stuck(course, turn, done, [*ready, *(second(pod.created) for pod in tell.pods(turn))])
        if stuck:
            yield tell.turn(Kind.ROLLOUT_STUCK, turn, stuck, "makes no progress", stuck.latest)
    if course.kind == "StatefulSet":
        for step in course.wanted.steps():
            yield tell.scaled(within(step.last, step.by), step.was, step.now)


def _completed(course: Course, turn: Turn) -> Moment | None:
    """When all pods wanted had the revision of this turn and were ready."""
    previous = turn.start.earliest.timestamp()
    for time in course.updated.times.tolist():
        if not turn.covers(time):
            continue
        if _done(course, turn, time):
            return within(previous, time)
        previous = time
    return None


def _done(course: Course, turn: Turn, time: float) -> bool:
    wanted = course.wanted.at(time)
    if not wanted or course.updated.at(time) != wanted or course.ready(time) != wanted:
        return False
    if course.kind == "DaemonSet":
        generation, observed = (course.of(name) for name in ("metadata_generation", "status_observed_generation"))
        return (observed.at(time) or 0) >= (generation.at(turn.by) or 0) if len(observed.times) else True
    # Where nobody replaces pods but people (OnDelete), it keeps the revision that was current.
    current = [name for name, state in course.current.items() if time in state.times]
    return not course.current or turn.key[1] in current


def _stuck(course: Course, turn: Turn, done: Moment | None, progress: list[Moment]) -> Moment | None:
    """When nothing had got on for so long, though pods were not ready; a set that waits for people has them ready."""
    times = [time for time in course.updated.times.tolist() if turn.covers(time)]
    if done or not times:
        return None
    moved = [turn.start, *(each for each in progress if turn.start.latest <= each.earliest)]
    since = Moment(max(each.earliest for each in moved), max(each.latest for each in moved))
    at = Moment(since.earliest + _NO_PROGRESS, since.latest + _NO_PROGRESS)
    due = at.latest.timestamp()
    after = next((time for time in times if time >= due), None)
    short = after is not None and (course.ready(after) or 0) < (course.wanted.at(after) or 0)
    return at if short else None


def _first_made(tell: "_Tell", turn: Turn) -> datetime | None:
    """The controller begins with the pods at once, and they tell their times more exactly."""
    made = [instant(pod.created) for pod in tell.course.pods]
    made = [at for at in made if turn.start.earliest <= at <= turn.start.latest]
    return min(made, default=None)


@dataclass(frozen=True, slots=True)
class _Tell:
    """What the Events of one of them have in common."""

    course: Course
    inventory: Inventory
    teller: Teller

    def pods(self, turn: Turn) -> list[Pod]:
        """The pods that were made in this turn with its revision."""
        ours = [pod for pod in self.course.pods if self.inventory.revisions.get(pod.life) == turn.key]
        return [pod for pod in ours if self.course.turn(pod) is turn]

    def returns(self, turn: Turn) -> bool:
        """Whether it had been wanted before, by its name or, where that is not told, by its images."""
        earlier = self.course.turns[: list(self.course.turns).index(turn)]
        if turn.named:
            return any(other.key == turn.key for other in earlier)
        images = [self._runs(other).images for other in (*earlier, turn)]
        return bool(images[-1]) and images[-1] in images[:-2] and images[-1] != images[-2]

    def turn(self, kind: Kind, turn: Turn, when: Moment, word: str, at: datetime | None) -> Event:
        """One Event of a turn."""
        namespace, of, name = self.course.namespace, self.course.kind, self.course.name
        wanted = self.course.wanted.at(when.latest.timestamp())
        metric = f"{SETS[of]}{'status_update_revision' if of == 'StatefulSet' else 'metadata_generation'}"
        if word != "started":
            metric = f"{SETS[of]}status_{'replicas_updated' if of == 'StatefulSet' else 'updated_number_scheduled'}"
        thing = f"ControllerRevision/{turn.key[1]}" if turn.named else f"{of}/{name}"
        return self.teller.event(
            kind,
            when,
            f"{self._what(turn)} {word}",
            f"{namespace}/{of}/{name}/{turn.key[1]}/{when.latest.timestamp():.3f}",
            self.teller.selector(metric, namespace=namespace, **{of.lower(): name}),
            subject=self.inventory.of(namespace, f"{of}/{name}"),
            at=at,
            keys=self._keys(turn),
            numbers={} if wanted is None else {"replicas": wanted},
            fact=f"{self.inventory.cluster}/{namespace}/{thing}/{word}",
        )

    def scaled(self, when: Moment, was: float, now: float) -> Event:
        """It was to have more pods, or fewer."""
        namespace, of, name = self.course.namespace, self.course.kind, self.course.name
        subject = self.inventory.of(namespace, f"{of}/{name}")
        return self.teller.event(
            Kind.SCALED,
            when,
            sized(f"{of} {name}", int(now), int(was)),
            f"{namespace}/{of}/{name}/{when.latest.timestamp():.3f}",
            self.teller.selector(f"{SETS[of]}replicas", namespace=namespace, **{of.lower(): name}),
            subject=subject,
            numbers={"replicas": now, "was": was},
            fact=scaled(subject, int(now)),
        )

    def _runs(self, turn: Turn) -> Software:
        return self.inventory.runs.get(turn.key, Software())

    def _keys(self, turn: Turn) -> Identity:
        old = self.inventory.identity(turn.replaces).version
        return replace(self.inventory.identity(turn.key), replaces=old)

    def _what(self, turn: Turn) -> str:
        """`Rollback of db to 15.3, replacing 15.4`, in the words of sources/kubernetes/sets.py."""
        keys, name, back = self._keys(turn), self.course.name, self.returns(turn)
        old = self.inventory.runs.get(turn.replaces, Software()) if turn.replaces else Software()
        if old.images and old.images == self._runs(turn).images and not back:
            return f"Restart of {name} {keys.version}"
        word = "Rollback" if back else "Rollout"
        new = " ".join(part for part in (name, "to" if back and keys.version else "", keys.version) if part)
        return f"{word} of {new}" + (f", replacing {keys.replaces}" if keys.replaces else "")
