"""One file of an audit log as it is read: its entries, the times they are of, and what is not understood."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from collector.source import Gap
from collector.window import Window
from sources.cluster.fields import moment, text
from sources.fact import Moment
from sources.kubernetes_audit.reduce import reduced
from sources.kubernetes_audit.wrappings import LOOKED_FOR, entries_in

DISORDER = timedelta(minutes=5)
"""Lines are written when requests end, in batches: how far a later line may be from an earlier time."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
# Most of a log, which is recognised without decoding it: requests that only read, and stages before the answer. A
# session may be a `get`.
_IDLE = re.compile(rb'"stage":"RequestReceived"|"verb":"(?:list|watch)"|"verb":"get"(?!.*"subresource":"[eap])')
_STAGED = b'"stageTimestamp"'
_STAMP = re.compile(rb'\s*:\s*"([^"]{20,35})"')
_AS_WRITTEN = b'{"kind":"Event",'
"""How a line begins that the API server wrote and nothing changed."""


class LogFile(Struct):
    """What one file has turned out to be, as it is read."""

    path: str
    first: datetime | None = None
    last: datetime | None = None
    unreadable: int = 0
    """Lines in which there is no entry, but for the last one: that may be being written just now."""
    understood: bool = False
    """An entry was found in it: only then its times are those of an audit log."""
    at: datetime = _LONG_AGO
    """The time of the line read last, or of the one before if it has none."""
    _unread: bool = False

    def entries(self, line: bytes, span: Window) -> Iterator[dict[str, Any]]:
        """What is kept of the entries in one more line, as far as they can concern that span of time."""
        self.unreadable += self._unread
        self._unread = False
        stamp = _only_stamp(line)
        if stamp and self.understood and (_is_idle(line) or not span.overlaps(stamp.earliest, stamp.latest)):
            self.reaches(stamp.earliest)
            return
        known = [(moment(text(each, "stageTimestamp")), each) for each in entries_in(line.decode("utf-8", "replace"))]
        self._unread = bool(line.strip()) and not any(at for at, _ in known)
        for at, entry in known:
            if at is None:
                continue
            self.understood = True
            self.reaches(at.earliest)
            kept = reduced(entry) if span.overlaps(at.earliest, at.latest) else None
            if kept is not None:
                yield kept

    def reaches(self, at: datetime) -> None:
        """It has something from that time."""
        self.at = at
        self.first = min(self.first or at, at)
        self.last = max(self.last or at, at)

    def is_past(self, line: bytes, span: Window) -> bool:
        """Whether all that follows this line is after that span of time. Exports of a log may be in any order."""
        return line.startswith(_AS_WRITTEN) and self.understood and self.at > span.end + DISORDER

    def gap(self) -> Iterator[Gap]:
        """What of it is not understood."""
        unread = self.unreadable + (self._unread and not self.understood)
        if unread:
            reason = f"{self.path}: {unread} lines are no entries of an audit log and were left out"
            yield Gap(reason, f"looked for {LOOKED_FOR}")

    def coverage(self) -> dict[str, str]:
        """From when to when it has entries, as `log_coverage` reads it."""
        known = {"first": self.first, "last": self.last} if self.understood else {}
        return {"file": self.path, **{end: at.isoformat() for end, at in known.items() if at}}


def _only_stamp(line: bytes) -> Moment | None:
    """The time of the one entry in a line, without decoding it; None if there may be several, or none."""
    at = line.rfind(_STAGED)
    if at < 0 or line.find(_STAGED) != at:
        return None
    found = _STAMP.match(line, at + len(_STAGED))
    return moment(found[1].decode("ascii", "replace")) if found else None


def _is_idle(line: bytes) -> bool:
    return bool(_IDLE.search(line, 0, max(0, line.find(b'"requestObject"')) or len(line)))
