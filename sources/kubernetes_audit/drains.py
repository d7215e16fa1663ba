"""Nodes that were drained: somebody cordoned them, and then removed their pods."""

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
"""`kubectl drain` asks for all evictions at once, and for what was refused again every 5 s."""


class _Cordoned(Struct):
    """A node that somebody cordoned, and the pods that they removed since."""

    entry: Entry
    removed: dict[Pod, Entry] = field(default_factory=dict)

    def counts(self, removed: Entry) -> bool:
        """Whether it was whoever cordoned the node who removed a pod afterwards."""
        return removed.user == self.entry.user and removed.at.earliest >= self.entry.at.earliest


def drain_events(entries: Iterable[Entry], inventory: Inventory, source: str) -> Iterator[Event]:
    """One Event per cordon after which the same user evicted pods of the node, or evicted some and deleted others, at
    the last of them. Who only deletes pods by hand on a node that is to get no others does not drain it.

    There is none where the log names a pod that was there when the node was cordoned and that nobody removed. Which
    others were left is not known: the log names only pods of which something was asked in its time. `numbers["pods"]`
    is how many went, but for those of DaemonSets. An eviction that a budget refused is none; a pod of which the log
    does not know where it is may have been there if the same user tried in vain to evict it with the others.
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
    """What is known from the entries until now, in their order."""

    inventory: Inventory
    source: str
    cordoned: dict[str, _Cordoned] = field(default_factory=dict)
    """By node, those in force."""
    places: Places = field(default_factory=Places)
    waiting: dict[Pod, Entry] = field(default_factory=dict)
    """The pods that were removed of which it is not known yet where they are."""
    refused: dict[Pod, list[Entry]] = field(default_factory=dict)
    """The evictions that were refused of each pod that nobody removed since."""

    def change(self, entry: Entry, done: str) -> Iterator[Event]:
        """What came of a node's cordon before somebody cordoned it, uncordoned it, or removed it altogether."""
        before = self.cordoned.get(entry.name)
        if done == "cordoned" and before and before.entry.user == entry.user:
            return
        yield from self.drained(entry.name)
        self.cordoned.pop(entry.name, None)
        if done == "cordoned":
            self.cordoned[entry.name] = _Cordoned(entry)

    def add(self, entry: Entry) -> None:
        """Note an entry about a pod."""
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
            # Often only what its kubelet asks afterwards shows where a pod was.
            removed, cordoned = self.waiting.pop(pod), self.cordoned.get(place.node)
            if cordoned and not place.rooted and cordoned.counts(removed) and not self._of_daemon(pod):
                cordoned.removed.setdefault(pod, removed)

    def drained(self, node: str) -> Iterator[Event]:
        """That a node is drained, if it is cordoned and the pods that were removed since show it."""
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
        """Whether the log knows of a pod that was there before the cordon, and that nobody removed."""
        return any(
            place.node == node
            and not place.rooted
            and not place.over
            and (place.bound is None or place.bound < cordoned.entry.at.earliest)
            and not self._of_daemon(pod)
            for pod, place in self.places.of.items()
        )

    def _may_be_left(self, cordoned: _Cordoned) -> bool:
        """Whether a pod known nowhere was refused to whoever cordoned the node while they evicted the others."""
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
