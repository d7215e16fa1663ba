"""Rollouts, as the requests of their controllers show them.

A rollout begins when the controller makes another ReplicaSet (or ControllerRevision), or gives an old one a new
revision number, which is a rollback. It ends when the Deployment's status reports it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from collector.event import Event, Identity
from sources.cluster.deployments import replica_set_of
from sources.cluster.facts.rollouts import (
    RolloutName,
    rollout_completed,
    rollout_paused,
    rollout_resumed,
    rollout_started,
    rollout_stuck,
)
from sources.cluster.fields import condition, count, get, moment, text
from sources.cluster.image import software
from sources.cluster.inventory import Inventory, Key, ReplicaSet
from sources.cluster.revisions import Revision
from sources.cluster.rollout_names import template_change
from sources.cluster.rollout_states import RolloutState
from sources.cluster.template_changes import ChangeType, TemplateChange
from sources.fact import Moment, report
from sources.kubernetes_audit.build_inventory import CONTROLLER, Sizes, revision
from sources.kubernetes_audit.changes import patched
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.interruptions import states
from sources.kubernetes_audit.progress import (
    MADE,
    PROMPT,
    SET_CONTROLLERS,
    Progress,
    before,
    caused,
    owner_of,
    restarts,
    sets_of_workloads,
)
from sources.kubernetes_audit.sets import complete, held, waits
from sources.kubernetes_audit.who import ARGO

_FRESH = timedelta(seconds=2)
"""The first status that reports something comes within this time after it happened."""
_ENDS = (RolloutState.COMPLETED, RolloutState.STUCK)


def rollout_events(entries: Iterable[Entry], inventory: Inventory, sizes: Sizes, source: str) -> Iterator[Event]:
    """Starts, completions, exceeded deadlines, and rollouts that `updateStrategy` holds.

    The actor of a start is the user who changed the workload just before; `numbers["replicas"]` is how many pods are
    wanted.
    """
    log = _Log(inventory, sizes, source, sets_of_workloads(inventory))
    for entry in entries:
        yield from log.events(entry)


class _Log(Struct):
    """The state after the entries so far."""

    inventory: Inventory
    sizes: Sizes
    source: str
    sets: Mapping[tuple[str, str], Sequence[ReplicaSet]]
    progress: dict[tuple[str, str, str], Progress] = field(default_factory=dict)
    numbers: dict[Key, int] = field(default_factory=dict)
    reported: set[tuple[str, ...]] = field(default_factory=set)
    versions: dict[Key, Identity] = field(default_factory=dict)

    def events(self, entry: Entry) -> Iterator[Event]:
        """The Events that one entry shows."""
        owner = owner_of(entry, self.inventory)
        if owner is None:
            return
        own = self.progress.setdefault((entry.namespace, *owner), Progress(owner))
        if not entry.sub and not entry.component and entry.resource not in MADE:
            own.cause, own.fresh = entry, True
            yield from self._strategy(entry, own)
        elif entry.resource in MADE and not entry.sub and entry.verb in ("create", "update", "patch"):
            back = self._returns(entry, own)
            if entry.verb == "create" or back:
                yield from self._start(entry, own, rollback=back)
            own.fresh = False
        elif entry.sub == "status" and entry.component == CONTROLLER:
            yield from self._ends(entry, own)
        elif entry.component == ARGO and own.wanted:
            for state in states(entry):
                once = (entry.namespace, own.wanted, state.what, f"{state.at.earliest}")
                if state.what in _ENDS and once not in self.reported:
                    self.reported.add(once)
                    stuck = state.what == RolloutState.STUCK
                    yield self._end(entry, own, own.wanted, state.at, stuck=stuck)
        elif entry.sub == "status" and entry.component in SET_CONTROLLERS and own.wanted and not own.over:
            own.over = complete(entry, own.wanted)
            if own.over:
                yield self._set_complete(entry, own)
            elif not own.paused and own.wanted in own.names and waits(entry, own.strategy):
                yield self._paused(entry, own)

    def _start(self, entry: Entry, own: Progress, *, rollback: bool) -> Iterator[Event]:
        keys, older = self._keys(entry, own)
        change = template_change(self._version(entry.namespace, older), self._version(entry.namespace, entry.name))
        cause = own.cause if own.cause and caused(entry, own.cause) else None
        if change is None and cause and restarts(cause):
            change = TemplateChange(ChangeType.RESTART, "")
        name = RolloutName(
            subject=self.inventory.subject(entry.namespace, *own.owner),
            template=f"{MADE[entry.resource]}/{entry.name}",
            version=keys.version,
            replaces=keys.replaces,
            rollback=rollback,
            change=change,
        )
        yield report(
            rollout_started(name, by=f"{cause.user} with {cause.program}" if cause else ""),
            entry.at,
            source=self.source,
            native_id=entry.id,
            keys=keys,
            numbers=self.sizes.numbers("replicas", (entry.namespace, entry.name), entry.at.latest),
            actor=cause.actor if cause else "",
            query=entry.evidence,
            description=name.details,
            reason=name.reason,
        )
        replaced = bool(own.wanted)
        own.wanted, own.over, own.paused = entry.name, False, False
        own.names[entry.name] = name
        if own.strategy == "OnDelete" and replaced:
            yield self._paused(entry, own)

    def _strategy(self, entry: Entry, own: Progress) -> Iterator[Event]:
        """The Event of a new update strategy that lets a held rollout continue; the strategy is remembered."""
        now = held(entry)
        if now is None:
            return
        if own.paused and now != own.strategy:
            own.paused = False
            done = f"resumed with {now or 'RollingUpdate'} instead of {own.strategy}"
            name = own.names.get(own.wanted)
            fact = rollout_resumed(
                self.inventory.subject(entry.namespace, *own.owner),
                name,
                done=done,
                by=f"{entry.user} with {entry.program}",
            )
            yield report(
                fact,
                entry.at,
                source=self.source,
                native_id=f"{entry.id}/resumed",
                actor=entry.actor,
                query=entry.evidence,
            )
        own.strategy = now

    def _paused(self, entry: Entry, own: Progress) -> Event:
        own.paused = True
        subject = self.inventory.subject(entry.namespace, *own.owner)
        return report(
            rollout_paused(subject, own.names.get(own.wanted)),
            entry.at,
            source=self.source,
            native_id=f"{entry.id}/paused",
            keys=self.versions.get((entry.namespace, own.wanted), Identity(replica_set=own.wanted)),
            query=entry.evidence,
            description=own.strategy,
        )

    def _version(self, namespace: str, name: str) -> ReplicaSet | Revision | None:
        return self.inventory.replica_sets.get((namespace, name)) or self.inventory.revisions.get((namespace, name))

    def _returns(self, entry: Entry, own: Progress) -> bool:
        """Whether an old ReplicaSet or ControllerRevision comes back with this entry."""
        key, number = (entry.namespace, entry.name), revision(entry.whole)
        earlier = self.numbers.get(key)
        if number is not None:
            self.numbers[key] = number
        if entry.verb == "create":
            return False
        if entry.resource == "controllerrevisions":
            # ControllerRevisions never change, except that their number is raised when one is used again.
            return entry.verb == "update"
        if number is None:
            # Without content: the first one that the controller writes to after a change is the one wanted now.
            prompt = own.cause is not None and entry.at.earliest - own.cause.at.latest <= PROMPT
            return bool(own.wanted) and own.fresh and prompt and entry.name != own.wanted
        if earlier is not None:
            return number > earlier
        known, owners = self.inventory.replica_sets.get(key), self.inventory.owners_in_events
        if known is None or len(known.revisions) < 2 or not own.fresh:
            return False
        ours = [n for other, n in self.numbers.items() if owners.get(other) == owners.get(key)]
        return count(entry.whole, "spec", "replicas") in (0, None) and number >= max(ours)

    def _keys(self, entry: Entry, own: Progress) -> tuple[Identity, str]:
        """The ids of the rollout that an entry starts, and the name of the version that it replaces."""
        key, name = (entry.namespace, entry.name), own.owner[1]
        known = self.inventory.replica_sets.get(key)
        keys = self.inventory.identity(known or self.inventory.revisions.get(key))
        if entry.resource == "controllerrevisions" and isinstance(entry.whole, dict) and not keys.version:
            runs = software(entry.whole, get(entry.whole, "data", "spec", "template"), name)
            keys = Identity(version=runs.version, digest=runs.digest, commit=runs.commit)
        if not (keys.version or keys.commit) and own.cause and caused(entry, own.cause):
            runs = patched(own.cause)
            keys = Identity(version=runs.version, digest=runs.digest, commit=runs.commit)
        if not keys.version:
            keys = self.versions.get(key, keys)
        self.versions[key] = keys
        number = revision(entry.whole) if known else count(entry.whole, "revision")
        older = before(number, self.sets[entry.namespace, known.workload]) if known and number else ""
        older = older or own.wanted
        replaced = self.inventory.replica_sets.get((entry.namespace, older))
        seen = self.versions.get((entry.namespace, older))
        version = replaced.runs.version if replaced else seen.version if seen else ""
        text_ = "" if number is None else str(number)
        return replace(keys, replica_set=entry.name, revision=text_, replaces=version), older

    def _ends(self, entry: Entry, own: Progress) -> Iterator[Event]:
        """The Event that a Deployment's rollout is complete or stuck, the first time that its status reports it."""
        progress = condition(entry.answered or entry.asked, "Progressing")
        state = (text(progress, "status"), text(progress, "reason"))
        stuck = state == ("False", "ProgressDeadlineExceeded")
        name = replica_set_of(progress) or own.wanted
        since = moment(progress.get("lastUpdateTime"))
        if not name or since is None or not (stuck or state == ("True", "NewReplicaSetAvailable")):
            return
        once = (entry.namespace, name, *state, f"{since.earliest}")
        # A state from long before this entry was reported earlier, before the log begins.
        if once in self.reported or entry.at.earliest - since.latest > PROMPT:
            return
        self.reported.add(once)
        # If a complete rollout is resumed after a pause, the status reports its completion again.
        if not stuck and name == own.wanted:
            if own.over:
                return
            own.over = True
        at = entry.at if entry.at.earliest - since.latest <= _FRESH else since
        yield self._end(entry, own, name, at, stuck=stuck)

    def _end(self, entry: Entry, own: Progress, name: str, at: Moment, *, stuck: bool) -> Event:
        """The Event that the rollout of the ReplicaSet of this name is complete or stuck."""
        known = self.inventory.replica_sets.get((entry.namespace, name))
        called = own.names.get(name) or RolloutName(
            subject=self.inventory.subject(entry.namespace, *own.owner),
            template=f"ReplicaSet/{name}",
            version=known.runs.version if known else "",
        )
        return report(
            rollout_stuck(called) if stuck else rollout_completed(called),
            at,
            source=self.source,
            native_id=entry.id,
            keys=replace(self.inventory.identity(known), replica_set=name),
            numbers=self.sizes.numbers("replicas", (entry.namespace, name), entry.at.latest),
            query=entry.evidence,
        )

    def _set_complete(self, entry: Entry, own: Progress) -> Event:
        """The Event that a StatefulSet's or DaemonSet's rollout is complete, when its controller first reports it."""
        replicas = count(entry.whole, "spec", "replicas") or count(entry.whole, "status", "desiredNumberScheduled")
        return report(
            rollout_completed(own.names[own.wanted]),
            entry.at,
            source=self.source,
            native_id=entry.id,
            keys=replace(self.versions.get((entry.namespace, own.wanted), Identity()), replica_set=own.wanted),
            numbers={"replicas": replicas} if replicas else {},
            query=entry.evidence,
        )
