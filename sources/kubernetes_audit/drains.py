"""Drained nodes: somebody cordoned them, and then removed their pods."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from msgspec import Struct, field

from collector.event import Event
from sources.cluster.drains import Cordon, Departure, Drain, drained
from sources.cluster.facts.nodes import node_drained
from sources.cluster.inventory import Inventory
from sources.fact import report
from sources.kubernetes_audit.cordons import Cordons
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.places import Places, Pod, removes

_AGAIN = timedelta(seconds=10)
"""`kubectl drain` requests all evictions at once, and retries refused ones every 5 s."""


class _Cordoned(Struct):
    """A cordoned node, its cordon request, and the pods that the same user removed since."""

    entry: Entry
    removed: dict[Pod, Entry] = field(default_factory=dict)

    def counts(self, removed: Entry) -> bool:
        """Whether the user who cordoned the node removed this pod afterwards."""
        return removed.user == self.entry.user and removed.at.earliest >= self.entry.at.earliest


def drain_events(entries: Iterable[Entry], inventory: Inventory, source: str) -> Iterator[Event]:
    """One Event per cordon after which the same user evicted the node's pods, at the time of the last removal.

    Some of the pods may have been deleted instead. Deleting pods alone, on a node that is to get no others, is no
    drain.

    There is no Event if the log names a pod that was on the node when it was cordoned and that nobody removed. Other
    pods that were left are not known: the log names only pods that were part of a request in its time.
    `numbers["pods"]` is how many were removed, without those of DaemonSets. An eviction that a budget refused does not
    count. A pod of an unknown node may have been left if the same user tried in vain to evict it together with the
    others.
    """
    log, known = _Log(inventory, source), Cordons()
    for entry in entries:
        done, over = known.done(entry), (entry.resource, entry.verb, entry.sub) == ("nodes", "delete", "")
        if over or (done and not entry.component):
            yield from log.change(entry, done)
        elif entry.resource == "pods" and entry.name:
            log.add(entry)
    for node in sorted(log.cordoned):
        yield from log.drained(node)


class _Log(Struct):
    """The state after the entries so far, in their order."""

    inventory: Inventory
    source: str
    cordoned: dict[str, _Cordoned] = field(default_factory=dict)
    """The cordons in force, by node."""
    places: Places = field(default_factory=Places)
    waiting: dict[Pod, Entry] = field(default_factory=dict)
    """The removed pods of which the node is not known yet."""
    refused: dict[Pod, list[Entry]] = field(default_factory=dict)
    """The refused evictions of each pod that has not been removed since."""

    def change(self, entry: Entry, done: str) -> Iterator[Event]:
        """The result of a node's earlier cordon, before somebody cordons, uncordons or removes the node."""
        before = self.cordoned.get(entry.name)
        if done == "cordoned" and before and before.entry.user == entry.user:
            return
        yield from self.drained(entry.name)
        self.cordoned.pop(entry.name, None)
        if done == "cordoned":
            self.cordoned[entry.name] = _Cordoned(entry)

    def add(self, entry: Entry) -> None:
        """Add an entry about a pod."""
        pod = (entry.namespace, entry.name)
        if entry.refused:
            self.refused.setdefault(pod, []).append(entry)
            return
        place = self.places.add(entry)
        if entry.sub == "binding" or removes(entry):
            self.refused.pop(pod, None)
        if entry.sub == "binding":
            self.waiting.pop(pod, None)
        elif removes(entry) and not entry.component:
            self.waiting.setdefault(pod, entry)
        if place.node and pod in self.waiting:
            # Often only its kubelet's later requests show where a pod was.
            removed, cordoned = self.waiting.pop(pod), self.cordoned.get(place.node)
            if cordoned and not place.rooted and cordoned.counts(removed) and not self._of_daemon(pod):
                cordoned.removed.setdefault(pod, removed)

    def drained(self, node: str) -> Iterator[Event]:
        """The drain of a node, if it is cordoned and the pods removed since then show it."""
        cordoned = self.cordoned.get(node)
        if cordoned is None or not any(entry.sub == "eviction" for entry in cordoned.removed.values()):
            return
        pods = [Departure(entry.at, entry) for _, entry in sorted(cordoned.removed.items(), key=_by_time)]
        left = self._is_left(node, cordoned) or self._may_be_left(cordoned)
        found = None if left else drained(Cordon(node, cordoned.entry.at), pods)
        if found:
            yield self._event(node, found, cordoned)

    def _of_daemon(self, pod: Pod) -> bool:
        return self.inventory.subject(pod[0], "Pod", pod[1]).workload.startswith("DaemonSet/")

    def _is_left(self, node: str, cordoned: _Cordoned) -> bool:
        """Whether the log knows a pod that was there before the cordon and that nobody removed."""
        return any(
            place.node == node
            and not place.rooted
            and not place.over
            and (place.bound is None or place.bound < cordoned.entry.at.earliest)
            and not self._of_daemon(pod)
            for pod, place in self.places.of.items()
        )

    def _may_be_left(self, cordoned: _Cordoned) -> bool:
        """Whether an eviction of a pod without a known node was refused to the user while they evicted the others."""
        begin = min(entry.at.earliest for entry in cordoned.removed.values()) - _AGAIN
        end = max(entry.at.latest for entry in cordoned.removed.values()) + _AGAIN
        return any(
            entry.user == cordoned.entry.user and begin <= entry.at.earliest <= end
            for pod, tries in self.refused.items()
            if pod not in self.places.of or not self.places.of[pod].node
            for entry in tries
        )

    def _event(self, node: str, drain: Drain[Entry], cordoned: _Cordoned) -> Event:
        last, evicted = drain.last, sum(entry.sub == "eviction" for entry in cordoned.removed.values())
        words = {"evicted": evicted, "deleted": drain.pods - evicted}
        how = " and ".join(
            f"{number} {'pod' if number == 1 else 'pods'} {word}" for word, number in words.items() if number
        )
        return report(
            node_drained(self.inventory.cluster, node, how, by=last.user),
            last.at,
            source=self.source,
            native_id=f"{last.id}/drained",
            numbers={"pods": drain.pods},
            actor=last.user,
            query=last.evidence,
        )


def _by_time(removed: tuple[Pod, Entry]) -> tuple[object, ...]:
    return (removed[1].at, removed[1].id)
