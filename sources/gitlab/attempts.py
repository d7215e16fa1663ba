"""Attempts to deploy, from deployments or jobs: what each one replaced, and its manner."""

import re
from bisect import bisect, insort
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from collector.manner import Manner
from sources.deploy_names import is_migration_name, is_restart_name, is_rollback_name
from sources.gitlab.items import Deployment, Job
from sources.refs import version_of, version_of_tag

_REVERTS = re.compile(r"Revert \"|Merge branch 'revert-[0-9a-f]{7,}")
"""Commit titles as written by git, and those of merges made with GitLab's button `Revert`."""


class Attempt(Struct, frozen=True):
    """One deployment, or one job that deploys without a record, interpreted with the attempts before it."""

    deployment: Deployment
    recorded: bool
    """Whether GitLab has a record of the deployment; else it is derived from its job and has the job's id."""
    run: str
    """The pipeline, plus the job if it was run again after it had succeeded."""
    manner: Manner
    replaces: str
    """The version that ran before; empty if unknown or the same."""

    @property
    def job(self) -> Job | None:
        """The job; None if another tool recorded the deployment."""
        return self.deployment.job

    @property
    def version(self) -> str:
        """The version of the deployed tag; empty for a branch."""
        return version(self.deployment)

    @property
    def begun(self) -> datetime | None:
        """When its job started; None if it did not."""
        return begun(self.deployment)


def version(one: Deployment) -> str:
    """The version of the deployed tag; empty for a branch, whatever its name."""
    tag = one.job.tag if one.job is not None else None
    return "" if tag is False else version_of_tag(one.ref) if tag else version_of(one.ref)


def begun(one: Deployment) -> datetime | None:
    """When its job started, or, without a job, when it was recorded; None if it has not started."""
    if one.job is None:
        return one.created if one.status not in ("created", "blocked", "skipped") else None
    if one.job.started is None and one.status == "success" and one.job.finished is not None:
        return min(one.created, one.job.finished)
    return one.job.started


def ended(one: Deployment) -> datetime | None:
    """When its job ended, or when its record last changed; None if it has not ended."""
    if one.status not in ("success", "failed", "canceled"):
        return None
    return one.job.finished or one.updated if one.job is not None else one.updated


def attempts(
    deployments: Iterable[tuple[Deployment, bool]], jobs: Mapping[str, Mapping[str, Job]]
) -> Iterator[Attempt]:
    """Attempts in order of creation; `jobs`, by pipeline, includes the jobs without a known deployment."""
    ordered = sorted(deployments, key=lambda pair: (pair[0].created, int(pair[0].id), pair[1]))
    done = _Done(one for one, _ in ordered)
    newest: dict[str, str] = {}
    known: dict[tuple[str, str, str], tuple[Deployment, str]] = {}
    for one, recorded in ordered:
        run, again = "", False
        if one.job is not None and (run := one.job.pipeline):
            key = (run, one.environment, one.job.name)
            last, last_run = known.get(key, (None, run))
            again = last.status == "success" if last is not None else _succeeded_before(one.job, jobs.get(run, {}))
            # A retry after a failure belongs to the same deploy, unless another pipeline deployed there since.
            between = last is not None and newest.get(one.environment) != run
            run = f"{run}/{one.job.id}" if again or between else last_run
            again = again or _succeeded_before(one.job, jobs.get(one.job.pipeline, {}))
            known[key] = (one, run)
            newest[one.environment] = one.job.pipeline
        latest = done.before(one)
        replaces = version(latest) if latest is not None else ""
        manner = _manner(one, latest, again=again)
        yield Attempt(one, recorded, run, manner, replaces if replaces != version(one) else "")


class _Done:
    """The successful deployments by environment."""

    def __init__(self, deployments: Iterable[Deployment]) -> None:
        self._ends: dict[str, list[tuple[datetime, int]]] = {}
        self._found: dict[str, dict[int, Deployment]] = {}
        for one in deployments:
            end = ended(one)
            if one.status == "success" and end is not None:
                insort(self._ends.setdefault(one.environment, []), (end, int(one.id)))
                self._found.setdefault(one.environment, {})[int(one.id)] = one

    def before(self, one: Deployment) -> Deployment | None:
        """The deployment that ran in the environment when this one began: the last one that had succeeded by then."""
        ends = self._ends.get(one.environment, [])
        at = bisect(ends, (begun(one) or one.created, -1))
        return self._found[one.environment][ends[at - 1][1]] if at else None


def _succeeded_before(job: Job, siblings: Mapping[str, Job]) -> bool:
    """Whether an earlier attempt at this job succeeded, so somebody ran it again to deploy the same once more."""
    return any(
        other.name == job.name and int(other.id) < int(job.id) and other.status == "success"
        for other in siblings.values()
    )


def _manner(one: Deployment, latest: Deployment | None, *, again: bool) -> Manner:
    job = one.job
    if job is None:
        return Manner.PLAIN
    if is_rollback_name(job.name):
        return Manner.ROLLBACK
    if again and latest is not None:
        # `Rollback` and `Re-deploy` are the same button: it runs the job of an old pipeline again, with the old commit.
        if latest.sha == one.sha:
            return Manner.REDEPLOY
        older = latest.job is not None and latest.job.pipeline and int(job.pipeline) < int(latest.job.pipeline)
        return Manner.ROLLBACK if older else Manner.PLAIN
    if _REVERTS.match(job.commit_title):
        return Manner.REVERT
    if is_restart_name(job.name):
        return Manner.RESTART
    return Manner.MIGRATION if is_migration_name(job.name) else Manner.PLAIN
