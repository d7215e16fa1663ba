"""The results of rollout analyses, and which of them caused an abort."""

from collections.abc import Iterator
from datetime import timedelta

from collector.event import Event, Identity
from sources.cluster.analyses import BAD, GOOD, Analysis
from sources.cluster.facts.analyses import analysis_ended, analysis_started
from sources.cluster.inference.deployment_history import DeploymentHistory
from sources.cluster.inference.rollouts import name
from sources.cluster.inventory import Inventory
from sources.fact import Moment, report

_CAUSE = timedelta(seconds=60)
"""The controller aborts a rollout within this time after an analysis failed."""


def analysis_events(history: DeploymentHistory, inventory: Inventory, source: str) -> Iterator[Event]:
    """The start and end of each analysis."""
    subject = inventory.subject_of_workload(history.namespace, history.workload)
    for one in _analyses(history, inventory):
        replica_set = f"{one.rollout}-{one.template_hash}" if one.template_hash else ""
        own = history.sets.get(replica_set)
        rollout = next((each for each in history.rollouts if each.new == replica_set), None)
        called = name(history, rollout, inventory) if rollout else None
        step = f" at step {one.step + 1}" if one.step is not None else ""
        facts = [(analysis_started(subject, called, one.name, step), one.started)]
        if one.phase in (GOOD, *BAD):
            facts.append((analysis_ended(subject, called, one.name, one.phase, "; ".join(one.findings)), one.completed))
        for number, (fact, when) in enumerate(facts):
            if when is not None:
                yield report(
                    fact,
                    when,
                    source=source,
                    native_id=f"{one.uid}/{('started', 'ended')[number]}",
                    keys=inventory.identity(own) if own else Identity(replica_set=replica_set),
                    query=f"/apis/argoproj.io/v1alpha1/namespaces/{one.namespace}/analysisruns/{one.name}",
                )


def found_before(at: Moment, history: DeploymentHistory, inventory: Inventory) -> str:
    """The analysis results that caused the abort at `at`: `errors Failed: 0.31, 0.35`; empty if there are none."""
    bad = [
        one
        for one in _analyses(history, inventory)
        if one.phase in BAD and one.completed and abs(one.completed.earliest - at.earliest) <= _CAUSE
    ]
    worst = [finding for one in bad for finding in one.findings if any(f" {phase}" in finding for phase in BAD)]
    return "; ".join(dict.fromkeys(worst))


def _analyses(history: DeploymentHistory, inventory: Inventory) -> list[Analysis]:
    return sorted(inventory.analyses.get((history.namespace, history.workload), ()), key=lambda one: one.name)
