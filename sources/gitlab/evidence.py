"""The objects in the documents about one project, each once, by id."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from msgspec import Struct, field

from collector.source import BadAnswer, Document, Gap, each
from sources.gitlab import items, paths
from sources.gitlab.approvals import Approval, approvals

Item = TypeVar("Item", items.Project, items.Environment, items.Deployment, items.Pipeline, items.Job)


class OfProject(Struct):
    """The objects of one project."""

    id: str
    known: dict[str, items.Project] = field(default_factory=dict)
    environments: dict[str, items.Environment] = field(default_factory=dict)
    deployments: dict[str, items.Deployment] = field(default_factory=dict)
    approvals: dict[str, set[Approval]] = field(default_factory=dict)
    """By deployment id."""
    pipelines: dict[str, items.Pipeline] = field(default_factory=dict)
    jobs: dict[str, dict[str, items.Job]] = field(default_factory=dict)
    """By pipeline id; missing if they were not requested."""

    @property
    def path(self) -> str:
        """`acme/shop/checkout`; the id if the path is unknown."""
        return self.known[self.id].path if self.id in self.known else self.id

    @property
    def url(self) -> str:
        """Address of its page; empty if unknown."""
        return self.known[self.id].url if self.id in self.known else ""

    def scheduled(self, pipeline: str) -> bool:
        """Whether a schedule started the pipeline."""
        return pipeline in self.pipelines and self.pipelines[pipeline].origin == "schedule"

    def actor(self, job: items.Job | None, otherwise: str = "") -> str:
        """Who started a job; empty if a schedule did, for which GitLab names the owner of the schedule."""
        user = (job.user if job is not None else "") or otherwise
        if job is None or not self.scheduled(job.pipeline):
            return user
        # GitLab names the owner for the first job. Only another user surely played or retried this job.
        first = min(self.jobs.get(job.pipeline, {}).values(), key=lambda one: (one.created, int(one.id)), default=None)
        return user if first is not None and first.user != user else ""

    def tier(self, name: str) -> str:
        """The tier of the environment with this name; empty if unknown."""
        return next((one.tier for _, one in sorted(self.environments.items()) if one.name == name), "")


def collect(documents: Iterable[Document], into: dict[str, OfProject]) -> Iterator[Gap]:
    """Fill `into`, by project id; returns the Gaps for unreadable parts."""
    for document in documents:
        try:
            yield from _add(document, document.json(), into)
        except BadAnswer as error:
            yield Gap(error.reason, error.hint)


def _add(document: Document, body: Any, into: dict[str, OfProject]) -> Iterator[Gap]:
    call = document.call
    if call in ("project", "projects"):
        found: dict[str, items.Project] = {}
        yield from _keep(body if call == "projects" else [body], items.project, found, call)
        for one in found.values():
            _keep_one(one, _of(one.id, into).known)
        return
    id_ = paths.project_of(document.asked)
    if not id_:
        raise BadAnswer(f"{call} of an unknown project: {document.asked}")
    ours = _of(id_, into)
    if call == "environments":
        yield from _keep(body, items.environment, ours.environments, call)
    elif call == "deployments":
        yield from _keep(body, items.deployment, ours.deployments, call)
    elif call == "deployment":
        decided = ours.approvals.setdefault(paths.deployment_of(document.asked), set())
        for found_ in each([body], approvals, "the approvals of a deployment"):
            if isinstance(found_, Gap):
                yield found_
            else:
                decided.add(found_)
    elif call == "pipelines":
        yield from _keep(body, items.pipeline, ours.pipelines, call)
    elif call == "jobs":
        yield from _keep(body, items.job, ours.jobs.setdefault(paths.pipeline_of(document.asked), {}), call)


def _of(id_: str, into: dict[str, OfProject]) -> OfProject:
    return into.setdefault(id_, OfProject(id_))


def _keep(listed: object, parse: Callable[[Any], Iterable[Item]], into: dict[str, Item], what: str) -> Iterator[Gap]:
    for found in each(listed, parse, what):
        if isinstance(found, Gap):
            yield found
        else:
            _keep_one(found, into)


def _keep_one(found: Item, into: dict[str, Item]) -> None:
    if found.id not in into or _age(found) > _age(into[found.id]):
        into[found.id] = found


def _age(item: Item) -> tuple[object, ...]:
    """A sort key: the larger one is the later of two copies of an object, whatever their order."""
    if isinstance(item, items.Deployment | items.Pipeline):
        return item.updated, repr(item)
    if isinstance(item, items.Job):
        return item.finished is not None, item.started is not None, repr(item)
    return (repr(item),)
