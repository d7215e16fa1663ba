"""The people named in a timeline, and the role that replaces each: from what they did, or from a note."""

from collections.abc import Iterable, Iterator, Mapping

from collector.event import Event, Kind
from collector.people import named, parts, same

_ROLES = {
    "deploy": "deployer", "ci": "deployer", "rollout": "deployer", "rollback": "deployer",
    "flag": "operator", "config": "operator", "workload": "operator", "silence": "operator", "node": "operator",
}  # fmt: skip


def people(events: Iterable[Event]) -> Mapping[str, str]:
    """The role for each name: `dana-reyes` is a deployer, `Maria Ortiz` is on-call.

    Several people with the same role are numbered in the order of the events: `deployer 1`.
    """
    found: dict[frozenset[str], tuple[str, list[str]]] = {}
    for event in events:
        for name, role in _named(event):
            who = same(parts(name), found)
            known, names = found.setdefault(who, (role, []))
            # The role that a note gives somebody is better than one derived from what they did.
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
