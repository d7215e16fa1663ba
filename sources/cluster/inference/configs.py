"""Changes of ConfigMaps and Secrets, from their metadata alone."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from collector.event import Event, Kind, Subject
from collector.window import Window
from sources.cluster.fields import Moment, get, moment, objects, strings, text
from sources.cluster.inventory import Inventory, Key

BEFORE = timedelta(hours=2)
AFTER = timedelta(minutes=15)
"""A change so long before the window may be the cause of what is in it; clusters hold thousands of old ones."""
NAMES = {"configmaps": "ConfigMap", "secrets": "Secret"}
_VOLUMES = {"configmaps": (("configMap", "name"),), "secrets": (("secret", "secretName"), ("secret", "name"))}


def config_events(inventory: Inventory, window: Window, source: str) -> Iterator[Event]:
    """The last write to each by each of those who write to it, which is all that is kept; `actor` is the program.

    Whose they are is told by their own labels, else by the pods that mount them if these are of one service.
    """
    for call, kind in NAMES.items():
        items = inventory.others.get(call, [])
        mounted = _mounted(inventory, call) if items else {}
        for item in items:
            for writer, at in _writes(item):
                if around(at, window):
                    yield _event(item, kind, call, writer, at, mounted, inventory, source)


def mounts(spec: Any, call: str) -> set[str]:
    """The names of the `configmaps` or `secrets` that a pod of this spec mounts."""
    volumes = objects(spec, "volumes")
    volumes += [part for volume in volumes for part in objects(volume, "projected", "sources")]
    return {text(volume, *path) for volume in volumes for path in _VOLUMES[call]} - {""}


def fact_of(cluster: str, namespace: str, kind: str, name: str) -> str:
    """The fact that this ConfigMap or Secret was changed, whoever tells of it."""
    return f"{cluster}/{namespace}/{kind}/{name}/changed"


def around(at: Moment, window: Window) -> bool:
    """Whether a change may be the cause of something in the window, or came just after it."""
    return window.start - BEFORE <= at.latest and at.earliest <= window.end + AFTER


def changed(kind: str, name: str, *, made: bool, by: str = "") -> str:
    """That a ConfigMap or Secret was changed, or made, in words."""
    return f"{kind} {name} was {'made' if made else 'changed'}" + (f" by {by}" if by else "")


def _writes(item: dict[str, Any]) -> Iterator[tuple[str, Moment]]:
    told: dict[str, Moment] = {}
    for entry in objects(item, "metadata", "managedFields"):
        at = moment(entry.get("time"))
        if at and not entry.get("subresource"):
            writer = text(entry, "manager")
            told[writer] = max(told.get(writer, at), at)
    created = moment(get(item, "metadata", "creationTimestamp"))
    if created and created not in told.values():
        told.setdefault("", created)
    yield from sorted(told.items())


def _event(
    item: dict[str, Any],
    kind: str,
    call: str,
    writer: str,
    at: Moment,
    mounted: Mapping[Key, set[str]],
    inventory: Inventory,
    source: str,
) -> Event:
    namespace, name = text(item, "metadata", "namespace"), text(item, "metadata", "name")
    made = moment(get(item, "metadata", "creationTimestamp")) == at
    labels = strings(item, "metadata", "labels")
    users = mounted.get((namespace, name), set())
    service = labels.get("app.kubernetes.io/name") or labels.get("app") or (min(users) if len(users) == 1 else "")
    stamp = f"{at.earliest:%Y-%m-%dT%H:%M:%SZ}"
    return Event(
        kind=Kind.CONFIG_CHANGED,
        at=at.earliest,
        earliest=at.earliest,
        latest=at.latest,
        summary=changed(kind, name, made=made, by=writer),
        source=source,
        native_id=f"{text(item, 'metadata', 'uid') or f'{kind}/{namespace}/{name}'}/{writer}/{stamp}",
        subject=Subject(service=service, cluster=inventory.cluster, namespace=namespace, workload=f"{kind}/{name}"),
        actor=writer,
        query=f"/api/v1/namespaces/{namespace}/{call}/{name}",
        fact=fact_of(inventory.cluster, namespace, kind, name),
    )


def _mounted(inventory: Inventory, call: str) -> Mapping[Key, set[str]]:
    """The services whose pods mount each of them."""
    found: dict[Key, set[str]] = {}
    for pod in inventory.pods.values():
        names = mounts(get(pod.raw, "spec"), call)
        service = inventory.subject(pod.key[0], "Pod", pod.key[1]).service if names else ""
        for name in sorted(names) if service else ():
            found.setdefault((pod.key[0], name), set()).add(service)
    return found
