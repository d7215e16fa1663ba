"""Which nodes cost pods: those that took pods of several services with them, or were drained of affected ones."""

from collections.abc import Iterable, Mapping

from collector.links import Link, LinkKind
from collector.services.service import Service
from collector.stories.story import Step, Story


def crowded(links: Iterable[Link], stories: Mapping[str, Story]) -> frozenset[str]:
    """The ids of the node stories that took pods of several services with them."""
    services: dict[str, set[Service]] = {}
    for link in links:
        if link.kind == LinkKind.ON_NODE and link.one in stories:
            services.setdefault(link.other, set()).add(stories[link.one].service)
    return frozenset(node for node, ours in services.items() if len(ours) > 1)


def emptied(nodes: Iterable[Story], affected: Iterable[Service]) -> frozenset[str]:
    """The ids of the node stories in which pods of these services were terminated."""
    places = {(service.namespace, service.name) for service in affected}
    return frozenset(
        node.id
        for node in nodes
        if any((one.best.subject.namespace, one.service) in places for one in node.at(Step.PODS_TERMINATED))
    )
