"""Events of a build as a CI run: when it started, when it ended, and how."""

from collections.abc import Iterator

from collector.event import Event, Identity, Subject
from sources.deploy_facts import Run, run_failed, run_mentioned, run_started, run_succeeded
from sources.fact import Fact, Moment, report
from sources.jenkins.evidence import Evidence
from sources.jenkins.flow import begun, ended
from sources.jenkins.items import Build
from sources.jenkins.naming import Named
from sources.jenkins.paths import path
from sources.jenkins.settings import JenkinsSettings

_FAILED = {"FAILURE": "fails", "UNSTABLE": "ends unstable", "ABORTED": "is aborted"}


def run_id(one: Build) -> str:
    """Unique within one Jenkins: `shop/checkout/main#52`."""
    return f"{'/'.join(one.job)}#{one.number}"


def run_events(
    one: Build, service: str, named: Named, evidence: Evidence, source: str, settings: JenkinsSettings
) -> Iterator[Event]:
    """Start and end of one build."""
    known = evidence.flows.get((one.job, one.number))
    who = evidence.starter(one)
    place = f"{settings.url}{path(one.job)}/{one.number}"
    run = Run(
        Subject(service=service),
        place,
        f"Build {one.number} of {'/'.join(one.job)}",
        (one.causes.how, named.version, named.commit[:7]),
        who,
    )

    def event(fact: Fact, when: Moment, actor: str = who) -> Event:
        return report(
            fact,
            when,
            source=source,
            native_id=f"build/{run_id(one)}",
            keys=Identity(
                run=run_id(one),
                run_number=str(one.number),
                commit=named.commit,
                repository=named.repository,
                config_commit=named.config_commit,
                version=named.version,
                digest=named.digest,
            ),
            actor=actor,
            url=one.url,
            query=f"GET {place}/api/json",
        )

    end = ended(one, known)
    if one.result == "NOT_BUILT":
        yield event(run_mentioned(run, "did not run"), begun(one, known))
        return
    yield event(run_started(run), begun(one, known))
    if end is not None and one.result == "SUCCESS":
        yield event(run_succeeded(run), end)
    elif end is not None and one.result in _FAILED:
        how = "times out" if one.causes.timed_out else _FAILED[one.result]
        by = one.causes.aborted_by or one.causes.rejected_by
        stopped = one.result == "ABORTED" and not one.causes.timed_out
        yield event(run_failed(run, how, by if by or stopped else None), end)
