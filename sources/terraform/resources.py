"""The resources in the answers, each once, for looking up what a run refers to."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from msgspec import Struct, field

from collector.source import Document, Gap, each
from sources.terraform import items
from sources.terraform.items import Key, PolicyCheck, Run, RunEvent

Item = TypeVar("Item", PolicyCheck, RunEvent)
_OF_RUN = re.compile(r"/runs/([A-Za-z0-9_-]{1,100})/(?:run-events|policy-checks)\b", re.ASCII)


class Resources(Struct):
    """The resources of all answers so far."""

    runs: dict[str, Run] = field(default_factory=dict)
    events: dict[str, set[RunEvent]] = field(default_factory=dict)
    """By run id."""
    checks: dict[str, set[PolicyCheck]] = field(default_factory=dict)
    """By run id."""
    _others: dict[Key, Mapping[str, Any]] = field(default_factory=dict)

    def add(self, document: Document) -> Iterator[Gap]:
        """Add an answer; yields a Gap for unreadable parts. Raises BadAnswer if it is not JSON."""
        body = document.json()
        if not isinstance(body, dict):
            yield Gap(f"{document.call}: expected an object, got {type(body).__name__}")
            return
        data, of = body.get("data"), _OF_RUN.search(document.asked)
        if document.call == "runs":
            yield from self._add_runs(data)
        elif document.call == "run-events" and of is not None:
            yield from _into(self.events.setdefault(of[1], set()), data, items.run_event, "run-events")
        elif document.call == "policy-checks" and of is not None:
            yield from _into(self.checks.setdefault(of[1], set()), data, items.policy_check, "policy-checks")
        else:
            self._keep(data if isinstance(data, list) else [data])
        self._keep(body.get("included"))

    def text(self, key: Key | None, name: str) -> str:
        """An attribute of a resource on one line; empty if unknown."""
        return items.line(self._attributes(key).get(name))

    def count(self, key: Key | None, name: str) -> int | None:
        """An attribute that is a number of resources; None if unknown."""
        return items.count(self._attributes(key).get(name))

    def is_set(self, key: Key | None, name: str) -> bool:
        """Whether an attribute is true."""
        return self._attributes(key).get(name) is True

    def related(self, key: Key | None, name: str) -> Key | None:
        """The resource that another one refers to by this relation; None if unknown."""
        found = self._others.get(key) if key is not None else None
        return dict(items.relations(found)).get(name) if found is not None else None

    def knows(self, key: Key) -> bool:
        """Whether an answer contained the resource itself."""
        return key in self._others

    def _attributes(self, key: Key | None) -> Mapping[str, Any]:
        found = self._others.get(key) if key is not None else None
        attributes = found.get("attributes") if found is not None else None
        return attributes if isinstance(attributes, dict) else {}

    def _add_runs(self, data: object) -> Iterator[Gap]:
        for found in each(data, items.run, "runs"):
            if isinstance(found, Gap):
                yield found
            elif found.id not in self.runs or _age(found) > _age(self.runs[found.id]):
                self.runs[found.id] = found

    def _keep(self, listed: object) -> None:
        for item in listed if isinstance(listed, list) else []:
            if isinstance(item, dict) and isinstance(item.get("relationships"), (dict, type(None))):
                key = (str(item.get("type")), str(item.get("id")))
                # A resource may be in several answers; which copy is kept does not depend on their order.
                if key not in self._others or _worth(item) > _worth(self._others[key]):
                    self._others[key] = item


def _into(kept: set[Item], data: object, parse: Callable[[Any], Iterable[Item]], what: str) -> Iterator[Gap]:
    for found in each(data, parse, what):
        if isinstance(found, Gap):
            yield found
        else:
            kept.add(found)


def _worth(item: Mapping[str, Any]) -> tuple[int, str]:
    """A sort key: of two copies of one resource, the one with more readable attributes is larger."""
    attributes = item.get("attributes")
    readable = attributes.values() if isinstance(attributes, dict) else ()
    return sum(isinstance(value, str) for value in readable), repr(item)


def _age(run: Run) -> tuple[object, ...]:
    """A sort key: the larger one is the later of two copies of a run."""
    return (run.latest(), len(run.stamps), repr(run))
