"""What the answers about one repository hold, each object once."""

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
    """By id."""

    runs: dict[str, actions.Run] = field(default_factory=dict)
    attempts: dict[str, actions.Run] = field(default_factory=dict)
    """Earlier attempts of these, the last one before the latest."""
    jobs: dict[str, actions.Job] = field(default_factory=dict)
    approvals: dict[str, list[actions.Approval]] = field(default_factory=dict)
    """By run."""
    deployments: dict[str, items.Deployment] = field(default_factory=dict)
    statuses: dict[str, dict[str, items.Status]] = field(default_factory=dict)
    """By deployment; none if they were not asked for."""

    def add(self, document: Document) -> Iterator[Gap]:
        """Take in what a document holds. Raises BadAnswer for one that nobody asked for."""
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
    """Which of two copies of one object, got while it changed, is the later; the same whatever came first."""
    return (item.attempt, item.updated, repr(item)) if isinstance(item, actions.Run) else (repr(item),)
