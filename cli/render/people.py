"""The people that a timeline names, and the role that stands for each: by what they did, or as a note has it."""

import re
from collections.abc import Iterable, Mapping

from collector.event import Event, Kind

_MACHINE = re.compile(r"\[bot\]$|^system:|^kubectl|controller|^github-actions", re.IGNORECASE)
_NAME = r"[A-Z][\w'\u2019.-]*(?: [A-Z][\w'\u2019.-]*){0,2}"
_SPEAKER = re.compile(rf"(?P<name>{_NAME})(?: \((?P<role>[^()]{{1,40}})\)|(?=: ))")
_HEADING = frozenset(
    {"update", "note", "status", "action", "cause", "root cause", "impact", "fix", "summary", "decision"}
)
"""What stands before a colon in notes and is no name."""
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
            who = _same(_parts(name), found)
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


def _named(event: Event) -> Iterable[tuple[str, str]]:
    if event.actor and not _MACHINE.search(event.actor):
        yield event.actor, _ROLES.get(event.kind.value.partition(".")[0], "participant")
    if event.kind == Kind.NOTE:
        speaker = _SPEAKER.match(event.summary)
        if speaker and speaker["name"].casefold() not in _HEADING:
            yield speaker["name"], speaker["role"] or "participant"


def _parts(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", name.casefold().replace("_", " ").partition("@")[0]))


def _same(parts: frozenset[str], known: Iterable[frozenset[str]]) -> frozenset[str]:
    """Who it is, if anybody that is known: `Maria` and `maria-ortiz` are one person if there is only one Maria."""
    found = [one for one in known if parts and (parts <= one or one <= parts)]
    return found[0] if len(found) == 1 else parts
