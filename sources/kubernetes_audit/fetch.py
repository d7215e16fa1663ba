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
from sources.kubernetes_audit.files import Cut, files, lines
from sources.kubernetes_audit.reduce import reduced
from sources.kubernetes_audit.settings import KubernetesAuditSettings

PAGE = 5_000
"""Entries in one document."""
LEAD, TAIL = timedelta(hours=1), timedelta(minutes=15)
"""A rollback is known by the rollout before it; a rollout by its end."""
_DISORDER = timedelta(minutes=5)
"""Lines are written when requests end, in batches: how far a later line may be from an earlier time."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_CHECKED = 1000
"""How many lines are read between looks at the clock."""
# Most of a log, told without decoding it: who only reads, and stages before the answer. A session may be a `get`.
_IDLE = re.compile(rb'"stage":"RequestReceived"|"verb":"(?:list|watch)"|"verb":"get"(?!.*"subresource":"[eap])')
_STAMP = re.compile(rb'\s*:\s*"([^"]{20,35})"')


@dataclass(slots=True)
class _Seen:
    """What one file turned out to hold."""

    file: str
    first: datetime | None = None
    last: datetime | None = None
    unreadable: int = 0
    """Lines, but for the last one: that may be being written just now."""
    _bad: bool = False
    _at: Moment | None = None

    def add(self, line: bytes) -> datetime:
        """Take note of one more line; its time, or that of the line before if it has none."""
        self.unreadable += self._bad
        # The last such key is the entry's own: objects from outside stand before it.
        found = _STAMP.match(line, line.rfind(b'"stageTimestamp"') + 16)
        self._at = moment(found[1].decode("ascii", "replace")) if found else None
        self._bad = self._at is None and bool(line.strip())
        if self._at:
            self.reaches(self._at.earliest)
        return self._at.earliest if self._at else self.last or _LONG_AGO

    def entry(self, line: bytes, span: Window) -> dict[str, Any] | None:
        """What is kept of the line added last, if it can concern that span of time."""
        idle = _IDLE.search(line, 0, max(0, line.find(b'"requestObject"')) or len(line))
        if self._at is None or idle or not span.overlaps(self._at.earliest, self._at.latest):
            return None
        try:
            return reduced(json.loads(line))
        except (ValueError, RecursionError):
            self._bad = True
            return None

    def reaches(self, at: datetime) -> None:
        """It has something from that time."""
        self.first = min(self.first or at, at)
        self.last = max(self.last or at, at)


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
    covered: list[_Seen] = []
    refused: list[str] = []
    for path in found:
        seen = _Seen(str(path))
        try:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if written < span.start - _DISORDER:
                seen.reaches(written)
            else:
                yield from _entries(path, span, settings.namespaces, deadline, seen)
            covered.append(seen)
        except Cut as cut:
            covered.append(seen)
            yield Gap(f"{path} {cut}; what comes before was read", "copy it again if it should be whole")
        except (OSError, ValueError, OverflowError) as error:
            refused.append(f"{path} ({type(error).__name__})")
    if refused and not covered:
        raise Denied(
            f"no file of the audit log can be read: {', '.join(refused)}", "give yourself the right to read it"
        )
    if refused:
        yield Gap(f"cannot be read: {', '.join(refused)}", "give yourself the right to read them")
    yield from _told(covered)


def _told(covered: Sequence[_Seen]) -> Iterator[Document | Gap]:
    for seen in covered:
        if seen.unreadable:
            yield Gap(f"{seen.file}: {seen.unreadable} lines are no entries of an audit log and were left out")
    body = [
        {"file": seen.file, "first": seen.first and seen.first.isoformat(), "last": seen.last and seen.last.isoformat()}
        for seen in covered
    ]
    yield Document("files", f"{len(covered)} files", datetime.now(UTC), json.dumps({"files": body}))


def _entries(
    path: Path, span: Window, namespaces: Sequence[str] | None, deadline: Deadline, seen: _Seen
) -> Iterator[Document]:
    """The pages of one file; ends at the first line that is surely after the window."""
    page = _Page()
    try:
        for number, line in lines(path):
            if number % _CHECKED == 0:
                deadline.check()
            if seen.add(line) > span.end + _DISORDER:
                break
            entry = seen.entry(line, span)
            if entry is not None and wanted(entry, namespaces):
                page.entries.append({**entry, "line": number})
            if len(page.entries) >= PAGE:
                yield page.document(str(path))
    except (Cut, OSError):
        if page.entries:
            yield page.document(str(path))
        raise
    if page.entries:
        yield page.document(str(path))


def wanted(entry: dict[str, Any], namespaces: Sequence[str] | None) -> bool:
    """Whether an entry is of one of these namespaces, or of none."""
    return namespaces is None or text(entry, "objectRef", "namespace") in ("", *namespaces)
