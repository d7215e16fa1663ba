"""One main container per workload: only then are the versions of its ReplicaSets or revisions comparable."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from msgspec.structs import replace

from sources.cluster.image import main_container, software
from sources.cluster.inventory import Inventory, ReplicaSet
from sources.cluster.revisions import Revision
from sources.cluster.template_changes import unpack

_Version = TypeVar("_Version", ReplicaSet, Revision)


def agree_on_main_containers(inventory: Inventory) -> None:
    """Take the versions of every workload from the same container: the one that all its templates together suggest."""
    of_sets: dict[tuple[str, str], list[ReplicaSet]] = {}
    for own in inventory.replica_sets.values():
        of_sets.setdefault((own.key[0], own.workload), []).append(own)
    for (_, workload), ours in of_sets.items():
        ours.sort(key=lambda own: (own.created is not None, own.created or own.key, own.key))
        inventory.replica_sets |= {own.key: own for own in _agreed(ours, workload.partition("/")[2])}
    of_revisions: dict[tuple[str, str, str], list[Revision]] = {}
    for found in inventory.revisions.values():
        of_revisions.setdefault((found.key[0], *found.owner), []).append(found)
    for (_, _, name), theirs in of_revisions.items():
        theirs.sort(key=lambda own: (own.created, own.number, own.key))
        inventory.revisions |= {own.key: own for own in _agreed(theirs, name)}


def _agreed(versions: Sequence[_Version], name: str) -> Iterable[_Version]:
    known = [own for own in versions if own.template]
    if len(known) < 2 or all(len(own.runs.images) < 2 for own in known):
        return
    templates = [unpack(own.template) for own in known]
    container = main_container(templates[-1][1], [template for template, _ in templates], name)
    for own, (template, owner) in zip(known, templates, strict=True):
        if own.runs.container != container:
            found = software(owner, template, name, container)
            if found.container == container:
                yield replace(own, runs=found)
