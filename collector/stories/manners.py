"""Finds the manner of a deploy: evidence of the cluster outranks that of CI, and a version outranks a name."""

from collections.abc import Sequence

from collector.event import Identity
from collector.manner import Manner
from collector.stories.pipelines import stated
from collector.stories.returns import AGAIN, BACK, CONFIG
from collector.stories.story import Step, Story

RESTART = "Restart"
"""The `reason` of the start of a rollout that changes nothing."""
_BY_NAME = (Manner.MIGRATION, Manner.INFRASTRUCTURE, Manner.REVERT)
_SAME_VERSION = (Manner.RESTART, Manner.CONFIG, Manner.REDEPLOY)


def manner_of(runs: Sequence[Story], rolled: Sequence[Story], keys: Identity) -> Manner:
    """The manner of a deploy of these pipelines and rollouts; `keys` are those of all of them."""
    names = frozenset().union(*(stated(part) for part in (*runs, *rolled)))
    back = any(part.manner == "rollback" for part in rolled)
    # A cluster that knows no earlier version cannot show a rollback.
    knows_no_earlier_version = all(part.manner == "first" for part in rolled)
    if Manner.AUTOMATIC_ROLLBACK in names or (back and Manner.RECONCILE in names):
        return Manner.AUTOMATIC_ROLLBACK
    if back or Manner.ROLLBACK in names or (knows_no_earlier_version and any(run.manner == BACK for run in runs)):
        return Manner.ROLLBACK
    named = next((manner for manner in _BY_NAME if manner in names), None)
    if named:
        return named
    return _of_one_version(runs, rolled, keys, names)


def _of_one_version(runs: Sequence[Story], rolled: Sequence[Story], keys: Identity, names: frozenset[Manner]) -> Manner:
    """The manner of a deploy that brings nothing back; PLAIN if it changes the version."""
    if keys.replaces and keys.replaces != keys.version:
        return Manner.PLAIN
    reasons = {part.at(Step.STARTED)[0].best.reason for part in rolled}
    if RESTART in reasons and not reasons - {RESTART, ""}:
        return Manner.RESTART
    if Manner.RECONCILE in names and not rolled:
        return Manner.RECONCILE
    named = next((manner for manner in _SAME_VERSION if manner in names), None)
    if named:
        return named
    by_history = {AGAIN: Manner.REDEPLOY, CONFIG: Manner.CONFIG}
    found = [by_history[run.manner] for run in runs if run.manner in by_history]
    return max(found, default=Manner.PLAIN, key=lambda manner: manner == Manner.CONFIG)
