"""When one ReplicaSet of a Deployment took over from another, judged by the pods that each made and removed.

From the tenth similar Event in ten minutes on, the recorder of the Deployment's controller combines them into one, and
only the last step is known. So a deploy that is rolled back within minutes hides its rollback. Events about ReplicaSets
are combined for each ReplicaSet separately, and still show it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field

from sources.cluster.event_objects import Record
from sources.cluster.inventory import Inventory, Key
from sources.fact import Moment

_LOSSES = timedelta(minutes=10)
"""A ReplicaSet that is replaced loses its first pod within this time."""
_RECREATED = timedelta(minutes=2)
"""With the strategy `Recreate`, it may have lost its pods this long before."""


class PodChanges(Struct):
    """When a ReplicaSet made and removed pods; in no order."""

    made: list[Moment] = field(default_factory=list)
    removed: list[datetime] = field(default_factory=list)


def pod_changes(inventory: Inventory, records: Iterable[Record], of: Collection[Key]) -> dict[Key, PodChanges]:
    """The PodChanges of the ReplicaSets `of`, from Events about them and from the pods that exist."""
    found = {key: PodChanges() for key in of}
    for record in records:
        if record.kind == "ReplicaSet" and (changes := found.get((record.about_namespace, record.about))) is not None:
            if record.reason == "SuccessfulCreate":
                changes.made.append(record.first)
            elif record.reason == "SuccessfulDelete":
                changes.removed.append(record.first.earliest)
    for (namespace, name), changes in found.items():
        changes.made += [
            pod.created for pod in inventory.owned(namespace, "ReplicaSet", name) if pod.created is not None
        ]
    return found


def returns(changes: Mapping[str, PodChanges], numbers: Mapping[int, str]) -> Iterator[tuple[int, Moment]]:
    """The revision numbers with which a ReplicaSet came back, each with when it made its first pod for that.

    `numbers` has the ReplicaSet of each number. It is compared with what the pods show, from the newest on backwards,
    and only as far as both agree.
    """
    first = {name: number for number, name in sorted(numbers.items(), reverse=True)}
    newest_first = sorted(numbers, reverse=True)
    for (name, at), number in zip(reversed(list(takeovers(changes))), newest_first, strict=False):
        if numbers[number] != name:
            return
        if number != first[name]:
            yield number, at


def takeovers(changes: Mapping[str, PodChanges]) -> Iterator[tuple[str, Moment]]:
    """Which ReplicaSet made its first pod while another was wanted, and when, in order.

    The other one has to lose pods as well. Otherwise an evicted pod that is recreated in the ReplicaSet being replaced
    would look like a takeover.
    """
    made = sorted((at, name) for name, own in changes.items() for at in own.made)
    removed = sorted((at, name) for name, own in changes.items() for at in own.removed)
    times = [at for at, _ in removed]
    ends = _ends(made)
    last = ""
    for (at, name), end in zip(made, ends, strict=True):
        if name == last:
            continue
        losses = removed[bisect_left(times, at.earliest - _RECREATED) : bisect_right(times, end)]
        takes_over = any(loser != name for _, loser in losses)
        if takes_over:
            yield name, at
        last = name if takes_over or not last else last


def _ends(made: Sequence[tuple[Moment, str]]) -> list[datetime]:
    """For each pod made, the latest time for the replaced ReplicaSet to lose one: before yet another makes one."""
    found: list[datetime] = []
    following, then = "", None
    for at, name in reversed(made):
        if following != name:
            other, following = then, name
        found.append(at.earliest + _LOSSES if other is None else min(other, at.earliest + _LOSSES))
        then = at.earliest
    return found[::-1]
