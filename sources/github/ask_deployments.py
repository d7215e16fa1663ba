"""Which deployments to request from GitHub, and the statuses of which of them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from collector.services.service import Service
from collector.source import BadAnswer, Denied, Document, Gap, SourceError, each
from collector.window import Window
from sources.github import items
from sources.github.place import Place
from sources.github.seen import Seen, left_out

if TYPE_CHECKING:
    from sources.github.api import Api

LEAD = timedelta(hours=24)
"""How long before the window a deploy may have run and still matter for it."""
LONGEST_WAIT = timedelta(hours=72)
"""How long a deploy may have waited for an approval that was given in the window, for example over a weekend."""
_ENOUGH_OLDER = 10
"""Number of deployments before that time that are enough to recognise a version that comes back."""
_ASKED_OLDER = 3
"""For each environment, the statuses of this many of them are requested."""
MOST_STATUSES = 200
"""Maximum deployments of one repository for which statuses are requested, with one request each."""
MOST_PREVIEWS = 20
"""The same limit for deployments to environments that are made for one branch."""


def ask_deployments(api: "Api", place: Place, window: Window, seen: Seen) -> Iterator[Document | Gap]:
    """Newest first; the API cannot filter by time."""
    for environment in place.settings.environments or [""]:
        params = {"environment": environment} if environment else {}
        older, reached, empty = 0, False, True
        for page in api.pages("deployments", f"{place.url}/deployments", **params):
            yield page
            if isinstance(page, Gap):
                continue
            for found in each(page.json(), items.deployment, "deployments"):
                empty = False
                if not isinstance(found, Gap):
                    seen.deployments[found.id] = found
                    older += found.created < window.start - LONGEST_WAIT
            # At most one more page, for the versions that ran before.
            if older >= _ENOUGH_OLDER or reached:
                break
            reached = older > 0
        if environment and empty:
            seen.empty.add(environment)
    seen.answered.add("deployments")


def ask_statuses(api: "Api", place: Place, window: Window, seen: Seen) -> Iterator[Document | Gap]:
    """One listing per deployment, so only for those that may have run in the window, newest first.

    For older deployments only the last few of each environment, and those that may have waited for an approval.
    """
    wanted, passed_over = _wanted(seen, window)
    failed: list[SourceError] = []
    for deployment in wanted:
        try:
            for page in api.pages("statuses", f"{place.url}/deployments/{deployment.id}/statuses"):
                yield page
                if isinstance(page, Document):
                    _note(page, place, window, seen)
        except (Denied, BadAnswer) as error:
            failed.append(error)
    yield from left_out(failed, len(wanted), "the statuses of {} of {} deployments could not be read")
    if passed_over:
        reason = f"statuses: not asked for {passed_over} further deployments of {place.repository}"
        yield Gap(reason, "name the `environments` that matter, or ask for a shorter window")


def _wanted(seen: Seen, window: Window) -> tuple[list[items.Deployment], int]:
    """The deployments to request statuses for, and the number of others in that time.

    Deployments older than `LEAD` matter if they changed since the window began, because then they had waited.
    """
    every = sorted(seen.deployments.values(), key=lambda d: (d.created, int(d.id)), reverse=True)
    waited = [one for one in every if one.created < window.start - LEAD and _waited(one, window)]
    recent = [*(one for one in every if window.start - LEAD <= one.created <= window.end), *waited]
    kept, previews = ([one for one in recent if _preview(one) == preview] for preview in (False, True))
    wanted = [*kept[:MOST_STATUSES], *previews[:MOST_PREVIEWS]]
    older: dict[str, int] = {}
    for deployment in every:
        if deployment.created < window.start - LEAD and deployment not in waited and not _preview(deployment):
            older[deployment.environment] = older.get(deployment.environment, 0) + 1
            if older[deployment.environment] <= _ASKED_OLDER:
                wanted.append(deployment)
    return wanted, max(0, len(kept) - MOST_STATUSES)


def _waited(deployment: items.Deployment, window: Window) -> bool:
    return deployment.created >= window.start - LONGEST_WAIT and deployment.updated >= window.start


def _preview(deployment: items.Deployment) -> bool:
    return deployment.transient or Service(environment=deployment.environment).preview


def _note(page: Document, place: Place, window: Window, seen: Seen) -> None:
    """Collect the runs that these statuses link to."""
    found = [one for one in each(page.json(), items.status, "statuses") if not isinstance(one, Gap)]
    waited = any(one.state == "waiting" for one in found)
    for one in found:
        if one.state == "inactive" or one.created < window.start - LEAD:
            # A status long before the window, or one for a replaced deployment, needs no run.
            continue
        # A renamed repository is still found by its former name, but links have the current one.
        if one.run and one.repository.lower() in (place.repository.lower(), one.home.lower()):
            seen.linked.add(one.run)
            if waited:
                seen.waited.add(one.run)
