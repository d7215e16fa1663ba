"""Scaling up as mitigation: a service got more pods, and soon after that the last alert was resolved."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from collector.event import Event, Kind
from collector.merge import Occurrence
from collector.row import Row
from collector.services.service import without_environment
from collector.stories.story import Step, Story, StoryType

_CHANGED = frozenset(
    {
        Kind.CONFIG_CHANGED,
        Kind.DEPLOY_STARTED,
        Kind.FLAG_CHANGED,
        Kind.ROLLBACK_STARTED,
        Kind.ROLLOUT_STARTED,
        Kind.SCALED,
    }
)
"""Kinds of rows for changes that may have ended the effects."""
_RESOLVED_WITHIN = timedelta(minutes=15)
"""Maximum time from a change to the resolution of an alert that it ended."""


def scaled_up(after: Iterable[Row], costly: Iterable[Story], scalings: Iterable[Story]) -> tuple[Row, Event] | None:
    """The last change before the last alert was resolved, with its row, if it gave a service with an alert more pods.

    That alert was active before the change and resolved after it. None if an alert still fires, or if the last one was
    resolved long after the change.
    """
    alerts = [story for story in costly if story.type == StoryType.ALERT]
    if not alerts or not all(alert.over for alert in alerts):
        return None
    over = max(alert.over or alert.since for alert in alerts)
    changes = [row for row in after if row.kind in _CHANGED and row.at <= over]
    if not changes or changes[-1].kind != Kind.SCALED:
        return None
    shown = {id(one) for one in changes[-1].occurrences}
    for story in scalings:
        steps = [one for one in story.at(Step.STARTED) if id(one) in shown and one.best.at <= over]
        if not steps or not _more_pods(story, steps):
            continue
        best = steps[-1].best
        if over <= best.at + _RESOLVED_WITHIN and any(_of_same(story, alert, best.at) for alert in alerts):
            return changes[-1], best
    return None


def _more_pods(story: Story, steps: Sequence[Occurrence]) -> bool:
    """Whether there are more pods after these changes than before them."""
    now = steps[-1].best.numbers.get("replicas", 0)
    was = 0 if story.manner == "back" else steps[0].best.numbers.get("was", now)
    return now > was


def _of_same(scaling: Story, alert: Story, at: datetime) -> bool:
    """Whether the alert is about the service that was scaled at that time, and its condition held then."""
    same = without_environment(scaling.service) == without_environment(alert.service)
    active = min(one.best.numbers.get("since", one.best.at.timestamp()) for one in alert.at(Step.STARTED))
    return same and active <= at.timestamp() and (alert.over is None or at <= alert.over)
