"""One file of an audit log while it is read: its entries, their times, and lines that are not understood."""

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
"""How far a later line may be behind an earlier one: lines are written when requests end, in batches."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
# Most of a log is requests that only read, and stages before the answer: recognised without decoding. A session may be
# a `get`.
_IDLE = re.compile(rb'"stage":"RequestReceived"|"verb":"(?:list|watch)"|"verb":"get"(?!.*"subresource":"[eap])')
_STAGED = b'"stageTimestamp"'
_STAMP = re.compile(rb'\s*:\s*"([^"]{20,35})"')
_AS_WRITTEN = b'{"kind":"Event",'
"""The beginning of a line that the API server wrote and nothing changed."""


class LogFile(Struct):
    """What is known of one file, up to the line read last."""

    path: str
    first: datetime | None = None
    last: datetime | None = None
    unreadable: int = 0
    """Lines without an entry. The last one does not count: it may still be being written."""
    understood: bool = False
    """Whether an entry was found: only then are the file's times those of an audit log."""
    at: datetime = _LONG_AGO
    """The time of the line read last, or of the one before if it has none."""
    _unread: bool = False

    def entries(self, line: bytes, span: Window) -> Iterator[dict[str, Any]]:
        """The reduced entries in the next line, if they may concern that span of time."""
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
        """Record that the file has something from that time."""
        self.at = at
        self.first = min(self.first or at, at)
        self.last = max(self.last or at, at)

    def is_past(self, line: bytes, span: Window) -> bool:
        """Whether everything after this line is later than that span of time. Exports of a log may be in any order."""
        return line.startswith(_AS_WRITTEN) and self.understood and self.at > span.end + DISORDER

    def gap(self) -> Iterator[Gap]:
        """The lines that are not understood."""
        unread = self.unreadable + (self._unread and not self.understood)
        if unread:
            reason = f"{self.path}: {unread} lines are no entries of an audit log and were left out"
            yield Gap(reason, f"looked for {LOOKED_FOR}")

    def coverage(self) -> dict[str, str]:
        """The first and last time of its entries, in the form that `log_coverage` reads."""
        known = {"first": self.first, "last": self.last} if self.understood else {}
        return {"file": self.path, **{end: at.isoformat() for end, at in known.items() if at}}


def _only_stamp(line: bytes) -> Moment | None:
    """The time of the only entry in a line, without decoding it; None if there may be several entries, or none."""
    at = line.rfind(_STAGED)
    if at < 0 or line.find(_STAGED) != at:
        return None
    found = _STAMP.match(line, at + len(_STAGED))
    return moment(found[1].decode("ascii", "replace")) if found else None


def _is_idle(line: bytes) -> bool:
    return bool(_IDLE.search(line, 0, max(0, line.find(b'"requestObject"')) or len(line)))
