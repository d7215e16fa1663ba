"""Events of the deploys in builds: that they waited, who approved them, when they started, and how they ended."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from collector.event import Event, Identity, Kind
from collector.manner import Manner
from sources.deploy_facts import (
    Deploy,
    deploy_approved,
    deploy_cancelled,
    deploy_failed,
    deploy_refused,
    deploy_requested,
    deploy_started,
    deploy_succeeded,
    deploy_superseded,
    deploy_waiting,
    run_mentioned,
)
from sources.deploy_facts import Run as Mentioned
from sources.fact import Fact, Moment, report
from sources.jenkins.evidence import Evidence
from sources.jenkins.history import DONE, Found, History, manner
from sources.jenkins.items import RESULTS
from sources.jenkins.paths import path
from sources.jenkins.runs import run_id
from sources.jenkins.settings import JenkinsSettings

_WORTH_A_WORD = timedelta(minutes=1)
"""Minimum reported time in the queue, since nearly every build is queued for a moment."""


def deploy_events(
    found: Iterable[Found], evidence: Evidence, source: str, settings: JenkinsSettings
) -> Iterator[Event]:
    """All Events of these deploys."""
    ordered = sorted(found, key=lambda one: (one.begun, run_id(one.build), one.name))
    history = History(ordered)
    for one in ordered:
        before = history.before(one)
        replaces = before.named.version if before is not None else ""
        maker = _Maker(one, manner(one, before, history), replaces, evidence, source, settings)
        yield from maker.events()


class _Maker:
    """Makes the Events of one deploy."""

    def __init__(
        self, one: Found, sort: Manner, replaces: str, evidence: Evidence, source: str, settings: JenkinsSettings
    ) -> None:
        self._one = one
        self._replaces = replaces if replaces != one.named.version else ""
        self._source = source
        self._who = evidence.starter(one.build)
        stage = one.span.stage
        self._place = f"{settings.url}{path(one.build.job)}/{one.build.number}"
        self._named = Deploy(
            one.subject,
            self._place + (f"/stage/{stage.id}" if stage is not None else ""),
            version=one.named.version or one.named.commit[:7],
            manner=sort,
            details=(
                f"build {one.build.number} of {'/'.join(one.build.job)}",
                f"stage {stage.name}" if stage is not None else "",
                one.build.causes.how,
                "unstable" if one.span.status == "UNSTABLE" else "",
            ),
            actor=self._who,
        )

    def events(self) -> Iterator[Event]:
        """The Events in the order in which they happened."""
        one, span = self._one, self._one.span
        if span.status == "NOT_BUILT":
            called = f"Build {one.build.number} of {'/'.join(one.build.job)}"
            fact = run_mentioned(Mentioned(one.subject, self._named.merge_key, called), "did not run")
            yield self._event(fact, Moment(one.begun, one.begun), "")
            return
        queued = one.build.queued if span.stage is None else timedelta(0)
        if queued >= _WORTH_A_WORD:
            since = one.build.created - queued
            yield self._event(deploy_requested(self._named), Moment(since, since), self._who)
        if span.waits is not None:
            yield self._event(deploy_waiting(self._named), Moment(span.waits, span.waits), self._who)
        if span.approved is not None:
            # Jenkins does not record who answered which of several questions.
            approvers = set(filter(None, one.build.approvers))
            who = approvers.pop() if len(approvers) == 1 else ""
            yield self._event(deploy_approved(self._named, who), span.approved, who)
        if span.start is not None:
            yield self._event(deploy_started(self._named), span.start, self._who)
        if span.end is not None and span.status in RESULTS:
            fact, who = self._outcome()
            yield self._event(fact, span.end, who)

    def _outcome(self) -> tuple[Fact, str]:
        status, why = self._one.span.status, self._one.build.causes
        if status in DONE:
            return deploy_succeeded(self._named), self._who
        if why.rejected_by and self._one.span.start is None:
            return deploy_refused(self._named, why.rejected_by), why.rejected_by
        if why.superseded_by:
            return deploy_superseded(self._named, why.superseded_by), ""
        if why.timed_out or status != "ABORTED":
            return deploy_failed(self._named, how="times out" if why.timed_out else "fails"), self._who
        return deploy_cancelled(self._named, why.aborted_by), why.aborted_by

    def _event(self, fact: Fact, when: Moment, actor: str) -> Event:
        one, named = self._one, self._one.named
        stage = f"/{one.span.stage.id}" if one.span.stage is not None else ""
        kind = "did not run" if fact.kind == Kind.OTHER else "deploy"
        return report(
            fact,
            when,
            source=self._source,
            native_id=f"{kind}/{run_id(one.build)}{stage}",
            keys=Identity(
                run=run_id(one.build),
                run_number=str(one.build.number),
                deployment=f"{run_id(one.build)}{stage}",
                commit=named.commit,
                repository=named.repository,
                config_commit=named.config_commit,
                version=named.version,
                digest=named.digest,
                replaces=self._replaces,
            ),
            actor=actor,
            url=one.build.url,
            query=f"GET {self._place}/{'wfapi/describe' if stage else 'api/json'}",
        )
