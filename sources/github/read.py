"""From documents to Events: what happened according to runs, deployments and their statuses."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from collector.event import Event
from collector.source import BadAnswer, Document, Gap, each
from sources.github import deploys, items, runs
from sources.github.settings import GithubSettings

Item = TypeVar("Item", items.Run, items.Deployment, items.Status)

_STATUSES_OF = re.compile(r"/deployments/(\d+)/statuses\b", re.ASCII)


@dataclass(slots=True)
class _Evidence:
    """Everything that the documents hold, each object once, by id."""

    runs: dict[str, items.Run] = field(default_factory=dict)
    deployments: dict[str, items.Deployment] = field(default_factory=dict)
    statuses: dict[str, dict[str, items.Status]] = field(default_factory=dict)
    """By deployment; none if they were not asked for."""


def read(documents: Iterable[Document], source: str, settings: GithubSettings) -> Iterator[Event | Gap]:
    """See `GithubSource.read`."""
    evidence = _Evidence()
    for document in documents:
        try:
            yield from _collect(document, document.json(), evidence)
        except BadAnswer as error:
            yield Gap(error.reason, error.hint)
    for _, run in sorted(evidence.runs.items(), key=lambda pair: int(pair[0])):
        yield from runs.events(run, source, settings)
    yield from deploys.events(evidence.deployments.values(), evidence.statuses, evidence.runs, source, settings)


def _collect(document: Document, body: Any, into: _Evidence) -> Iterator[Gap]:
    if document.call == "runs":
        listed = body.get("workflow_runs") if isinstance(body, dict) else body
        yield from _keep(listed, items.run, into.runs, "runs")
    elif document.call == "run":
        yield from _keep([body], items.run, into.runs, "run")
    elif document.call == "deployments":
        yield from _keep(body, items.deployment, into.deployments, "deployments")
    elif document.call == "statuses":
        of = _STATUSES_OF.search(document.asked)
        if of is None:
            raise BadAnswer(f"statuses of an unknown deployment: {document.asked}")
        yield from _keep(body, items.status, into.statuses.setdefault(of[1], {}), f"statuses of deployment {of[1]}")


def _keep(listed: object, parse: Callable[[Any], Iterable[Item]], into: dict[str, Item], what: str) -> Iterator[Gap]:
    for found in each(listed, parse, what):
        if isinstance(found, Gap):
            yield found
        elif found.id not in into or _age(found) > _age(into[found.id]):
            into[found.id] = found


def _age(item: items.Run | items.Deployment | items.Status) -> tuple[object, ...]:
    """Which of two copies of one object, got while it changed, is the later; the same whatever came first."""
    return (item.attempt, item.updated, repr(item)) if isinstance(item, items.Run) else (repr(item),)
