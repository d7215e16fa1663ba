"""Jobs that deploy without an `environment`, for which GitLab has no deployment record."""

from collections.abc import Iterator

from sources.deploy_names import environment_in, job_deploys, matches
from sources.gitlab.evidence import OfProject
from sources.gitlab.items import Deployment, Job
from sources.gitlab.settings import GitlabSettings

_STATUS = {
    "success": "success",
    "failed": "failed",
    "canceled": "canceled",
    "canceling": "running",
    "running": "running",
}
_NOT_REQUESTED = ("skipped", "manual", "created")


def deployments_of_jobs(ours: OfProject, settings: GitlabSettings) -> Iterator[Deployment]:
    """The deploys of such jobs, as Deployments with the id of the job.

    A pipeline with deployments has declared which of its jobs deploy, so names only count if it has none, or if they
    are configured.
    """
    recorded = {one.job.id for one in ours.deployments.values() if one.job is not None}
    declared = {one.job.pipeline for one in ours.deployments.values() if one.job is not None}
    for pipeline, jobs in sorted(ours.jobs.items()):
        for _, job in sorted(jobs.items()):
            if job.id in recorded or job.status in _NOT_REQUESTED:
                continue
            named = matches(job.name, settings.deploy_jobs)
            if named or (not settings.deploy_jobs and pipeline not in declared and job_deploys(job.name, job.stage)):
                yield _deployment(job)


def _deployment(job: Job) -> Deployment:
    return Deployment(
        id=job.id,
        sha=job.sha,
        ref=job.ref,
        status=_STATUS.get(job.status, "created"),
        environment=environment_in(job.name, job.stage),
        environment_id="",
        created=job.created,
        updated=max(filter(None, (job.created, job.started, job.finished))),
        user=job.user,
        job=job,
    )
