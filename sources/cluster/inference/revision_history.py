"""The revisions of a StatefulSet or DaemonSet over time, from its ControllerRevisions, pods and Event objects."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from collector.event import SECOND
from sources.cluster.event_objects import Record
from sources.cluster.inventory import Inventory
from sources.cluster.revisions import KINDS, Revision, RevisionRollout, Workload, revision_rollouts
from sources.fact import Moment


class RevisionHistory(Struct, frozen=True):
    """One StatefulSet or DaemonSet and all its rollouts, in order."""

    namespace: str
    kind: str
    name: str
    workload: Workload | None
    rollouts: Sequence[RevisionRollout]
    removed: Mapping[str, Sequence[Moment]]
    """When its controller is known to have removed a pod, by the name of the pod."""
    made: Mapping[str, Moment]
    """When the pods that Events name were first made, by name."""

    def replaced(self, pod: str, at: datetime) -> Revision | None:
        """The revision of a pod that is removed at that moment: the one that the rollout under way replaces."""
        begun = [index for index, each in enumerate(self.rollouts) if each.at <= at]
        if not begun:
            return next((each.replaces for each in self.rollouts if each.covers(at)), None)
        # Stamps are whole seconds: in the second in which a rollout starts, the previous one may still have removed
        # pods.
        within = begun[-1] > 0 and at < self.rollouts[begun[-1]].at + SECOND
        index = begun[-1] - 1 if within and self._of_the_one_before(pod, at, begun[-1]) else begun[-1]
        return self.rollouts[index].replaces

    def _of_the_one_before(self, pod: str, at: datetime, index: int) -> bool:
        """Whether the previous rollout removed the pod.

        A StatefulSet's rollout removes each name once. A DaemonSet's removes the pods that the previous rollout made.
        """
        end = self.rollouts[index].end
        if self.kind == "StatefulSet":
            return any(
                at < other.earliest and (end is None or other.earliest < end) for other in self.removed.get(pod, ())
            )
        return pod in self.made and self.made[pod].earliest < self.rollouts[index - 1].at


def revision_histories(inventory: Inventory, records: Iterable[Record]) -> Mapping[str, RevisionHistory]:
    """Every StatefulSet and DaemonSet with a known revision, by namespace, kind and name."""
    made: dict[str, dict[str, Moment]] = {}
    for pod in inventory.pods.values():
        own = inventory.revision(*pod.key, pod.uid)
        if own and pod.created:
            made.setdefault("/".join(own.key), {})[pod.key[1]] = pod.created
    removed: dict[tuple[str, str, str], dict[str, list[Moment]]] = {}
    born: dict[tuple[str, str, str], dict[str, Moment]] = {}
    for record in records:
        attribution = (record.about_namespace, record.kind, record.about)
        if record.kind in KINDS and record.reason == "SuccessfulDelete":
            removed.setdefault(attribution, {}).setdefault(record.pod, []).extend((record.first, record.last))
        elif record.kind in KINDS and record.reason == "SuccessfulCreate":
            first = born.setdefault(attribution, {})
            first[record.pod] = min(record.first, first.get(record.pod, record.first))
    revisions: dict[tuple[str, str, str], list[Revision]] = {}
    for own in inventory.revisions.values():
        revisions.setdefault((own.key[0], *own.owner), []).append(own)
    found = {}
    for key, ours in sorted(revisions.items()):
        pods = {own.key[1]: made.get("/".join(own.key), {}) for own in ours}
        of = inventory.workloads.get(key)
        gone = removed.get(key, {})
        first = born.get(key, {})
        taken = revision_rollouts(ours, pods, gone, first, of.kept if of else 0)
        found["/".join(key)] = RevisionHistory(*key, of, taken, gone, first)
    return found
