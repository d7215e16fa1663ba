"""Nodes that were drained: somebody cordoned them, and then told their pods to go."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from collector.event import Event, Kind, Subject
from sources.cluster.inventory import Inventory
from sources.kubernetes_audit.cordons import Cordons
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.places import Places, Pod, removes

_AGAIN = timedelta(seconds=10)
"""`kubectl drain` asks for all evictions at once, and for what was refused again every 5 s."""


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
    log, known = _Log(inventory, source), Cordons()
    for entry in entries:
        done, over = known.done(entry), (entry.resource, entry.verb, entry.sub) == ("nodes", "delete", "")
        if over or (done and not entry.component):
            yield from log.turn(entry, done)
        elif entry.resource == "pods" and entry.name:
            log.take(entry)
    for node in sorted(log.cordons):
        yield from log.drained(node)


@dataclass(slots=True)
class _Log:
    """What the entries told until now, in their order."""

    inventory: Inventory
    source: str
    cordons: dict[str, _Cordon] = field(default_factory=dict)
    """By node, those in force."""
    places: Places = field(default_factory=Places)
    waiting: dict[Pod, Entry] = field(default_factory=dict)
    """The pods that were told to go of which it is not known yet where they are."""
    refused: dict[Pod, list[Entry]] = field(default_factory=dict)
    """The evictions that were refused of each pod that was not told to go since."""

    def turn(self, entry: Entry, done: str) -> Iterator[Event]:
        """What came of a node's cordon before somebody cordoned it, uncordoned it, or removed it altogether."""
        before = self.cordons.get(entry.name)
        if done == "cordoned" and before and before.entry.user == entry.user:
            return
        yield from self.drained(entry.name)
        self.cordons.pop(entry.name, None)
        if done == "cordoned":
            self.cordons[entry.name] = _Cordon(entry)

    def take(self, entry: Entry) -> None:
        """Take note of an entry about a pod."""
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
            # Often only what its kubelet asks afterwards tells where a pod was.
            removed, cordon = self.waiting.pop(pod), self.cordons.get(place.node)
            if cordon and not place.rooted and cordon.counts(removed) and not self._of_daemon(pod):
                cordon.removed.setdefault(pod, removed)

    def drained(self, node: str) -> Iterator[Event]:
        """That a node is drained, if it is cordoned and what was told to go since says so."""
        cordon = self.cordons.get(node)
        evicted = sum(entry.sub == "eviction" for entry in cordon.removed.values()) if cordon else 0
        if cordon and evicted and not self._left(node, cordon) and not self._may_be_left(cordon):
            yield self._event(node, cordon, evicted)

    def _of_daemon(self, pod: Pod) -> bool:
        return self.inventory.subject(pod[0], "Pod", pod[1]).workload.startswith("DaemonSet/")

    def _left(self, node: str, cordon: _Cordon) -> bool:
        """Whether the log knows of a pod that was there before the cordon, and was not told to go."""
        return any(
            place.node == node
            and not place.rooted
            and not place.over
            and (place.bound is None or place.bound < cordon.entry.at.earliest)
            and not self._of_daemon(pod)
            for pod, place in self.places.of.items()
        )

    def _may_be_left(self, cordon: _Cordon) -> bool:
        """Whether a pod known nowhere was refused to whoever cordoned the node while they evicted the others."""
        begin = min(entry.at.earliest for entry in cordon.removed.values()) - _AGAIN
        end = max(entry.at.latest for entry in cordon.removed.values()) + _AGAIN
        return any(
            entry.user == cordon.entry.user and begin <= entry.at.earliest <= end
            for pod, tries in self.refused.items()
            if pod not in self.places.of or not self.places.of[pod].node
            for entry in tries
        )

    def _event(self, node: str, cordon: _Cordon, evicted: int) -> Event:
        last = max(cordon.removed.values(), key=lambda entry: (entry.at, entry.id))
        pods = len(cordon.removed)
        words = {"evicted": evicted, "deleted": pods - evicted}
        how = " and ".join(
            f"{number} {'pod' if number == 1 else 'pods'} {word}" for word, number in words.items() if number
        )
        return Event(
            kind=Kind.NODE_DRAINED,
            at=last.at.earliest,
            earliest=last.at.earliest,
            latest=last.at.latest,
            summary=f"Node {node} is drained by {last.user}, as far as the log tells: {how} since it was cordoned",
            source=self.source,
            native_id=f"{last.id}/drained",
            subject=Subject(cluster=self.inventory.cluster, workload=f"Node/{node}"),
            numbers={"pods": pods},
            actor=last.user,
            query=last.evidence,
            fact=f"{self.inventory.cluster}/Node/{node}/drained",
        )
