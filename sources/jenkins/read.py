"""Makes Events from documents: what happened according to builds, their stages and the queue."""

from collections.abc import Iterable, Iterator

from collector.event import Event, Identity, Subject
from collector.source import Document, Gap
from sources.deploy_facts import Deploy, deploy_requested
from sources.fact import Moment, report
from sources.jenkins.deploys import deploy_events
from sources.jenkins.evidence import Evidence, collect
from sources.jenkins.flow import STATUSES, spans
from sources.jenkins.history import Found
from sources.jenkins.items import RESULTS, Build
from sources.jenkins.naming import Named, environment, environment_names, job_deploys_by_name, parameter, service, what
from sources.jenkins.paths import path
from sources.jenkins.runs import run_events
from sources.jenkins.settings import JenkinsSettings
from sources.jenkins.waiting import Waiting
from sources.unknown_states import unknown_states


def read(documents: Iterable[Document], source: str, settings: JenkinsSettings) -> Iterator[Event | Gap]:
    """See `JenkinsSource.read`."""
    evidence = Evidence()
    yield from collect(documents, evidence)
    found: list[Found] = []
    for _, build in sorted(evidence.builds.items()):
        branches = evidence.is_branch(build.job)
        name = service(build.job, settings, build.parameters, branches)
        named = what(build, settings, name, branches=branches)
        yield from run_events(build, name, named, evidence, source, settings)
        found += _deploys(build, name, named, evidence, settings)
    yield from deploy_events(found, evidence, source, settings)
    for _, item in sorted(evidence.queue.items()):
        if job_deploys_by_name(item.job, settings):
            yield _requested(item, source, settings, evidence.is_branch(item.job))
    yield from unknown_states("builds", (one.result for one in evidence.builds.values()), RESULTS)
    stages = (stage.status for one in evidence.flows.values() for stage in one.stages)
    yield from unknown_states("stages", stages, STATUSES)


def _deploys(build: Build, name: str, named: Named, evidence: Evidence, settings: JenkinsSettings) -> Iterator[Found]:
    known = evidence.flows.get((build.job, build.number))
    by_name = job_deploys_by_name(build.job, settings)
    if settings.deploy_jobs and not by_name:
        return
    places = environment_names(build.job, evidence.is_branch(build.job))
    for span in spans(build, known, all_of_it=by_name):
        own = environment((span.stage.name,), settings, {}) if span.stage is not None else ""
        where = own or environment(places, settings, build.parameters)
        yield Found(build, span, Subject(service=name, environment=where), named)


def _requested(item: Waiting, source: str, settings: JenkinsSettings, branches: bool) -> Event:
    """The Event of a deploy that waits in the queue."""
    name = service(item.job, settings, item.parameters, branches)
    where = environment(environment_names(item.job, branches), settings, item.parameters)
    subject = Subject(service=name, environment=where)
    version = parameter(settings.version_parameters, item.parameters)
    details = (f"job {'/'.join(item.job)}", item.why)
    deploy = Deploy(subject, f"{settings.url}/queue/item/{item.id}", version, details=details, actor=item.causes.user)
    return report(
        deploy_requested(deploy, "waits in the queue"),
        Moment(item.since, item.since),
        source=source,
        native_id=f"queue/{item.id}",
        keys=Identity(deployment=f"queue/{item.id}"),
        actor=item.causes.user,
        url=f"{settings.url}{path(item.job)}/",
        query=f"GET {settings.url}/queue/api/json",
    )
