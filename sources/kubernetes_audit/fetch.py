"""Reading the files of an audit log, line by line, as far as they can concern the window."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from collector.source import Deadline, Denied, Document, Gap
from collector.window import Window
from sources.cluster.fields import Moment, moment, text
from sources.kubernetes_audit.files import Cut, files, lines, whole
from sources.kubernetes_audit.reduce import reduced
from sources.kubernetes_audit.settings import KubernetesAuditSettings
from sources.kubernetes_audit.wrappings import LOOKED_FOR, entries_in

PAGE = 5_000
"""Entries in one document."""
LEAD, TAIL = timedelta(hours=1), timedelta(minutes=15)
"""A rollback is known by the rollout before it; a rollout by its end."""
_DISORDER = timedelta(minutes=5)
"""Lines are written when requests end, in batches: how far a later line may be from an earlier time."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_CHECKED = 1000
"""How many lines are read between looks at the clock."""
# Most of a log, which is recognised without decoding it: requests that only read, and stages before the answer. A
# session may be a `get`.
_IDLE = re.compile(rb'"stage":"RequestReceived"|"verb":"(?:list|watch)"|"verb":"get"(?!.*"subresource":"[eap])')
_STAGED = b'"stageTimestamp"'
_STAMP = re.compile(rb'\s*:\s*"([^"]{20,35})"')
_AS_WRITTEN = b'{"kind":"Event",'
"""How a line begins that the API server wrote and nothing changed."""
_OF_A_DOCUMENT = (b"[", b"{", b"[{")
"""The first line of JSON that is spread over many, as people print it."""


@dataclass(slots=True)
class _File:
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
        return line.startswith(_AS_WRITTEN) and self.understood and self.at > span.end + _DISORDER

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


@dataclass(slots=True)
class _Page:
    """Entries of one file on their way to a Document."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def document(self, file: str) -> Document:
        """The entries as a Document, and none left."""
        numbers = f"{self.entries[0]['line']}-{self.entries[-1]['line']}"
        body = json.dumps({"file": file, "entries": self.entries}, separators=(",", ":"))
        self.entries = []
        return Document("entries", f"{file}, lines {numbers}", datetime.now(UTC), body)


def fetch(settings: KubernetesAuditSettings, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
    """Yield the entries, reduced, page by page, and at the end which time each file covers (`files`).

    Files that were written last before the window, or begin after it, are not read. Raises BadAnswer if there is no
    file, Denied if none could be read; some that cannot be read are a Gap.
    """
    span = window.widened(lead=LEAD, tail=TAIL)
    found = files(settings.path)
    covered: list[_File] = []
    refused: list[str] = []
    for path in found:
        read = _File(str(path))
        try:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if written < span.start - _DISORDER:
                read.reaches(written)
                read.understood = True
            else:
                yield from _entries(path, span, settings.namespaces, deadline, read)
            covered.append(read)
        except Cut as cut:
            covered.append(read)
            yield Gap(f"{path} {cut}; what comes before was read", "copy it again if it should be whole")
        except (OSError, ValueError, OverflowError) as error:
            refused.append(f"{path} ({type(error).__name__})")
    if refused and not covered:
        raise Denied(
            f"no file of the audit log can be read: {', '.join(refused)}", "give yourself the right to read it"
        )
    if refused:
        yield Gap(f"cannot be read: {', '.join(refused)}", "give yourself the right to read them")
    for read in covered:
        yield from read.gap()
    body = json.dumps({"files": [read.coverage() for read in covered]})
    yield Document("files", f"{len(covered)} files", datetime.now(UTC), body)


def _entries(
    path: Path, span: Window, namespaces: Sequence[str] | None, deadline: Deadline, read: _File
) -> Iterator[Document]:
    """The pages of one file; ends at the first line that is surely after the window."""
    page = _Page()
    try:
        for number, line in _pieces(path):
            if number % _CHECKED == 0:
                deadline.check()
            for entry in read.entries(line, span):
                if wanted(entry, namespaces):
                    page.entries.append({**entry, "line": number})
                if len(page.entries) >= PAGE:
                    yield page.document(str(path))
            if read.is_past(line, span):
                break
    except (Cut, OSError):
        if page.entries:
            yield page.document(str(path))
        raise
    if page.entries:
        yield page.document(str(path))


def _pieces(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers; a document that is spread over many is one piece, at its first line."""
    every = lines(path)
    for number, line in every:
        if number == 1 and line.strip() in _OF_A_DOCUMENT:
            yield number, line + whole(line for _, line in every)
            return
        yield number, line


def wanted(entry: dict[str, Any], namespaces: Sequence[str] | None) -> bool:
    """Whether an entry is of one of these namespaces, or of none."""
    return namespaces is None or text(entry, "objectRef", "namespace") in ("", *namespaces)
