"""Makes Events from documents: what happened according to deployments, their approvals, pipelines and jobs."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import Document, Gap
from sources.deploy_names import matches
from sources.gitlab.attempts import attempts
from sources.gitlab.deploys import Deploys
from sources.gitlab.evidence import OfProject, collect
from sources.gitlab.items import DEPLOYMENT_STATES, PIPELINE_STATES
from sources.gitlab.job_deploys import deployments_of_jobs
from sources.gitlab.runs import run_events
from sources.gitlab.settings import GitlabSettings
from sources.unknown_states import unknown_states


def read(documents: Iterable[Document], source: str, settings: GitlabSettings) -> Iterator[Event | Gap]:
    """See `GitlabSource.read`."""
    projects: dict[str, OfProject] = {}
    yield from collect(documents, projects)
    for _, ours in sorted(projects.items(), key=lambda pair: int(pair[0])):
        for _, pipeline in sorted(ours.pipelines.items(), key=lambda pair: int(pair[0])):
            yield from run_events(pipeline, ours, source, settings)
        recorded = [(one, True) for one in ours.deployments.values()]
        found = [*recorded, *((one, False) for one in deployments_of_jobs(ours, settings))]
        deploys = Deploys(ours, source, settings)
        for attempt in attempts(found, ours.jobs):
            where = attempt.deployment.environment
            if not settings.environments or matches(where, settings.environments):
                yield from deploys.events(attempt)
        states = (one.status for one in ours.deployments.values())
        yield from unknown_states(f"deployments of {ours.path}", states, DEPLOYMENT_STATES)
        states = (one.status for one in ours.pipelines.values())
        yield from unknown_states(f"pipelines of {ours.path}", states, PIPELINE_STATES)
