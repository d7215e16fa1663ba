"""Finds the people that systems and notes name, and which names belong to one person."""

import re
from collections.abc import Iterable, Iterator

from collector.event import Event, Kind
from collector.lazy_pattern import lazy_pattern

MACHINE = lazy_pattern(r"\[bot\]$|^system:|^kubectl|controller|autoscaler|^github-actions", re.IGNORECASE)
_KUBECTL = lazy_pattern(r"\bkubectl-([a-z]+(?:-[a-z]+)*)")
_APPLY = ("client-side-apply", "last-applied")
"""The field managers of `kubectl apply`."""
_NAME = r"[A-Z][\w'\u2019.-]*(?: [A-Z][\w'\u2019.-]*){0,2}"
_SPEAKER = lazy_pattern(rf"(?P<name>{_NAME})(?: \((?P<role>[^()]{{1,40}})\)|(?=: ))")
_HEADING = frozenset(
    {"update", "note", "status", "action", "cause", "root cause", "impact", "fix", "summary", "decision"}
)
"""Words before a colon in notes that are not names."""


def spoken(actor: str) -> str:
    """An actor as people write it: `kubectl edit` for the field manager `kubectl-edit`; others stay as they are."""
    return _KUBECTL.sub(lambda match: f"kubectl {'apply' if match[1] in _APPLY else match[1]}", actor)


def named(event: Event) -> Iterator[tuple[str, str]]:
    """The people that an event names, each with the role in the note, or an empty text."""
    if event.actor and not MACHINE.search(event.actor):
        yield event.actor, ""
    if event.kind == Kind.NOTE:
        speaker = _SPEAKER.match(event.summary)
        if speaker and speaker["name"].casefold() not in _HEADING:
            yield speaker["name"], speaker["role"] or ""


def parts(name: str) -> frozenset[str]:
    """The words of a name; for an e-mail address, those before the `@`."""
    return frozenset(re.findall(r"\w+", name.casefold().replace("_", " ").partition("@")[0]))


def same(who: frozenset[str], known: Iterable[frozenset[str]]) -> frozenset[str]:
    """The known person that `who` is, else `who`: `maria` is `maria-ortiz` if there is only one Maria."""
    found = [one for one in known if who and (who <= one or one <= who)]
    return found[0] if len(found) == 1 else who
