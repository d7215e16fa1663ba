"""Finds runs of Jobs that coincide with an effect, such as a migration that locks a table or a report that scans it."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from collector.stories.story import Story, StoryType

_BEFORE = timedelta(minutes=15)
"""Longest time from the start of a run to the start of its effect."""
_EARLY = timedelta(minutes=1)
"""Because of sampling, the effect may seem to begin this much before the run."""
_END = timedelta(minutes=2)
"""Largest distance between the ends of a run and its effect."""
_MOST = 3
"""If more runs coincide with effects, none means anything: some Job is always running on that cluster."""


def ran_with(runs: Iterable[Story], effects: Sequence[Story]) -> frozenset[str]:
    """The ids of the runs that an effect on users followed, and that ended together with it, or go on with it."""
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
