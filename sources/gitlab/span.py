"""How far around the window GitLab is asked, and how often."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct, field

from collector.source import Gap
from collector.window import Window

LEAD = timedelta(hours=24)
"""How long before the window a deploy may have run that matters for it."""
RECENT = timedelta(hours=24)
"""What changed up to so long after the window is asked for without a bound above."""


def is_recent(window: Window, now: datetime) -> bool:
    """Whether so little can have changed since the window that one question covers it."""
    return now - window.end <= RECENT


def stamp(moment: datetime) -> str:
    """As GitLab's filters take it."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


MOST = 200
"""Deployments of which the approvals, and pipelines of which the jobs are asked for, over all projects."""
_LEAST = 5
"""Of each project, however many there are."""


class Quota(Struct):
    """How many single objects may still be asked for of a project: none takes the share of the others."""

    projects: int
    left: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)

    def next_project(self) -> None:
        """Give the next project its share, and what is left of the shares before."""
        share = max(_LEAST, MOST // max(1, self.projects))
        self.left = {what: share + self.left.get(what, 0) for what in ("approvals", "jobs")}

    def take(self, what: str) -> bool:
        """Whether one more may be asked for; counted either way."""
        if self.left[what] > 0:
            self.left[what] -= 1
            return True
        self.refused[what] = self.refused.get(what, 0) + 1
        return False

    def gaps(self) -> Iterator[Gap]:
        """What was not asked for."""
        if number := self.refused.get("approvals"):
            yield Gap(f"the approvals of {number} deployments were not asked for", "ask for a shorter window")
        if number := self.refused.get("jobs"):
            reason = f"the jobs of {number} pipelines were not asked for: deploys without an environment may be missing"
            yield Gap(reason, "ask for a shorter window, or give the jobs that deploy an `environment`")
