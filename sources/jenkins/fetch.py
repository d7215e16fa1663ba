"""What to request from Jenkins, and in which order."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from collector.source import BadAnswer, Denied, Document, Gap, RateLimited, SourceError, each
from collector.window import Window
from sources.deploy_names import matches
from sources.jenkins.api import Absent, Api
from sources.jenkins.items import Build, Job, build
from sources.jenkins.jobs import UnreadFolder, jobs
from sources.jenkins.naming import job_deploys_by_name
from sources.jenkins.paths import path
from sources.jenkins.settings import JenkinsSettings
from sources.jenkins.tree import QUEUE, SLICE, builds
from sources.jenkins.tree import jobs as jobs_tree

LEAD = timedelta(hours=24)
"""How long before the window a build may have run and still matter for it."""
LONGEST_WAIT = timedelta(hours=72)
"""How long before the window a Pipeline may have begun that was approved in it, for example after a weekend."""
MOST_FOLDERS = 200
MOST_JOBS = 200
MOST_SLICES = 10
"""Maximum answers with builds of one job."""
MOST_STAGES = 100
"""Maximum builds for which stages are requested."""


def fetch(api: Api, settings: JenkinsSettings, window: Window, now: datetime | None = None) -> Iterator[Document | Gap]:
    """If one job is denied, the others continue. Raises only if there was no answer. `now` defaults to the clock's."""
    found: dict[tuple[str, ...], Job] = {}
    yield from _jobs(api, settings, found)
    if not found:
        # Jenkins answers 200 and leaves out anything that the user may not see.
        hint = "does its user have Job/Read there?" if settings.username else "set `username` and its API token"
        yield Gap("jobs: none is visible, Jenkins leaves out without a word what a user may not read", hint)
        return
    wanted = _that_ran(found, settings, window)
    if not wanted and settings.jobs and not any(matches("/".join(names), settings.jobs) for names in found):
        yield Gap(f"jobs: none of the {len(found)} that are visible is one of `jobs`", "check the patterns")
    seen: list[Build] = []
    try:
        yield from _builds(api, wanted[:MOST_JOBS], window, seen)
        if len(wanted) > MOST_JOBS:
            reason = f"the builds of {len(wanted) - MOST_JOBS} of {len(wanted)} jobs that ran were not asked for"
            yield Gap(reason, "set `folder` or `jobs`")
        yield from _stages(api, settings, window, seen)
        if (now or datetime.now(UTC)) - window.end <= LEAD:
            yield api.document("queue", "/queue", QUEUE)
    except SourceError as error:
        # There was an answer before, so this is only a Gap.
        yield Gap(error.reason, error.hint)


def _jobs(api: Api, settings: JenkinsSettings, found: dict[tuple[str, ...], Job]) -> Iterator[Document | Gap]:
    """All jobs below the folder; each answer has three levels."""
    root = tuple(settings.folder.split("/")) if settings.folder else ()
    open_ = [UnreadFolder(root)]
    asked: set[UnreadFolder] = set()
    failed: list[SourceError] = []
    while open_ and len(asked) < MOST_FOLDERS:
        folder = open_.pop(0)
        if folder in asked:
            continue
        asked.add(folder)
        try:
            document = api.document("jobs", path(folder.names), jobs_tree(folder.start))
        except (Denied, BadAnswer) as error:
            if len(asked) == 1:
                raise
            failed.append(error)
            continue
        yield document
        for one in jobs(document.json(), folder.names, folder.start):
            if isinstance(one, Job):
                found[one.names] = one
            elif isinstance(one, UnreadFolder):
                open_.append(one)
    if open_:
        yield Gap(f"jobs: truncated after {MOST_FOLDERS} folders", "set `folder`")
    yield from _left_out(failed, len(asked), "{} of {} folders could not be read")


def _that_ran(found: dict[tuple[str, ...], Job], settings: JenkinsSettings, window: Window) -> list[Job]:
    """The jobs to request builds for: first those that deploy by name, then the others, each most recent first."""
    since = window.start - LEAD
    ours = [
        job
        for job in found.values()
        if (not settings.jobs or matches("/".join(job.names), settings.jobs))
        and job.last_start is not None
        and (job.last_end is None or job.last_end >= since)
    ]
    ours.sort(key=lambda job: (job.last_start or since, job.names), reverse=True)
    return sorted(ours, key=lambda job: not job_deploys_by_name(job.names, settings))


def _builds(api: Api, wanted: list[Job], window: Window, seen: list[Build]) -> Iterator[Document | Gap]:
    failed: list[SourceError] = []
    for job in wanted:
        try:
            for number in range(MOST_SLICES):
                document = api.document("builds", path(job.names), builds(number * SLICE))
                yield document
                listed = document.json().get("allBuilds" if number else "builds")
                parse = partial(build, job=job.names)
                here = [one for one in each(listed or [], parse, "builds") if not isinstance(one, Gap)]
                seen += here
                since = window.start - (LONGEST_WAIT if any(one.pipeline for one in here) else LEAD)
                oldest = min((one.created for one in here), default=since)
                if not isinstance(listed, list) or len(listed) < SLICE or oldest < since:
                    break
            else:
                reason = f"builds: truncated, {'/'.join(job.names)} has more than {MOST_SLICES * SLICE} since then"
                yield Gap(reason, "ask for a later or a shorter window")
        except RateLimited:
            raise
        except (Denied, BadAnswer) as error:
            failed.append(error)
    yield from _left_out(failed, len(wanted), "the builds of {} of {} jobs could not be read")


def _stages(api: Api, settings: JenkinsSettings, window: Window, seen: list[Build]) -> Iterator[Document | Gap]:
    """The stages of Pipelines that ran in the window or shortly before; those that deploy by name first."""
    near = [
        one
        for one in seen
        if one.pipeline
        and one.created <= window.end
        and (one.running or one.created + one.duration >= window.start - LEAD)
    ]
    near.sort(key=lambda one: (one.created, one.job, one.number), reverse=True)
    near.sort(key=lambda one: (one.created + one.duration < window.start, not job_deploys_by_name(one.job, settings)))
    failed: list[SourceError] = []
    answered = False
    for one in near[:MOST_STAGES]:
        try:
            yield api.document("stages", f"{path(one.job)}/{one.number}/wfapi/describe")
            answered = True
        except Absent as error:
            if not answered:
                # A 404 at the first build means that the plugin is missing; later ones, that a build was discarded.
                hint = "the plugin Pipeline: REST API (of Pipeline: Stage View) shows when a stage deployed"
                yield Gap(f"stages: {error.reason}; deploys that are a stage of another job are missing", hint)
                return
            failed.append(error)
        except (Denied, BadAnswer) as error:
            failed.append(error)
    if len(near) > MOST_STAGES:
        yield Gap(
            f"the stages of {len(near) - MOST_STAGES} of {len(near)} builds were not asked for",
            "ask for a shorter window, or set `folder` or `jobs`",
        )
    yield from _left_out(failed, len(near), "the stages of {} of {} builds could not be read")


def _left_out(failed: list[SourceError], wanted: int, what: str) -> Iterator[Gap]:
    if failed:
        yield Gap(f"{what.format(len(failed), wanted)}, first {failed[0].reason}", failed[0].hint)
