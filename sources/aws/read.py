"""Makes Events from documents: what each of the three systems deployed."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from msgspec import Struct, field

from collector.event import Event
from collector.source import BadAnswer, Document, Gap, each
from collector.window import Window
from sources.aws import read_appconfig, read_codedeploy, read_ecs
from sources.aws.items import answer, line
from sources.aws.settings import AwsSettings
from sources.unknown_states import unknown_states

_EVENTS_AROUND = timedelta(hours=1)
"""How far outside the window the messages of a service are still useful."""


class _Items(Struct):
    """All items of one type in the answers, each once, with its region."""

    by_id: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def add(self, id_: str, document: Document, region: str, item: Any) -> None:
        """Keep the latest copy; among copies of the same time, the choice does not depend on their order."""
        new = (document.at, repr(item), region, item)
        if id_ not in self.by_id or new[:2] > self.by_id[id_][:2]:
            self.by_id[id_] = new

    def all(self) -> list[tuple[str, Any]]:
        """Region and item, in order of ids."""
        return [(kept[2], kept[3]) for _, kept in sorted(self.by_id.items())]


_STATES = {
    "codedeploy.deployments": (
        "status",
        {"Created", "Queued", "InProgress", "Baking", "Ready", "Succeeded", "Failed", "Stopped"},
    ),
    "ecs.deployments": (
        "status",
        {"PENDING", "IN_PROGRESS", "SUCCESSFUL", "STOP_REQUESTED", "STOPPED"}
        | {f"ROLLBACK_{step}" for step in ("REQUESTED", "IN_PROGRESS", "SUCCESSFUL", "FAILED")},
    ),
    "appconfig.deployment": (
        "State",
        {"BAKING", "VALIDATING", "DEPLOYING", "COMPLETE", "ROLLING_BACK", "ROLLED_BACK", "REVERTED"},
    ),
}
"""By call: where the state of an item is, and which there are."""
_LISTS = {
    "codedeploy.deployments": ("deploymentsInfo", "deploymentId"),
    "ecs.deployments": ("serviceDeployments", "serviceDeploymentArn"),
    "ecs.revisions": ("serviceRevisions", "serviceRevisionArn"),
    "ecs.descriptions": ("services", "serviceArn"),
    "appconfig.applications": ("Items", "Id"),
    "appconfig.environments": ("Items", "Id"),
}
"""The key of the list and the key of an item's id, by call."""


def read(documents: Iterable[Document], window: Window, source: str, settings: AwsSettings) -> Iterator[Event | Gap]:
    """See `AwsSource.read`."""
    items = {call: _Items() for call in (*_LISTS, "appconfig.deployment")}
    for document in documents:
        try:
            yield from _add(document, items)
        except BadAnswer as error:
            yield Gap(error.reason, error.hint)
    make = read_codedeploy.Reader(source, settings)
    yield from _parsed(items["codedeploy.deployments"], make.events, "codedeploy deployments")
    revisions = {line(item.get("serviceRevisionArn")): item for _, item in items["ecs.revisions"].all()}
    ecs = read_ecs.Reader(source, settings, revisions)
    yield from _parsed(items["ecs.deployments"], ecs.events, "ecs deployments")
    near = window.widened(lead=_EVENTS_AROUND, tail=_EVENTS_AROUND)
    messages = read_ecs.Messages(source, settings, near)
    yield from _parsed(items["ecs.descriptions"], messages.events, "ecs services")
    names = {
        line(item.get("Id")): line(item.get("Name"))
        for call in ("appconfig.applications", "appconfig.environments")
        for _, item in items[call].all()
    }
    config = read_appconfig.Reader(source, settings, names)
    yield from _parsed(items["appconfig.deployment"], config.events, "appconfig deployments")
    for call, (field_, known) in _STATES.items():
        states = (line(item.get(field_)) for _, item in items[call].all())
        yield from unknown_states(f"deployments of {call.partition('.')[0]}", states, known)


def _add(document: Document, items: dict[str, _Items]) -> Iterator[Gap]:
    region, body = answer(document)
    if document.call == "appconfig.deployment":
        where = "/".join(str(body.get(name)) for name in ("ApplicationId", "EnvironmentId", "DeploymentNumber"))
        items[document.call].add(where, document, region, body)
    elif document.call in _LISTS:
        listed, id_ = _LISTS[document.call]

        def known(item: Any) -> Iterator[tuple[str, Any]]:
            if not isinstance(item[id_], str):
                raise TypeError("an id is a text")
            yield item[id_], item

        for found in each(body.get(listed), known, f"{document.call} in {region}"):
            if isinstance(found, Gap):
                yield found
            else:
                items[document.call].add(found[0], document, region, found[1])
        failures = body.get("failures")
        if isinstance(failures, list) and failures:
            yield Gap(f"{document.call} in {region}: {len(failures)} could not be read")


def _parsed(items: _Items, parse: Callable[[str, Any], Iterable[Event]], what: str) -> Iterator[Event | Gap]:
    yield from each(items.all(), lambda found: parse(*found), what)
