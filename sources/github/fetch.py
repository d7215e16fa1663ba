"""What to ask GitHub, and in which order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from collector.event import SECOND
from collector.source import BadAnswer, Denied, Document, Gap, RateLimited, SourceError, each
from collector.window import Window
from sources.github import items
from sources.github.settings import GithubSettings

if TYPE_CHECKING:
    # `read` needs what is here, and no client.
    from sources.github.api import Api

LEAD = timedelta(hours=24)
"""How long before the window a deploy may have been requested: it can wait for an approval."""
_ENOUGH_OLDER = 10
"""Deployments from before that which are enough to see a version come back."""
_ASKED_OLDER = 3
"""Of so many of these, for each environment, it is asked how they went."""
_SEARCH_LIMIT = 1000
"""Runs that GitHub gives for one search, however many there are."""
_MOST_SPANS = 256
"""Into how many searches the runs are split at most."""


@dataclass(slots=True)
class _Seen:
    """What later questions need of earlier answers."""

    deployments: dict[str, items.Deployment] = field(default_factory=dict)
    linked: set[str] = field(default_factory=set)
    """Ids of the runs of this repository that statuses point to."""
    listed: set[str] = field(default_factory=set)
    """Ids of the runs that the listing gave."""


def fetch(api: "Api", settings: GithubSettings, window: Window) -> Iterator[Document | Gap]:
    """Every part on its own: where one is denied the others go on. Raises only if there was no answer at all."""
    seen = _Seen()
    errors: list[SourceError] = []
    answered = False
    parts = (
        ("Deployments: read", _deployments(api, settings, window, seen)),
        ("Deployments: read", _statuses(api, settings, window, seen)),
        ("Actions: read", _runs(api, settings, window, seen)),
        ("Actions: read", _linked_runs(api, settings, seen)),
    )
    for right, part in parts:
        try:
            for given in part:
                answered = answered or isinstance(given, Document)
                yield given
        except Denied as error:
            # GitHub hides behind 404 what a token may not see, so the right is named there, too.
            hint = f"{error.hint}; a fine-grained token needs `{right}` on {settings.repository}"
            errors.append(Denied(error.reason, hint))
        except RateLimited as error:
            # The limit is the same for all.
            errors.append(error)
            break
        except SourceError as error:
            errors.append(error)
    yield from (Gap(error.reason, error.hint) for error in (errors if answered else errors[1:]))
    if not answered and errors:
        raise errors[0]


def _deployments(api: "Api", settings: GithubSettings, window: Window, seen: _Seen) -> Iterator[Document | Gap]:
    """Newest first; the API knows no filter by time."""
    for environment in settings.environments or [""]:
        params = {"environment": environment} if environment else {}
        older, reached = 0, False
        for page in api.pages("deployments", f"{settings.url}/deployments", **params):
            yield page
            if isinstance(page, Gap):
                continue
            for found in each(page.json(), items.deployment, "deployments"):
                if not isinstance(found, Gap):
                    seen.deployments[found.id] = found
                    older += found.created < window.start - LEAD
            # One page further at most, for the versions that ran before.
            if older >= _ENOUGH_OLDER or reached:
                break
            reached = older > 0


def _statuses(api: "Api", settings: GithubSettings, window: Window, seen: _Seen) -> Iterator[Document | Gap]:
    """One listing per deployment, so only for those that may have run in the window; the latest first.

    Those from before are the last few of each environment: an approval may come days after the request.
    """
    every = sorted(seen.deployments.values(), key=lambda d: (d.created, int(d.id)), reverse=True)
    wanted = [d for d in every if window.start - LEAD <= d.created <= window.end]
    older: dict[str, int] = {}
    for deployment in every:
        if deployment.created < window.start - LEAD:
            older[deployment.environment] = older.get(deployment.environment, 0) + 1
            if older[deployment.environment] <= _ASKED_OLDER:
                wanted.append(deployment)
    failed: list[SourceError] = []
    for deployment in wanted:
        try:
            for page in api.pages("statuses", f"{settings.url}/deployments/{deployment.id}/statuses"):
                yield page
                if isinstance(page, Gap):
                    continue
                for found in each(page.json(), items.status, "statuses"):
                    if isinstance(found, Gap) or found.state == "inactive" or found.created < window.start - LEAD:
                        # What went on only long before, or ended because another took its place, needs no run.
                        continue
                    if found.repository.lower() == settings.repository.lower():
                        seen.linked.add(found.run)
        except (Denied, BadAnswer) as error:
            failed.append(error)
    yield from _left_out(failed, len(wanted), "the statuses of {} of {} deployments could not be read")


def _runs(api: "Api", settings: GithubSettings, window: Window, seen: _Seen) -> Iterator[Document | Gap]:
    """The runs created since `LEAD` before the window; a span with more than a search gives is halved."""
    # Whole seconds, as GitHub's own times are: each run is in one span only.
    spans = [((window.start - LEAD).replace(microsecond=0), window.end.replace(microsecond=0))]
    asked = 0
    while spans:
        start, end = spans.pop()
        asked += 1
        created = f"{_stamp(start)}..{_stamp(end)}"
        for page in api.pages("runs", f"{settings.url}/actions/runs", created=created, exclude_pull_requests="true"):
            if isinstance(page, Document):
                body = page.json()
                total = body.get("total_count") if isinstance(body, dict) else None
                if isinstance(total, int) and total > _SEARCH_LIMIT:
                    if end - start >= SECOND and asked + len(spans) < _MOST_SPANS:
                        middle = start + (end - start) // (2 * SECOND) * SECOND
                        spans += [(start, middle), (middle + SECOND, end)]
                        break
                    reason = f"runs: truncated, there are {total} in {created} and GitHub gives {_SEARCH_LIMIT}"
                    yield Gap(reason, "ask for a shorter window")
                runs = body.get("workflow_runs") if isinstance(body, dict) else None
                seen.listed.update(found.id for found in each(runs, items.run, "runs") if not isinstance(found, Gap))
            yield page


def _linked_runs(api: "Api", settings: GithubSettings, seen: _Seen) -> Iterator[Document | Gap]:
    """Old runs that were run again: they keep their first `created_at`, but their new deployments point to them."""
    wanted = sorted(seen.linked - seen.listed, key=int, reverse=True)
    failed: list[SourceError] = []
    for run in wanted:
        try:
            yield api.document("run", f"{settings.url}/actions/runs/{run}?exclude_pull_requests=true")
        except (Denied, BadAnswer) as error:
            failed.append(error)
    yield from _left_out(failed, len(wanted), "{} of {} runs that deployments point to could not be read")


def _left_out(failed: list[SourceError], wanted: int, what: str) -> Iterator[Gap]:
    if failed:
        yield Gap(f"{what.format(len(failed), wanted)}, first {failed[0].reason}", failed[0].hint)


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
