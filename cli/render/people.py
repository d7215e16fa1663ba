"""The people that a timeline names, and the role that stands for each: by what they did, or as a note has it."""

from collections.abc import Iterable, Iterator, Mapping

from collector.event import Event, Kind
from collector.people import named, parts, same

_ROLES = {
    "deploy": "deployer", "ci": "deployer", "rollout": "deployer", "rollback": "deployer",
    "flag": "operator", "config": "operator", "workload": "operator", "silence": "operator", "node": "operator",
}  # fmt: skip


def people(events: Iterable[Event]) -> Mapping[str, str]:
    """The role for each name: `dana-reyes` is a deployer, `Maria Ortiz` is on-call.

    Where several people have one role, they are numbered in the order of the events: `deployer 1`.
    """
    found: dict[frozenset[str], tuple[str, list[str]]] = {}
    for event in events:
        for name, role in _named(event):
            who = same(parts(name), found)
            known, names = found.setdefault(who, (role, []))
            # What a note calls somebody is better than what they did.
            found[who] = (role if event.kind == Kind.NOTE and role != "participant" else known, names)
            names.append(name)
    roles = [role for role, _ in found.values()]
    numbers: dict[str, int] = {}
    aliases = {}
    for role, names in found.values():
        numbers[role] = numbers.get(role, 0) + 1
        alias = f"{role} {numbers[role]}" if roles.count(role) > 1 else role
        aliases.update(dict.fromkeys(names, alias))
    return aliases


def _named(event: Event) -> Iterator[tuple[str, str]]:
    for name, role in named(event):
        by_deed = _ROLES.get(event.kind.value.partition(".")[0], "participant")
        yield name, role or by_deed
