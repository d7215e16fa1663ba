"""Changes of ConfigMaps and Secrets, from their metadata alone."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from collector.event import Event
from collector.source import UNREADABLE
from collector.window import Window
from sources.cluster.config_uses import KINDS, why_no_configuration
from sources.cluster.facts.configs import Done, config_changed, config_kept
from sources.cluster.fields import get, moment, objects, strings, text
from sources.cluster.inventory import Inventory, Key
from sources.cluster.names import route_backends, selected_services
from sources.fact import Moment, report

BEFORE = timedelta(hours=2)
AFTER = timedelta(minutes=15)
"""A change this long before or after the window is still reported: it may be the cause of something in the window.

Clusters have thousands of old changes, which are left out.
"""


def config_events(inventory: Inventory, window: Window, source: str) -> Iterator[Event]:
    """The last write of each program to each ConfigMap and Secret; `actor` is the program. Earlier writes are not kept.

    An Event belongs to the service in the object's own labels. Else it belongs to the service of the pods that use it,
    or of the Ingress that has it as its certificate, if that is a single service. If several services use the object,
    `numbers["users"]` is how many.
    """
    for resource in KINDS:
        items = inventory.raw_objects.get(resource, [])
        users = _users(inventory, resource) if items else {}
        for item in items:
            for writer, at in _writes(item):
                if around(at, window):
                    yield _event(item, resource, writer, at, users, inventory, source)


def around(at: Moment, window: Window) -> bool:
    """Whether a change is close enough before the window to be a cause, or came in it or just after it."""
    return window.start - BEFORE <= at.latest and at.earliest <= window.end + AFTER


def _writes(item: dict[str, Any]) -> Iterator[tuple[str, Moment]]:
    last: dict[str, Moment] = {}
    for entry in objects(item, "metadata", "managedFields"):
        at = moment(entry.get("time"))
        if at and not entry.get("subresource"):
            writer = text(entry, "manager")
            last[writer] = max(last.get(writer, at), at)
    created = moment(get(item, "metadata", "creationTimestamp"))
    if created and created not in last.values():
        last.setdefault("", created)
    yield from sorted(last.items())


def _event(
    item: dict[str, Any],
    resource: str,
    writer: str,
    at: Moment,
    users: Mapping[Key, set[str]],
    inventory: Inventory,
    source: str,
) -> Event:
    namespace, name, kind = text(item, "metadata", "namespace"), text(item, "metadata", "name"), KINDS[resource]
    made = moment(get(item, "metadata", "creationTimestamp")) == at
    labels = strings(item, "metadata", "labels")
    ours = users.get((namespace, name), set())
    service = labels.get("app.kubernetes.io/name") or labels.get("app") or (min(ours) if len(ours) == 1 else "")
    shared = () if service else sorted(ours)
    place = (inventory.cluster, namespace, kind, name)
    why = why_no_configuration(resource, name, writer)
    done: Done = "created" if made else "changed"
    fact = config_changed(*place, done, service=service, by=writer, shared=shared)
    return report(
        config_kept(*place, done, why, by=writer) if why else fact,
        at,
        source=source,
        native_id=f"{text(item, 'metadata', 'uid') or f'{kind}/{namespace}/{name}'}/{writer}/{_stamp(at)}",
        actor=writer,
        numbers={"users": len(shared)} if shared and not why else {},
        query=f"/api/v1/namespaces/{namespace}/{resource}/{name}",
    )


def _stamp(at: Moment) -> str:
    return f"{at.earliest:%Y-%m-%dT%H:%M:%SZ}"


def _users(inventory: Inventory, resource: str) -> Mapping[Key, set[str]]:
    """The services with pods that use each ConfigMap or Secret."""
    found: dict[Key, set[str]] = {}
    for pod in inventory.pods.values():
        # The packed text is searched first, because unpacking thousands of pods takes long.
        names = (get(pod.raw, "spec", "uses", resource) or ()) if f'"{resource}"' in pod.packed else ()
        service = inventory.subject(pod.key[0], "Pod", pod.key[1]).service if names else ""
        for name in names if service else ():
            found.setdefault((pod.key[0], name), set()).add(service)
    for name, services in _behind_certificates(inventory) if resource == "secrets" else ():
        found.setdefault(name, set()).update(services)
    return found


def _behind_certificates(inventory: Inventory) -> Iterator[tuple[Key, set[str]]]:
    """For each Ingress: the Secrets with its certificates, and the services to which it leads."""
    selected = selected_services(inventory)
    for route in inventory.raw_objects.get("ingresses", ()):
        try:
            namespace = text(route, "metadata", "namespace")
            names = [text(each, "secretName") for each in objects(route, "spec", "tls")]
            behind = {selected[key][0] for key in route_backends("Ingress", route, namespace) if key in selected}
        except UNREADABLE:
            continue
        yield from (((namespace, name), behind) for name in names if name)
