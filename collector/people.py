"""Who is a person among those that systems and notes name, and which names are of one."""

import re
from collections.abc import Iterable, Iterator

from collector.event import Event, Kind
from collector.lazy_pattern import lazy_pattern

MACHINE = lazy_pattern(r"\[bot\]$|^system:|^kubectl|controller|autoscaler|^github-actions", re.IGNORECASE)
_KUBECTL = lazy_pattern(r"\bkubectl-([a-z]+(?:-[a-z]+)*)")
_APPLY = ("client-side-apply", "last-applied")
"""How `kubectl apply` signs what it writes, as a field manager."""
_NAME = r"[A-Z][\w'\u2019.-]*(?: [A-Z][\w'\u2019.-]*){0,2}"
_SPEAKER = lazy_pattern(rf"(?P<name>{_NAME})(?: \((?P<role>[^()]{{1,40}})\)|(?=: ))")
_HEADING = frozenset(
    {"update", "note", "status", "action", "cause", "root cause", "impact", "fix", "summary", "decision"}
)
"""What stands before a colon in notes and is no name."""


def spoken(actor: str) -> str:
    """An actor as people write it: `kubectl edit` of the field manager `kubectl-edit`; others stay as they are."""
    return _KUBECTL.sub(lambda match: f"kubectl {'apply' if match[1] in _APPLY else match[1]}", actor)


def named(event: Event) -> Iterator[tuple[str, str]]:
    """The people that an event names, each with the role that a note gives them, if it does."""
    if event.actor and not MACHINE.search(event.actor):
        yield event.actor, ""
    if event.kind == Kind.NOTE:
        speaker = _SPEAKER.match(event.summary)
        if speaker and speaker["name"].casefold() not in _HEADING:
            yield speaker["name"], speaker["role"] or ""


def parts(name: str) -> frozenset[str]:
    """The words of a name, of an e-mail address those before the `@`."""
    return frozenset(re.findall(r"\w+", name.casefold().replace("_", " ").partition("@")[0]))


def same(who: frozenset[str], known: Iterable[frozenset[str]]) -> frozenset[str]:
    """Who it is, if anybody that is known: `Maria` and `maria-ortiz` are one person if there is only one Maria."""
    found = [one for one in known if who and (who <= one or one <= who)]
    return found[0] if len(found) == 1 else who
