"""What to request from GitLab, and in which order."""

from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec import Struct, field

from collector.source import Denied, Document, Gap, RateLimited, SourceError, each
from collector.window import Window
from sources.gitlab import items
from sources.gitlab.api import Api
from sources.gitlab.fetch_deployments import absent_environments, deployments
from sources.gitlab.fetch_pipelines import pipelines
from sources.gitlab.paths import named
from sources.gitlab.settings import GitlabSettings
from sources.gitlab.span import Quota

MOST_PROJECTS = 200
"""Maximum projects of a group."""
_FEW_PROJECTS = 10
"""Maximum projects to request the environments of, if none has deployments to those in the settings."""


class _Failed(Struct):
    """The failed requests, by part of the API."""

    errors: dict[str, list[SourceError]] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    answered: bool = False

    def gaps(self) -> Iterator[Gap]:
        for part, errors in self.errors.items():
            first, asked = errors[0], self.asked[part]
            of = f"{part} of {len(errors)} of {asked} projects could not be read, first " if asked > 1 else ""
            yield Gap(f"{of}{first.reason}", first.hint)


def fetch(api: Api, settings: GitlabSettings, window: Window, now: datetime | None = None) -> Iterator[Document | Gap]:
    """Each project and part is separate: if one is denied, the others continue.

    Raises only if there was no answer at all. `now` decides which requests are needed; default: the current time.
    """
    now = now or datetime.now(UTC)
    failed = _Failed()
    found: list[items.Project] = []
    quota = Quota(1)
    try:
        yield from _kept(failed, "projects", _projects(api, settings, failed, found))
        projects = {project.id: project for project in found}
        quota = Quota(len(projects))
        targets: set[str] = set()
        for project in projects.values():
            quota.next_project()
            linked: set[str] = set()
            parts = (
                ("deployments", deployments(api, settings, window, now, project, linked, targets, quota)),
                ("pipelines", pipelines(api, window, now, project, linked, quota)),
            )
            for part, given in parts:
                yield from _kept(failed, part, given)
        if (
            settings.environments
            and not targets
            and "deployments" not in failed.errors
            and len(projects) <= _FEW_PROJECTS
        ):
            yield from absent_environments(api, settings, list(projects.values()))
    except SourceError as error:
        failed.errors.setdefault("the rest", []).append(error)
        failed.asked.setdefault("the rest", 1)
    yield from quota.gaps()
    gaps = list(failed.gaps())
    if not failed.answered and failed.errors:
        raise next(iter(failed.errors.values()))[0]
    yield from gaps


def _kept(failed: _Failed, part: str, given: Iterator[Document | Gap]) -> Iterator[Document | Gap]:
    """The documents of a part. Its error is kept, or raised if nothing has been answered yet."""
    failed.asked[part] = failed.asked.get(part, 0) + 1
    try:
        for one in given:
            failed.answered = failed.answered or isinstance(one, Document)
            yield one
    except RateLimited:
        # All requests share the limit.
        raise
    except SourceError as error:
        if not failed.answered:
            raise
        known = Denied(error.reason, f"{error.hint}; README lists the rights needed") if _is_right(error) else error
        failed.errors.setdefault(part, []).append(known)


def _is_right(error: SourceError) -> bool:
    return isinstance(error, Denied) and "README" not in error.hint


def _projects(
    api: Api, settings: GitlabSettings, failed: _Failed, found: list[items.Project]
) -> Iterator[Document | Gap]:
    errors: list[SourceError] = []
    for wanted in settings.wanted:
        try:
            document = api.document("project", named("projects", wanted))
        except Denied as error:
            errors.append(error)
            continue
        failed.answered = True
        yield document
        for project in each([document.json()], items.project, "project"):
            if isinstance(project, Gap):
                yield project
                continue
            found.append(project)
            if not wanted.isdecimal() and project.path.lower() != wanted.lower():
                yield Gap(f"project {wanted} was renamed to {project.path}", "name it so before its old name ends")
    if settings.group:
        # `simple` leaves out fields that only owners may see, and most of the bytes.
        params = {"include_subgroups": "true", "with_shared": "false", "archived": "false", "simple": "true"}
        order = {"order_by": "last_activity_at", "sort": "desc"}
        path = f"{named('groups', settings.group)}/projects"
        for page in api.pages("projects", path, {**params, **order}, most=MOST_PROJECTS // 100):
            yield page
            if isinstance(page, Document):
                found += [one for one in each(page.json(), items.project, "projects") if not isinstance(one, Gap)]
        if not found:
            yield Gap(f"group {settings.group}: it has no project that the token may see", "check `group` and token")
    if errors and (len(errors) == len(settings.wanted) and not settings.group):
        raise errors[0]
    if errors:
        yield Gap(f"{len(errors)} of {len(settings.wanted)} projects: first {errors[0].reason}", errors[0].hint)
