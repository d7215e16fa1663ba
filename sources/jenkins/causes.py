"""The reasons why a build ran, and its interruptions."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from sources.json_fields import line

_AGAIN = {"RebuildCause": "rebuild", "ReplayCause": "replay", "RestartDeclarativePipelineCause": "restart"}
"""Buttons that run an old build again, or from one of its stages on."""
_NUMBER = re.compile(r"#(\d{1,9})")
_ABORTED_BY = re.compile(r"Aborted by (.+)")
_REJECTED_BY = re.compile(r"Rejected by (.+)")
_SUPERSEDED_BY = re.compile(r"Superseded by (.+)")
_TIMED_OUT = re.compile(r"Timeout has been exceeded.*")


class Causes(Struct, frozen=True):
    """The causes of a build. Unknown parts are empty."""

    user: str = ""
    """The person who started it; empty for automation."""
    upstream: tuple[str, int] | None = None
    """Full name and number of the build that started it."""
    again: int = 0
    """The build number, of the same job, that was rebuilt, replayed or restarted."""
    how: str = ""
    """Words for people: `by timer`, `replay of #51`, `after shop/checkout #12`."""
    aborted_by: str = ""
    rejected_by: str = ""
    superseded_by: str = ""
    timed_out: bool = False


_NOBODY = {"SYSTEM": "by Jenkins itself", "anonymous": "by somebody who was not signed in"}
"""The users that Jenkins names if no known person acts: hudson.security.ACL.SYSTEM, and people without a login."""


def causes(actions: Sequence[Mapping[str, Any]]) -> Causes:
    """Parse the actions of a build or of a queue item."""
    user, how, again = "", "", 0
    upstream: tuple[str, int] | None = None
    ends: dict[str, str] = {}
    timed_out = False
    for class_, cause in _causes(actions):
        words = line(cause.get("shortDescription"))
        number = _positive(cause.get("upstreamBuild"))
        if "Interrupt" in class_:
            for name, pattern in (("aborted", _ABORTED_BY), ("rejected", _REJECTED_BY), ("superseded", _SUPERSEDED_BY)):
                found = pattern.fullmatch(words)
                if found and not (name == "aborted" and found[1] in _NOBODY):
                    ends.setdefault(name, found[1])
            timed_out = timed_out or _TIMED_OUT.fullmatch(words) is not None
        elif "UserIdCause" in class_:
            named = line(cause.get("userId")) or line(cause.get("userName"))
            user = user or ("" if named in _NOBODY else named)
            how = how or _NOBODY.get(named, "")
        elif (kind := next((_AGAIN[name] for name in _AGAIN if name in class_), "")) != "":
            numbered = _NUMBER.search(words)
            again = number or (int(numbered[1]) if numbered else 0)
            how = f"{kind} of #{again}"
        elif "UpstreamCause" in class_:
            project = line(cause.get("upstreamProject"))
            upstream = upstream or ((project, number) if project and number else None)
            how = how or (f"after {project} #{number}" if upstream else "")
        elif "TimerTrigger" in class_:
            how = how or "by timer"
        else:
            how = how or words[:1].lower() + words[1:80]
    return Causes(
        user=user,
        upstream=upstream,
        again=again,
        how=how,
        aborted_by=ends.get("aborted", ""),
        rejected_by=ends.get("rejected", ""),
        superseded_by=ends.get("superseded", ""),
        timed_out=timed_out,
    )


def _causes(actions: Sequence[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    """Each cause with its class; for an interruption, the class is `Interrupt`, since only its action shows that."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    for action in actions:
        interrupted = "InterruptedBuildAction" in line(action.get("_class"))
        listed = action.get("causes")
        for cause in listed if isinstance(listed, list) else []:
            if isinstance(cause, dict):
                found += [("Interrupt" if interrupted else line(cause.get("_class")), cause)]
    return found


def _positive(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31 else 0
