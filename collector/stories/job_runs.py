"""Runs of Jobs: which of them went with an effect, as a migration that locks a table, or a report that scans it."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from collector.stories.story import Story, StoryType

_BEFORE = timedelta(minutes=15)
"""An effect begins so long after the start of what it goes with at most."""
_EARLY = timedelta(minutes=1)
"""As samples are seen, it may seem to begin so long before."""
_END = timedelta(minutes=2)
"""Both end as near to each other."""
_MOST = 3
"""Of more Jobs than that none tells anything: on that cluster some run at any time."""


def ran_with(runs: Iterable[Story], effects: Sequence[Story]) -> frozenset[str]:
    """The runs (their ids) after whose start an effect on users began, and that ended or go on with it."""
    felt = [effect for effect in effects if effect.type in (StoryType.SYMPTOM, StoryType.ALERT)]
    found = frozenset(run.id for run in runs if any(_together(run, effect) for effect in felt))
    return found if len(found) <= _MOST else frozenset()


def _together(run: Story, effect: Story) -> bool:
    started, seconds = run.first.best, run.first.best.numbers.get("seconds")
    begins = started.earliest - _EARLY <= effect.since <= started.latest + _BEFORE
    if not begins or _apart(run, effect):
        return False
    if seconds is None or effect.over is None:
        return seconds is None and effect.over is None
    return abs(started.at + timedelta(seconds=seconds) - effect.over) <= _END


def _apart(run: Story, effect: Story) -> bool:
    return bool(run.service.cluster and effect.service.cluster) and run.service.cluster != effect.service.cluster
