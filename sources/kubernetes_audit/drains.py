"""Nodes that were drained: somebody cordoned them, and then told their pods to go."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from collector.event import Event, Kind, Subject
from sources.kubernetes.inventory import Inventory
from sources.kubernetes_audit.cordons import Cordons
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.places import Places, Pod, removes

_AGAIN = timedelta(seconds=10)
"""`kubectl drain` asks for all evictions at once, and for what was refused again every 5 s."""
_Refused = dict[Pod, list[Entry]]
"""The evictions that were refused of each pod that was not told to go since."""


@dataclass(slots=True)
class _Cordon:
    """A node that somebody cordoned, and what they told to go since."""

    entry: Entry
    removed: dict[Pod, Entry] = field(default_factory=dict)

    def counts(self, removed: Entry) -> bool:
        """Whether it was whoever cordoned the node who told a pod to go afterwards."""
        return removed.user == self.entry.user and removed.at.earliest >= self.entry.at.earliest


def drain_events(entries: Iterable[Entry], inventory: Inventory, source: str) -> Iterator[Event]:
    """One Event per cordon after which the same user evicted pods of the node, or evicted some and deleted others, at
    the last of them. Who only deletes pods by hand on a node that is to get no others does not drain it.

    None is told where the log names a pod that was there when the node was cordoned and was not told to go. Which
    others were left it cannot tell: it names only pods of which something was asked in its time. `numbers["pods"]` is
    how many went, but for those of DaemonSets. An eviction that a budget refused is none; a pod of which the log does
    not know where it is may have been there if the same user tried in vain to evict it with the others.
    """
    places, known, cordons = Places(), Cordons(), dict[str, _Cordon]()
    waiting: dict[Pod, Entry] = {}
    refused: _Refused = {}
    for entry in entries:
        done, over = known.done(entry), (entry.resource, entry.verb, entry.sub) == ("nodes", "delete", "")
        if over or (done and not entry.component):
            yield from _turned(entry, done, cordons, places, refused, inventory, source)
        if entry.resource != "pods" or not entry.name:
            continue
        pod = (entry.namespace, entry.name)
        if entry.refused:
            refused.setdefault(pod, []).append(entry)
            continue
        place = places.add(entry)
        if entry.sub == "binding" or entry.verb == "delete" or removes(entry):
            refused.pop(pod, None)
        if entry.sub == "binding":
            waiting.pop(pod, None)
        elif removes(entry) and not entry.component:
            waiting.setdefault(pod, entry)
        if place.node and pod in waiting:
            # Often only what its kubelet asks afterwards tells where a pod was.
            removed, cordon = waiting.pop(pod), cordons.get(place.node)
            if cordon and not place.rooted and cordon.counts(removed) and not _of_daemon(pod, inventory):
                cordon.removed.setdefault(pod, removed)
    for node, cordon in sorted(cordons.items()):
        yield from _drained(node, cordon, places, refused, inventory, source)


def _turned(
    entry: Entry,
    done: str,
    cordons: dict[str, _Cordon],
    places: Places,
    refused: _Refused,
    inventory: Inventory,
    source: str,
) -> Iterator[Event]:
    """What came of a node's cordon before somebody cordoned it, uncordoned it, or removed it altogether."""
    before = cordons.get(entry.name)
    if done == "cordoned" and before and before.entry.user == entry.user:
        return
    if before:
        yield from _drained(entry.name, cordons.pop(entry.name), places, refused, inventory, source)
    if done == "cordoned":
        cordons[entry.name] = _Cordon(entry)


def _of_daemon(pod: Pod, inventory: Inventory) -> bool:
    return inventory.subject(pod[0], "Pod", pod[1]).workload.startswith("DaemonSet/")


def _left(node: str, cordon: _Cordon, places: Places, inventory: Inventory) -> bool:
    """Whether the log knows of a pod that was there before the cordon, and was not told to go."""
    return any(
        place.node == node
        and not place.rooted
        and not place.over
        and (place.bound is None or place.bound < cordon.entry.at.earliest)
        and not _of_daemon(pod, inventory)
        for pod, place in places.of.items()
    )


def _may_be_left(cordon: _Cordon, places: Places, refused: _Refused) -> bool:
    """Whether a pod that is known nowhere was refused to whoever cordoned the node while they evicted the others."""
    begin = min(entry.at.earliest for entry in cordon.removed.values()) - _AGAIN
    end = max(entry.at.latest for entry in cordon.removed.values()) + _AGAIN
    return any(
        entry.user == cordon.entry.user and begin <= entry.at.earliest <= end
        for pod, tries in refused.items()
        if pod not in places.of or not places.of[pod].node
        for entry in tries
    )


def _drained(
    node: str, cordon: _Cordon, places: Places, refused: _Refused, inventory: Inventory, source: str
) -> Iterator[Event]:
    if not cordon.removed or _left(node, cordon, places, inventory) or _may_be_left(cordon, places, refused):
        return
    evicted = sum(entry.sub == "eviction" for entry in cordon.removed.values())
    if not evicted:
        return
    last = max(cordon.removed.values(), key=lambda entry: (entry.at, entry.id))
    pods = len(cordon.removed)
    words = {"evicted": evicted, "deleted": pods - evicted}
    how = " and ".join(
        f"{number} {'pod' if number == 1 else 'pods'} {word}" for word, number in words.items() if number
    )
    yield Event(
        kind=Kind.NODE_DRAINED,
        at=last.at.earliest,
        earliest=last.at.earliest,
        latest=last.at.latest,
        summary=f"Node {node} is drained by {last.user}, as far as the log tells: {how} since it was cordoned",
        source=source,
        native_id=f"{last.id}/drained",
        subject=Subject(cluster=inventory.cluster, workload=f"Node/{node}"),
        numbers={"pods": pods},
        actor=last.user,
        query=last.evidence,
        fact=f"{inventory.cluster}/Node/{node}/drained",
    )
