"""Which time around the window is requested from GitLab, and how many requests are made."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct, field

from collector.source import Gap
from collector.window import Window

LEAD = timedelta(hours=24)
"""How long before the window a deploy may have run and still matter for it."""
RECENT = timedelta(hours=24)
"""If the window ended at most this long ago, changes are requested without an upper bound."""


def is_recent(window: Window, now: datetime) -> bool:
    """Whether so little can have changed since the window that one request covers it."""
    return now - window.end <= RECENT


def stamp(moment: datetime) -> str:
    """The time in the format of GitLab's filters."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


MOST = 200
"""Maximum deployments for which approvals, and pipelines for which jobs are requested, over all projects."""
_LEAST = 5
"""Minimum share of each project, however many there are."""


class Quota(Struct):
    """How many single objects may still be requested for a project, so that none uses up the share of the others."""

    projects: int
    left: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)

    def next_project(self) -> None:
        """Give the next project its share, plus the rest of earlier shares."""
        share = max(_LEAST, MOST // max(1, self.projects))
        self.left = {what: share + self.left.get(what, 0) for what in ("approvals", "jobs")}

    def take(self, what: str) -> bool:
        """Whether one more may be requested; counts it either way."""
        if self.left[what] > 0:
            self.left[what] -= 1
            return True
        self.refused[what] = self.refused.get(what, 0) + 1
        return False

    def gaps(self) -> Iterator[Gap]:
        """Gaps for the objects that were not requested."""
        if number := self.refused.get("approvals"):
            yield Gap(f"the approvals of {number} deployments were not asked for", "ask for a shorter window")
        if number := self.refused.get("jobs"):
            reason = f"the jobs of {number} pipelines were not asked for: deploys without an environment may be missing"
            yield Gap(reason, "ask for a shorter window, or give the jobs that deploy an `environment`")
