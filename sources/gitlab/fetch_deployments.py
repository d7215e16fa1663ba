"""What to request about the deployments of a project: recent and earlier ones, approvals and environments."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from collector.source import BadAnswer, Denied, Document, Gap, RateLimited, SourceError, each
from collector.window import Window
from sources.deploy_names import matches
from sources.gitlab import items
from sources.gitlab.api import Absent, Api
from sources.gitlab.settings import GitlabSettings
from sources.gitlab.span import LEAD, Quota, is_recent, stamp

_PAGES_SINCE = 5
"""Maximum pages of deployments that changed after the window, earliest first."""
_PAGES_OF_ENVIRONMENTS = 10
_MOST_LISTED = 100
"""Environments per page; a full page may not be the last."""
_MOST_NAMED = 5
_AT_ONCE = timedelta(seconds=10)
"""A job that starts this soon after the creation of its deployment did not wait for anybody."""
_BY_UPDATE = {"order_by": "updated_at"}
"""GitLab can only filter by the time of the last change, and only in this order.

That time is never before the creation or the end, so the changes since `LEAD` before the window include all relevant
deployments, whenever they were requested.
"""


def deployments(
    api: Api,
    settings: GitlabSettings,
    window: Window,
    now: datetime,
    project: items.Project,
    linked: set[str],
    targets: set[str],
    quota: Quota,
) -> Iterator[Document | Gap]:
    """Add the pipelines of the deployments that may matter to `linked`, and their environments to `targets`."""
    path = f"/projects/{project.id}/deployments"
    since, until = stamp(window.start - LEAD), stamp(window.end)
    seen: dict[str, items.Deployment] = {}
    whole = {"updated_after": since, "sort": "desc", **_BY_UPDATE}
    if is_recent(window, now):
        yield from _listed(api.pages("deployments", path, whole), seen)
    else:
        yield from _listed(api.pages("deployments", path, {**whole, "updated_before": until}), seen)
        later = {"updated_after": until, "sort": "asc", **_BY_UPDATE}
        yield from _listed(_since(api, path, later, window), seen)
    ours = [one for one in seen.values() if _wanted(one, window, settings)]
    if not ours:
        return
    targets |= {one.environment for one in ours}
    before = {"updated_before": since, "status": "success", "sort": "desc", **_BY_UPDATE}
    yield api.document("deployments", path, {**before, "per_page": "100"})
    linked |= {one.job.pipeline for one in ours if one.job is not None and one.job.pipeline}
    yield from _approvals(api, path, ours, window, quota)
    yield from _environments(api, project, {one.environment for one in ours})


def _listed(pages: Iterator[Document | Gap], seen: dict[str, items.Deployment]) -> Iterator[Document | Gap]:
    for page in pages:
        yield page
        if isinstance(page, Document):
            found = each(page.json(), items.deployment, "deployments")
            seen.update({one.id: one for one in found if not isinstance(one, Gap)})


def _since(api: Api, path: str, params: dict[str, str], window: Window) -> Iterator[Document | Gap]:
    """Deployments that changed after the window, as long as they may have begun in it."""
    for page in api.pages("deployments", path, params, most=_PAGES_SINCE):
        if isinstance(page, Gap):
            yield Gap(f"deployments: what changed after {_PAGES_SINCE} pages since the window was not asked for")
            return
        yield page
        changed = [one.updated for one in each(page.json(), items.deployment, "") if not isinstance(one, Gap)]
        if changed and max(changed) > window.end + LEAD:
            return


def _wanted(one: items.Deployment, window: Window, settings: GitlabSettings) -> bool:
    """Whether it may have run in the window, or within `LEAD` before it."""
    if settings.environments and not matches(one.environment, settings.environments):
        return False
    begun = one.job.started if one.job is not None else None
    return (begun or one.created) <= window.end and one.updated >= window.start - LEAD


def _approvals(
    api: Api, path: str, ours: list[items.Deployment], window: Window, quota: Quota
) -> Iterator[Document | Gap]:
    """Approvals are only in the answer about a single deployment, and only with GitLab Premium."""

    def rank(one: items.Deployment) -> tuple[bool, int]:
        ended = one.job.finished if one.job is not None else None
        return (ended is not None and ended < window.start), -int(one.id)

    failed: list[SourceError] = []
    asked = 0
    for one in sorted(ours, key=rank):
        begun = one.job.started if one.job is not None else None
        if one.job is None or (begun is not None and begun - one.created < _AT_ONCE):
            continue
        if not quota.take("approvals"):
            continue
        asked += 1
        try:
            document = api.document("deployment", f"{path}/{one.id}")
        except (Denied, BadAnswer) as error:
            failed.append(error)
            continue
        yield document
        body = document.json()
        if isinstance(body, dict) and not {"approvals", "approval_summary", "pending_approval_count"} & set(body):
            # This GitLab has no approvals.
            break
    if failed:
        reason = f"the approvals of {len(failed)} of {asked} deployments could not be read, first {failed[0].reason}"
        yield Gap(reason, failed[0].hint)


def _environments(api: Api, project: items.Project, names: set[str]) -> Iterator[Document | Gap]:
    """Environments until all tiers of `names` are known: a project may have thousands, one for each branch."""
    missing = set(names)
    try:
        for page in api.pages("environments", f"/projects/{project.id}/environments", most=_PAGES_OF_ENVIRONMENTS):
            if isinstance(page, Gap):
                return
            yield page
            found = each(page.json(), items.environment, "environments")
            missing -= {one.name for one in found if not isinstance(one, Gap)}
            if not missing:
                return
    except Absent:
        # Their names are known from the deployments anyway.
        return


def absent_environments(api: Api, settings: GitlabSettings, projects: Sequence[items.Project]) -> Iterator[Gap]:
    """A Gap if no project has an environment that the settings name; nothing if not all environments are known."""
    names: set[str] = set()
    for project in projects:
        try:
            listed = api.document("environments", f"/projects/{project.id}/environments", {"per_page": "100"}).json()
        except RateLimited:
            raise
        except SourceError:
            return
        found = [one for one in each(listed, items.environment, "environments") if not isinstance(one, Gap)]
        if not isinstance(listed, list) or len(found) < len(listed) or len(listed) >= _MOST_LISTED:
            return
        names |= {one.name for one in found}
    if not any(matches(name, settings.environments) for name in names):
        shown = sorted(names)[:_MOST_NAMED]
        known = (
            f"there are {', '.join(shown)}{' and more' if len(names) > len(shown) else ''}"
            if shown
            else "there are none"
        )
        yield Gap(
            f"no project has an environment that `environments` names ({', '.join(settings.environments)})", known
        )
