"""What the controllers of Deployments and ReplicaSets do."""

import math
import random
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime

from msgspec import Struct, field

from tests.incidents.containers import Behaviour
from tests.incidents.ids import Object, uid, word
from tests.incidents.nodes import Node
from tests.incidents.pods import Pod, suffix
from tests.incidents.recorder import About
from tests.incidents.world import World

_DEADLINE = 600.0
_PREFIX = "deployment.kubernetes.io/"


class ReplicaSet(Struct):
    """One template of a Deployment."""

    name: str
    hash: str
    template: Object
    behaviour: Behaviour
    created: datetime
    revision: int
    earlier: list[int] = field(default_factory=list)
    """Revisions that it had before."""
    replicas: int = 0
    pods: list[Pod] = field(default_factory=list)
    changed: datetime | None = None
    refused: str = ""
    """Why its pods are not admitted."""

    @property
    def alive(self) -> list[Pod]:
        """Its pods that count."""
        return [pod for pod in self.pods if pod.alive]

    @property
    def available(self) -> int:
        """How many are ready."""
        return sum(pod.ready for pod in self.alive)

    @property
    def uid(self) -> str:
        """Its own."""
        return uid("replicaset", self.name, self.created)


class Controllers:
    """They bring a Deployment to what is wanted; the base of `Deployment`, which has the rest."""

    kind, api, prefix, hash_label = "Deployment", "apps/v1", _PREFIX, "pod-template-hash"
    component = "deployment-controller"
    world: World
    namespace: str
    name: str
    uid: str
    replicas: int
    limits: tuple[float, float]
    quota: Callable[[int], str] | None
    sets: list[ReplicaSet]
    current: ReplicaSet
    all_pods: list[Pod]
    rolling: datetime | None
    progress: datetime
    completed: datetime
    progressing: tuple[str, str]
    progressing_since: datetime
    available: bool
    available_since: datetime
    generation: int
    written: dict[str, datetime]
    _node: int
    _chance: random.Random

    def _apply(self, template: Object, behaviour: Behaviour, by: str) -> None:
        self.generation += 1
        self._wrote(by, self.world.now)
        highest = max(one.revision for one in self.sets)
        known = next((one for one in self.sets if one.template == template), None)
        if known is self.current:
            return
        if known:
            known.earlier.append(known.revision)
            known.revision = highest + 1
            self.current = known
        else:
            self.current = self._add(template, behaviour, self.world.now)
        self.rolling = self.progress = self.world.now
        if self.progressing[0] != "True":
            self.progressing_since = self.world.now
        self.progressing = ("True", "ReplicaSetUpdated")
        self._watch_deadline()
        self.world.after(0.05, self._sync)

    def _add(self, template: Object, behaviour: Behaviour, at: datetime) -> ReplicaSet:
        own = word(10, self.namespace, self.name, template)
        template = deepcopy(template)
        made = ReplicaSet(
            f"{self.name}-{own}", own, template, behaviour, at, max((one.revision for one in self.sets), default=0) + 1
        )
        self.sets.append(made)
        return made

    def _sync(self) -> None:
        """One look of the Deployment's controller; it does one thing and looks again."""
        new, wanted = self.current, self.replicas
        total = sum(one.replicas for one in self.sets)
        surge, unavailable = math.ceil(self.limits[0] * wanted), math.floor(self.limits[1] * wanted)
        if not surge and not unavailable:
            unavailable = 1
        available = sum(one.available for one in self.sets)
        self._note_availability(available, wanted - unavailable)
        old = [one for one in self.sets if one is not new and one.replicas]
        if self.rolling is None and not old:
            if new.replicas != wanted:
                self._resize(new, wanted)
            return None
        if new.replicas > wanted:
            self._resize(new, wanted)
            return self._again()
        more = min(wanted + surge - total, wanted - new.replicas)
        if more > 0:
            self._resize(new, new.replicas + more)
            return self._again()
        least = wanted - unavailable
        spare = total - least - (new.replicas - new.available)
        if old and spare > 0 and self._shrink(old, spare, available - least):
            return self._again()
        if not old and new.replicas == wanted == new.available and self.rolling:
            self.rolling = None
            self.completed = self.progress = self.world.now
            self.progressing = ("True", "NewReplicaSetAvailable")
        return None

    def _shrink(self, old: list[ReplicaSet], spare: int, healthy: int) -> bool:
        """Take pods from old ReplicaSets: those that do not work first, then as many as others replace."""
        shrunk = False
        for one in sorted(old, key=lambda one: one.created):
            bad = min(spare, one.replicas - one.available)
            if bad > 0:
                self._resize(one, one.replicas - bad)
                spare, shrunk = spare - bad, True
        for one in sorted(old, key=lambda one: one.created):
            fewer = min(one.replicas, healthy)
            if fewer > 0:
                self._resize(one, one.replicas - fewer)
                healthy, shrunk = healthy - fewer, True
        return shrunk

    def _again(self) -> None:
        self.world.after(0.05 + self._chance.uniform(0, 0.1), self._sync)

    def _changed(self) -> None:
        if self.rolling and self.current.available:
            self.progress = self.world.now
        self.world.after(0.1, self._refill)

    def _refill(self) -> None:
        """ReplicaSets replace what is gone, then the Deployment's controller looks."""
        for one in self.sets:
            self._fill(one)
        self._sync()

    def _note_availability(self, available: int, least: int) -> None:
        if (available >= least) != self.available:
            self.available, self.available_since = available >= least, self.world.now

    def _watch_deadline(self) -> None:
        began = self.rolling

        def check() -> None:
            if self.rolling is None or self.rolling != began or self.progressing[0] == "False":
                return
            left = _DEADLINE - (self.world.now - self.progress).total_seconds()
            if left > 0:
                self.world.after(left, check)
                return
            self.progressing, self.progressing_since = ("False", "ProgressDeadlineExceeded"), self.world.now
            self.progress = self.world.now

        self.world.after(_DEADLINE, check)

    def _resize(self, one: ReplicaSet, to: int) -> None:
        was, one.replicas, one.changed = one.replicas, to, self.world.now
        if self.rolling:
            self.progress = self.world.now
        step = "up" if to > was else "down"
        size = f"{to} from {was}" if self.world.release.sizes else str(to)
        self._write(f"Scaled {step} replica set {one.name} to {size}")
        self.world.after(0.02, lambda: self._fill(one))

    def _fill(self, one: ReplicaSet) -> None:
        """Create and delete pods until there are as many as wanted."""
        while len(one.alive) < one.replicas:
            why = self.quota(sum(len(each.alive) for each in self.sets)) if self.quota else ""
            if why:
                self._refused(one, why)
                return
            one.refused = ""
            pod = self._pod(one, len(one.pods))
            self._report(one, "SuccessfulCreate", f"Created pod: {pod.name}")
            self._place(pod)
        surplus = one.alive[: max(0, len(one.alive) - one.replicas)] if len(one.alive) > one.replicas else []
        if surplus:
            order = sorted(one.alive, key=lambda pod: (pod.ready, pod.created), reverse=False)
            unready = [pod for pod in order if not pod.ready]
            ready = sorted((pod for pod in order if pod.ready), key=lambda pod: pod.created, reverse=True)
            for pod in (unready + ready)[: len(surplus)]:
                self._report(one, "SuccessfulDelete", f"Deleted pod: {pod.name}")
                pod.delete()

    def _refused(self, one: ReplicaSet, why: str, attempt: int = 0) -> None:
        if attempt == 0 and one.refused:
            return
        if one.replicas <= len(one.alive):
            one.refused = ""
            return
        one.refused = why
        name = f"{one.name}-{suffix(self.world, one.name, 'refused', attempt)}"
        self._report(one, "FailedCreate", f'Error creating: pods "{name}" is forbidden: {why}', warning=True)

        def retry() -> None:
            assert self.quota
            if self.quota(sum(len(each.alive) for each in self.sets)) and len(one.alive) < one.replicas:
                self._refused(one, why, attempt + 1)
            else:
                one.refused = ""
                self._fill(one)

        self.world.after(min(1000.0, 0.005 * 2**attempt), retry)

    def _place(self, pod: Pod, attempt: int = 0) -> None:
        usable = [node for node in self.world.nodes if node.usable]
        if usable:
            pod.reserve(self._next_node())
            return
        there = [node for node in self.world.nodes if not node.removed and node.since <= self.world.now]
        full = sum(node.cordoned is None and not node.missed for node in there)
        why = [f"{len(there) - full} node(s) were unschedulable"] if len(there) > full else []
        why += [f"{full} Insufficient cpu"] if full else []
        pod.bind(None, f"0/{len(there)} nodes are available: {', '.join(why)}.")
        if pod.alive:
            self.world.after(min(60.0, 15.0 * 2**attempt), lambda: self._place(pod, attempt + 1))

    def _next_node(self) -> Node:
        usable = [node for node in self.world.nodes if node.usable] or self.world.nodes
        self._node += 1
        return usable[self._node % len(usable)]

    def _pod(self, one: ReplicaSet, place: int) -> Pod:
        about = About("ReplicaSet", self.namespace, one.name, one.uid, "apps/v1")
        name = f"{one.name}-{suffix(self.world, self.namespace, one.name, place)}"
        pod = Pod(
            self.world,
            about,
            name,
            one.template,
            one.behaviour,
            changed=self._changed,
            labels={self.hash_label: one.hash},
        )
        one.pods.append(pod)
        self.all_pods.append(pod)
        return pod

    def _write(self, message: str, reason: str = "ScalingReplicaSet", *, warning: bool = False) -> None:
        about = About(self.kind, self.namespace, self.name, self.uid, self.api)
        self.world.recorder.write(self.world.now, about, reason, message, self.component, warning=warning)

    def _report(self, one: ReplicaSet, reason: str, message: str, *, warning: bool = False) -> None:
        about = About("ReplicaSet", self.namespace, one.name, one.uid, "apps/v1")
        self.world.recorder.write(self.world.now, about, reason, message, "replicaset-controller", warning=warning)

    def _wrote(self, manager: str, at: datetime) -> None:
        self.written[manager] = at
