"""Events of an attempt to deploy: that it waited, who approved it, when it started, and how it ended."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from collector.event import Event, Identity, Kind, Subject
from collector.services.service import is_lower
from sources.deploy_facts import Deploy, deploy_started
from sources.deploy_names import matches
from sources.fact import Fact, Moment, report
from sources.gitlab.attempts import Attempt, ended
from sources.gitlab.evidence import OfProject
from sources.gitlab.outcomes import decision, mentioned, not_requested, outcome, waits
from sources.gitlab.settings import GitlabSettings

TRUNCATED = timedelta(milliseconds=1) - timedelta(microseconds=1)
"""GitLab truncates its times to milliseconds: the true time is up to this much later."""
_RECORDED_AFTER = timedelta(hours=1)
"""A tool may record a deploy only when it is done; such a deploy started up to this long before."""
_AT_ONCE = timedelta(seconds=2)
_LOWER_TIERS = frozenset({"staging", "testing", "development"})


def place(name: str, tier: str) -> str:
    """The name of an environment, adjusted to show whether it serves users: the tier counts more than the name."""
    if tier in _LOWER_TIERS and not is_lower(name):
        return f"{tier}/{name}"
    return tier if tier == "production" and is_lower(name) else name


def stamped(moment: datetime) -> Moment:
    """The interval of one of GitLab's times."""
    return Moment(moment, moment + TRUNCATED)


class Deploys:
    """Makes the Events of the deploys of one project."""

    def __init__(self, ours: OfProject, source: str, settings: GitlabSettings) -> None:
        """`source` is the configured name of the source."""
        self._ours = ours
        self._source = source
        self._settings = settings

    def events(self, one: Attempt) -> Iterator[Event]:
        """All Events of one attempt, in the order in which they happened."""
        named = self._named(one)
        created, end = stamped(one.deployment.created), ended(one.deployment)
        decided = sorted(self._ours.approvals.get(one.deployment.id, ())) if one.recorded else []
        how = not_requested(one, decided) if one.begun is None else ""
        patterns = self._settings.deploy_jobs
        if one.job is not None and patterns and not matches(one.job.name, patterns):
            how = f"is {one.deployment.status}, and is none of deploy_jobs"
        if how:
            yield self._event(one, mentioned(one, named, how), created, actor=named.actor)
            return
        if (fact := waits(one, named, decided)) is not None:
            yield self._event(one, fact, created, actor=named.actor)
        for number, approval in enumerate(decided, start=1):
            who = approval.user
            yield self._event(one, decision(named, approval), stamped(approval.at), f"/approval/{number}", actor=who)
        if one.begun is not None:
            yield self._event(one, deploy_started(named), _start(one, one.begun), at=one.begun, actor=named.actor)
        if end is not None:
            fact = outcome(one, named, self._newer(one, end))
            if fact.kind == Kind.DEPLOY_REFUSED and any(approval.status == "rejected" for approval in decided):
                # It was refused when somebody rejected it; its job ends a moment later.
                return
            by_itself = fact.kind in (Kind.DEPLOY_SUCCEEDED, Kind.DEPLOY_FAILED)
            yield self._event(one, fact, _end(one, end), at=end, actor=named.actor if by_itself else "")

    def _named(self, one: Attempt) -> Deploy:
        deployment, job = one.deployment, one.job
        where = place(deployment.environment, self._ours.tier(deployment.environment))
        called = f"environment {deployment.environment}" if where != deployment.environment else ""
        scheduled = "scheduled" if job is not None and self._ours.scheduled(job.pipeline) else ""
        pipeline = f"pipeline {job.pipeline}" if job is not None and job.pipeline else ""
        return Deploy(
            Subject(service=self._own_service(one) or self._settings.service(self._ours.path), environment=where),
            f"{self._settings.api}{self._path(one)}",
            version=one.version or deployment.ref,
            manner=one.manner,
            details=(pipeline, scheduled, f"job {job.name}" if job is not None else "", called, deployment.sha[:7]),
            # Playing a manual job changes the user of the job, but not that of the deployment.
            actor=self._ours.actor(job, deployment.user),
        )

    def _own_service(self, one: Attempt) -> str:
        return self._settings.service_of_job(self._ours.path, one.job.name) if one.job is not None else ""

    def _path(self, one: Attempt) -> str:
        return f"/projects/{self._ours.id}/{'deployments' if one.recorded else 'jobs'}/{one.deployment.id}"

    def _newer(self, one: Attempt, end: datetime) -> str:
        """Tag or commit of the latest other deployment to the same environment that had begun before this one ended."""
        ours = one.deployment
        begun = [
            (other.job.started, int(other.id), other.ref if other.job.tag else other.sha[:7])
            for other in self._ours.deployments.values()
            if other.environment == ours.environment
            if other.id != ours.id and other.sha != ours.sha
            if other.job is not None and other.job.started is not None and other.job.started <= end
        ]
        return max(begun)[2] if begun else ""

    def _event(
        self, one: Attempt, fact: Fact, when: Moment, part: str = "", *, at: datetime | None = None, actor: str
    ) -> Event:
        deployment, job = one.deployment, one.job
        page = f"{self._ours.url}/-/environments/{deployment.environment_id}" if self._ours.url else ""
        return report(
            fact,
            when,
            source=self._source,
            native_id=f"{'deployment' if one.recorded else 'job'}/{deployment.id}{part}",
            at=at,
            keys=Identity(
                deployment=deployment.id if one.recorded else "",
                run=one.run,
                run_number=job.pipeline if job is not None else "",
                commit=deployment.sha,
                repository=self._ours.path,
                version=one.version,
                # Without this, it would be one deploy with those of other services in its pipeline.
                component=job.name if job is not None and self._own_service(one) else "",
                replaces=one.replaces,
            ),
            actor=actor,
            url=job.url if job is not None and job.url else page if deployment.environment_id else "",
            query=f"GET {self._settings.api}{self._path(one)}",
        )


def _start(one: Attempt, begun: datetime) -> Moment:
    """The interval in which it may have started; `begun` is the recorded time."""
    if one.job is not None and one.job.started is not None:
        return stamped(begun)
    if one.job is not None:
        return Moment(begun, max(begun, one.job.finished or begun) + TRUNCATED)
    end = ended(one.deployment)
    late = end is not None and end - begun <= _AT_ONCE
    return Moment(begun - _RECORDED_AFTER if late else begun, begun + TRUNCATED)


def _end(one: Attempt, end: datetime) -> Moment:
    """The interval in which it may have ended; without a job, the record may have changed after the end."""
    exact = one.job is not None and one.job.finished is not None
    earliest = end if exact else min(one.begun or one.deployment.created, end)
    return Moment(earliest, end + TRUNCATED)
