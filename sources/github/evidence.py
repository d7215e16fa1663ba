"""The objects in the answers about one repository, each once."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from msgspec import Struct, field

from collector.source import BadAnswer, Document, Gap, each
from sources.github import actions, items

Item = TypeVar("Item", actions.Run, actions.Job, items.Deployment, items.Status)

_STATUSES_OF = re.compile(r"/deployments/(\d+)/statuses\b", re.ASCII)
_APPROVALS_OF = re.compile(r"/actions/runs/(\d+)/approvals\b", re.ASCII)


class Evidence(Struct):
    """The objects by id."""

    runs: dict[str, actions.Run] = field(default_factory=dict)
    attempts: dict[str, actions.Run] = field(default_factory=dict)
    """The attempt before the latest one, of runs that were run again."""
    jobs: dict[str, actions.Job] = field(default_factory=dict)
    approvals: dict[str, list[actions.Approval]] = field(default_factory=dict)
    """By run id."""
    deployments: dict[str, items.Deployment] = field(default_factory=dict)
    statuses: dict[str, dict[str, items.Status]] = field(default_factory=dict)
    """By deployment id; missing if they were not requested."""

    def add(self, document: Document) -> Iterator[Gap]:
        """Add the contents of a document. Raises BadAnswer if its request cannot be recognised."""
        body = document.json()
        if document.call == "runs":
            yield from _keep(_listed(body, "workflow_runs"), actions.run, self.runs, "runs")
        elif document.call == "run":
            yield from _keep([body], actions.run, self.runs, "run")
        elif document.call == "attempt":
            yield from _keep([body], actions.run, self.attempts, "attempt")
        elif document.call == "jobs":
            yield from _keep(_listed(body, "jobs"), actions.job, self.jobs, "jobs")
        elif document.call == "deployments":
            yield from _keep(body, items.deployment, self.deployments, "deployments")
        elif document.call == "statuses":
            of = _asked(_STATUSES_OF, document)
            yield from _keep(body, items.status, self.statuses.setdefault(of, {}), f"statuses of deployment {of}")
        elif document.call == "approvals":
            of = _asked(_APPROVALS_OF, document)
            found = list(each(body, actions.approval, f"approvals of run {of}"))
            yield from (one for one in found if isinstance(one, Gap))
            self.approvals[of] = sorted((one for one in found if not isinstance(one, Gap)), key=repr)


def _asked(pattern: re.Pattern[str], document: Document) -> str:
    of = pattern.search(document.asked)
    if of is None:
        raise BadAnswer(f"{document.call} of nobody knows what: {document.asked}")
    return of[1]


def _listed(body: Any, key: str) -> Any:
    return body.get(key) if isinstance(body, dict) else body


def _keep(listed: object, parse: Callable[[Any], Iterable[Item]], into: dict[str, Item], what: str) -> Iterator[Gap]:
    for found in each(listed, parse, what):
        if isinstance(found, Gap):
            yield found
        elif found.id not in into or _age(found) > _age(into[found.id]):
            into[found.id] = found


def _age(item: Item) -> tuple[object, ...]:
    """A sort key: the larger one is the later of two copies of an object, whatever their order."""
    return (item.attempt, item.updated, repr(item)) if isinstance(item, actions.Run) else (repr(item),)
