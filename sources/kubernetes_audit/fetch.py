"""Reads the files of an audit log line by line, in the part that may concern the window."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from collector.source import Deadline, Denied, Document, Gap
from collector.window import Window
from sources.cluster.fields import text
from sources.kubernetes_audit.files import Cut, files, lines, whole
from sources.kubernetes_audit.log_file import DISORDER, LogFile
from sources.kubernetes_audit.settings import KubernetesAuditSettings

PAGE = 5_000
"""Maximum number of entries in one document."""
LEAD, TAIL = timedelta(hours=1), timedelta(minutes=15)
"""A rollback is recognised by the rollout before it, and a rollout is complete only with its end."""
_CHECKED = 1000
"""How many lines are read between checks of the deadline."""
_OF_A_DOCUMENT = (b"[", b"{", b"[{")
"""The first line of pretty-printed JSON, which is one document over many lines."""


class _Page(Struct):
    """Entries of one file that are collected for a Document."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def document(self, file: str) -> Document:
        """The entries as a Document; the page is empty afterwards."""
        numbers = f"{self.entries[0]['line']}-{self.entries[-1]['line']}"
        body = json.dumps({"file": file, "entries": self.entries}, separators=(",", ":"))
        self.entries = []
        return Document("entries", f"{file}, lines {numbers}", datetime.now(UTC), body)


def fetch(settings: KubernetesAuditSettings, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
    """Yield the entries, reduced, page by page, and at the end the time that each file covers (`files`).

    Files last written before the window, or beginning after it, are not read. Raises BadAnswer if there is no file, and
    Denied if none could be read; if only some cannot be read, that is a Gap.
    """
    span = window.widened(lead=LEAD, tail=TAIL)
    found = files(settings.path)
    covered: list[LogFile] = []
    refused: list[str] = []
    for path in found:
        read = LogFile(str(path))
        try:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if written < span.start - DISORDER:
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
    path: Path, span: Window, namespaces: Sequence[str] | None, deadline: Deadline, read: LogFile
) -> Iterator[Document]:
    """The pages of one file; ends at the first line that is certainly after the window."""
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
    """The lines with their numbers; a document over many lines is one piece, numbered as its first line."""
    every = lines(path)
    for number, line in every:
        if number == 1 and line.strip() in _OF_A_DOCUMENT:
            yield number, line + whole(line for _, line in every)
            return
        yield number, line


def wanted(entry: dict[str, Any], namespaces: Sequence[str] | None) -> bool:
    """Whether an entry is about one of these namespaces, or about none."""
    return namespaces is None or text(entry, "objectRef", "namespace") in ("", *namespaces)
