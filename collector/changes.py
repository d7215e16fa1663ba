"""Changes: a deploy as people see it, CI's part and the rollouts that it caused linked by identity."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collector.event import Identity, Kind
from collector.merge import Fact, filled
from collector.rollouts import Rollout, rollouts, same_commit, same_version

_RUN_KINDS = frozenset({Kind.RUN_STARTED, Kind.RUN_SUCCEEDED, Kind.RUN_FAILED})
_DEPLOY_KINDS = frozenset({Kind.DEPLOY_STARTED, Kind.DEPLOY_SUCCEEDED, Kind.DEPLOY_FAILED})
_STARTS = (Kind.DEPLOY_STARTED, Kind.RUN_STARTED)
_BEFORE = timedelta(minutes=1)
_AFTER = timedelta(minutes=5)
"""A rollout that CI caused starts at most so long before CI says it started, or after it says it ended."""
_LONGEST_RUN = timedelta(hours=6)
"""How long a CI run may go on whose end nobody saw; GitHub ends jobs after 6 hours."""
_MARKED = timedelta(minutes=10)
"""How far from its start or end a change may be marked on a dashboard."""
RESTART = "Restart"
"""Why a rollout began that changes nothing (`reason` of its start)."""
_CLEAR = 3
"""The strength from which a link stands without a deployment record."""


@dataclass(slots=True)
class Change:
    """One deploy, rollback or restart: what CI did, what the clusters did, or both."""

    ci: list[Fact] = field(default_factory=list)
    rollouts: list[Rollout] = field(default_factory=list)
    marks: list[Fact] = field(default_factory=list)
    """Annotations on dashboards that name its service and version."""
    ran_before: bool = False
    """CI deployed what it had deployed before, and not just before."""

    @property
    def start(self) -> Fact:
        """Where it begins: CI's deployment, else its run, else the first rollout."""
        for kind in _STARTS:
            for fact in self.ci:
                if fact.kind == kind:
                    return fact
        return self.rollouts[0].started if self.rollouts else self.ci[0]

    @property
    def keys(self) -> Identity:
        """What is known of its version, commit and run, the clusters' word before CI's."""
        keys = Identity()
        for known in [rollout.keys for rollout in self.rollouts] + [fact.what.keys for fact in self.ci]:
            keys = filled(keys, known)
        return keys

    @property
    def service(self) -> str:
        """The workload's service, else CI's."""
        return next((fact.service for fact in self.facts_of_rollouts if fact.service), self.start.service)

    @property
    def actor(self) -> str:
        """Who did it; empty if nobody knows."""
        # Who evicted a pod meanwhile is not who deployed.
        starts = [rollout.started for rollout in self.rollouts]
        return next((fact.what.actor for fact in [*self.ci, *starts] if fact.what.actor), "")

    @property
    def rolls_back(self) -> bool:
        """Whether it brings back a version that ran before."""
        return self.ran_before or any(rollout.ran_before for rollout in self.rollouts)

    @property
    def restarts(self) -> bool:
        """Whether it rolls the same version out again, with nothing changed in it."""
        keys, reasons = self.keys, {rollout.started.what.reason for rollout in self.rollouts}
        same = keys.version == keys.replaces or not keys.replaces
        return RESTART in reasons and not reasons - {RESTART, ""} and same

    @property
    def details(self) -> str:
        """What it changes apart from the version, as far as anyone knows."""
        found = (rollout.started.what.description for rollout in self.rollouts)
        return "; ".join(dict.fromkeys(each for each in found if each))

    @property
    def facts_of_rollouts(self) -> list[Fact]:
        """Everything the clusters saw of it."""
        return [fact for rollout in self.rollouts for fact in rollout.facts]

    @property
    def facts(self) -> list[Fact]:
        """Everything anyone saw of it."""
        return [*self.ci, *self.facts_of_rollouts, *self.marks]

    @property
    def complete_at(self) -> datetime | None:
        """When the last of its rollouts was complete; None if one is not, or there are none."""
        ends = [rollout.completed.what.at for rollout in self.rollouts if rollout.completed]
        return max(ends) if ends and len(ends) == len(self.rollouts) else None


def changes(facts: Iterable[Fact]) -> list[Change]:
    """All changes told of by `facts` (in order), in the order of their starts."""
    facts = list(facts)
    deployed = _ci(facts)
    found = [Change(rollouts=[]) for _ in deployed]
    for change, ci in zip(found, deployed, strict=True):
        change.ci = ci
    _recognise_returns(found)
    rolled = rollouts(facts)
    services = {rollout.started.service for rollout in rolled}
    by_ci = tuple(found)
    for rollout in rolled:
        home = _home(rollout, by_ci, services)
        if home is None:
            found.append(Change(rollouts=[rollout]))
        else:
            home.rollouts.append(rollout)
    for fact in facts:
        if fact.kind == Kind.ANNOTATION:
            _mark(fact, found)
    kept = [change for change in found if change.rollouts or any(fact.kind in _DEPLOY_KINDS for fact in change.ci)]
    return sorted(
        kept, key=lambda change: (change.start.what.at, change.start.what.source, change.start.what.native_id)
    )


def _ci(facts: Sequence[Fact]) -> list[list[Fact]]:
    """CI's facts by deployment: those of one run to one environment are one, with the run's own facts."""
    runs: dict[tuple[str, str], list[Fact]] = {}
    deploys: dict[tuple[str, str, str], list[Fact]] = {}
    for fact in facts:
        what = fact.what
        if fact.kind in _RUN_KINDS:
            runs.setdefault((what.source, what.keys.run), []).append(fact)
        elif fact.kind in _DEPLOY_KINDS:
            own = what.keys.run or f"deployment {what.keys.deployment}"
            deploys.setdefault((what.source, own, what.subject.environment), []).append(fact)
    of_a_deploy = {(source, run) for source, run, _ in deploys}
    together = [[*runs.get((source, run), ()), *ours] for (source, run, _), ours in deploys.items()]
    return together + [ours for run, ours in runs.items() if run not in of_a_deploy]


def _recognise_returns(found: Sequence[Change]) -> None:
    history: dict[tuple[str, ...], list[Identity]] = {}
    for change in sorted(found, key=lambda change: change.start.what.at):
        if change.start.kind != Kind.DEPLOY_STARTED:
            continue
        what = change.start.what
        before = history.setdefault((what.source, what.subject.service, what.subject.environment), [])
        again = bool(before) and same_version(before[-1], change.keys)
        change.ran_before = not again and any(same_version(earlier, change.keys) for earlier in before[:-1])
        before.append(change.keys)


def _home(rollout: Rollout, found: Sequence[Change], services: set[str]) -> Change | None:
    """The change of CI that caused the rollout: of those that fit in time the surest, then the nearest."""
    fitting = []
    for change in found:
        strength = _strength(change, rollout, services) if _in_time(change, rollout) else 0
        if strength >= _CLEAR or (strength and change.start.kind == Kind.DEPLOY_STARTED):
            apart = abs(rollout.started.what.at - change.start.what.at)
            fitting.append((-strength, apart, change.start.what.native_id, change))
    return min(fitting, key=lambda fit: fit[:3])[3] if fitting else None


def _mark(annotation: Fact, found: Sequence[Change]) -> None:
    what = annotation.what
    for change in found:
        near = (
            abs(change.start.what.at - what.at) <= _MARKED or abs((change.complete_at or what.at) - what.at) <= _MARKED
        )
        if near and what.subject.service == change.service != "" and same_version(what.keys, change.keys):
            change.marks.append(annotation)
            return


def _in_time(change: Change, rollout: Rollout) -> bool:
    started = change.start.what.earliest
    ends = [fact.what.latest for fact in change.ci if fact.kind not in _STARTS]
    end = max(ends) if ends else started + _LONGEST_RUN
    return started - _BEFORE <= rollout.started.what.at <= end + _AFTER


def _strength(change: Change, rollout: Rollout, services: set[str]) -> int:
    """How surely CI's change caused the rollout: 4 commit, 3 service and version, 2 service, 1 version; 0 not."""
    ours, theirs = change.start.what.keys, rollout.keys
    for fact in change.ci:
        ours = filled(ours, fact.what.keys)
    service = change.start.service == rollout.started.service != ""
    version = ours.version == theirs.version != ""
    if same_commit(ours.commit, theirs.commit):
        return 4
    if version:
        # The version alone links a repository named otherwise than its workloads, not two services by chance.
        return 3 if service else 1 if change.start.service not in services else 0
    contradicted = (ours.version and theirs.version) or (ours.commit and theirs.commit)
    return 2 if service and not contradicted else 0
