"""Which workflow runs to request from GitHub, and the jobs and approvals of which of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import quote

from collector.event import SECOND
from collector.source import BadAnswer, Denied, Document, Gap, SourceError, each
from collector.window import Window
from sources.github import actions
from sources.github.api import Api
from sources.github.ask_deployments import LEAD
from sources.github.place import Place
from sources.github.seen import Seen, left_out

_SEARCH_LIMIT = 1000
"""Maximum runs that GitHub returns for one search."""
_MOST_SPANS = 256
"""Maximum number of searches that the runs are split into."""
RUN_AGAIN = timedelta(days=30)
"""How long after its creation GitHub allows a run to be run again."""
_PAGES_OF_OLD = 3
_MOST_DEPLOYS = 60
"""Maximum deploying runs for which jobs are requested: one request each, and one more for each that was run again."""
_MOST_APPROVALS = 60


def ask_runs(api: Api, place: Place, window: Window, seen: Seen) -> Iterator[Document | Gap]:
    """The runs created since `LEAD` before the window; a span with more runs than one search returns is halved."""
    # Whole seconds, like GitHub's own times, so each run is in exactly one span.
    spans = [((window.start - LEAD).replace(microsecond=0), window.end.replace(microsecond=0))]
    asked = 0
    while spans:
        start, end = spans.pop()
        asked += 1
        created = f"{_stamp(start)}..{_stamp(end)}"
        for page in api.pages("runs", f"{place.url}/actions/runs", created=created, exclude_pull_requests="true"):
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
                _note(page, seen)
            yield page
    seen.answered.add("runs")


def ask_linked_runs(api: Api, place: Place, seen: Seen) -> Iterator[Document | Gap]:
    """Old runs that were run again: they keep their first `created_at`, but their new deployments link to them."""
    wanted = sorted(seen.linked - seen.runs.keys(), key=int, reverse=True)
    failed: list[SourceError] = []
    for run in wanted:
        try:
            document = api.document("run", f"{place.url}/actions/runs/{run}?exclude_pull_requests=true")
            _note(document, seen)
            yield document
        except (Denied, BadAnswer) as error:
            failed.append(error)
    yield from left_out(failed, len(wanted), "{} of {} runs that deployments point to could not be read")


def ask_run_again(api: Api, place: Place, window: Window, seen: Seen) -> Iterator[Document | Gap]:
    """Old runs of the workflows that deploy: some may have been run again in the window, and nothing links to them.

    Runs from before the window also show which versions ran before.
    """
    created = f"{_stamp(window.start - RUN_AGAIN)}..{_stamp(window.start - LEAD - SECOND)}"
    for file in place.files:
        url = f"{place.url}/actions/workflows/{quote(file, safe='')}/runs"
        try:
            for page in api.pages("runs", url, _PAGES_OF_OLD, created=created, exclude_pull_requests="true"):
                yield page
                if isinstance(page, Document):
                    _note(page, seen)
        except Denied:
            # It may be a reusable workflow of another repository, without runs in this one.
            seen.without_runs.append(file)


def ask_jobs(api: Api, place: Place, window: Window, seen: Seen) -> Iterator[Document | Gap]:
    """The jobs of the runs that are deploys by the settings, and the earlier attempt of those that were run again."""
    since = window.start - LEAD
    deploys = [one for one in seen.runs.values() if place.deploys(one) and one.id not in seen.linked]
    near = [one for one in deploys if one.started <= window.end and max(one.started, one.updated) >= since]
    near.sort(key=lambda one: (one.started, int(one.id)), reverse=True)
    failed: list[SourceError] = []
    for run in near[:_MOST_DEPLOYS]:
        url = f"{place.url}/actions/runs/{run.id}"
        try:
            yield from api.pages("jobs", f"{url}/jobs", filter="latest")
            if run.attempt > 1:
                yield api.document("attempt", f"{url}/attempts/{run.attempt - 1}?exclude_pull_requests=true")
        except (Denied, BadAnswer) as error:
            failed.append(error)
    yield from left_out(failed, len(near), "the jobs of {} of {} runs that deploy could not be read")
    if len(near) > _MOST_DEPLOYS:
        reason = f"jobs: not asked for {len(near) - _MOST_DEPLOYS} further runs of {place.repository}"
        yield Gap(reason, "ask for a shorter window")


def ask_approvals(api: Api, place: Place, seen: Seen) -> Iterator[Document | Gap]:
    """Who approved or rejected the runs that waited for somebody."""
    wanted = sorted(seen.waited, key=int, reverse=True)
    failed: list[SourceError] = []
    for run in wanted[:_MOST_APPROVALS]:
        try:
            yield api.document("approvals", f"{place.url}/actions/runs/{run}/approvals")
        except (Denied, BadAnswer) as error:
            failed.append(error)
    yield from left_out(failed, len(wanted), "who approved {} of {} runs could not be read")


def _note(document: Document, seen: Seen) -> None:
    body = document.json()
    listed = body.get("workflow_runs") if isinstance(body, dict) and document.call == "runs" else [body]
    for found in each(listed, actions.run, document.call):
        if not isinstance(found, Gap):
            seen.runs[found.id] = found


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
