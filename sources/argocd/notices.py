"""Reads Argo CD's Events about an Application: who requested what, and how it ended."""

import re
from collections.abc import Iterator
from functools import partial

from msgspec import Struct

from sources.fact import Moment
from sources.gitops.event_objects import Report

# Message texts of argo-cd: server/application/application.go and controller/appcontroller.go.
_ROLLBACK = re.compile(r"(?P<user>.+) initiated rollback to (?P<id>\d+)")
_ASKED = re.compile(r"(?P<user>.+) initiated (?P<partial>partial )?sync (?:to (?P<revision>.*)|locally)")
_AUTOMATED = re.compile(r"Initiated automated sync to '(?P<revision>.*)'")
_ENDED = re.compile(
    r"(?P<partial>Partial sync|Sync) operation(?: to (?P<revision>\S*))? (?:(?P<done>succeeded)|failed: ?(?P<why>.*))"
)
_TERMINATED = re.compile(r"(?P<user>.+) terminated running operation")
_ACTION = re.compile(
    r"(?P<user>.+) ran action (?P<action>[\w-]+) on resource (?P<group>[^/]*)/(?P<kind>\w+)/(?P<name>\S+)"
)
_UNKNOWN = "Unknown user"
_SHOWN = re.compile(r"[0-9a-f]{7,64}")


class Notice(Struct, frozen=True):
    """One Event about an Application that matters for its deploys."""

    what: str
    """`asked`, `automated`, `rollback`, `ended`, `terminated` or `action`."""
    at: Moment
    path: str
    """API path of the Event."""
    uid: str
    user: str = ""
    revision: str = ""
    """A commit, if one is named; for a branch, the commit shown after it: `main (1a2b3c4)`."""
    back_to: str = ""
    """The history entry that a rollback goes back to."""
    partial: bool = False
    failed: bool = False
    why: str = ""
    action: str = ""
    workload: str = ""
    """The target of an action, as `Kind/name`."""


def notices(report: Report, path: str) -> Iterator[Notice]:
    """The meaning of one Event; most have none."""
    record = report.record
    words = record.message
    note = partial(Notice, at=record.last, path=path, uid=record.uid)
    if (found := _ROLLBACK.fullmatch(words)) is not None:
        yield note("rollback", user=_user(found["user"]), back_to=found["id"])
    elif found := _ASKED.fullmatch(words):
        yield note(
            "asked",
            user=_user(found["user"]),
            revision=_commit(found["revision"] or ""),
            partial=bool(found["partial"]),
        )
    elif found := _AUTOMATED.fullmatch(words):
        yield note("automated", revision=_commit(found["revision"]))
    elif record.reason == "OperationCompleted" and (found := _ENDED.fullmatch(words)):
        yield note(
            "ended",
            revision=_commit(found["revision"] or ""),
            partial=found["partial"] == "Partial sync",
            failed=not found["done"],
            why=found["why"] or "",
        )
    elif found := _TERMINATED.fullmatch(words):
        yield note("terminated", user=_user(found["user"]))
    elif record.reason == "ResourceActionRan" and (found := _ACTION.fullmatch(words)):
        workload = f"{found['kind']}/{found['name']}"
        yield note("action", user=_user(found["user"]), action=found["action"], workload=workload)


def _user(name: str) -> str:
    return "" if name == _UNKNOWN else name


def _commit(revision: str) -> str:
    """The commit in `main (1a2b3c4...)`; the version of a chart stays unchanged."""
    return next((word for word in _SHOWN.findall(revision) if len(word) >= 7), revision)
