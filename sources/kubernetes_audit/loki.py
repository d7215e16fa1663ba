"""Reads an audit log that was shipped to Loki."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from msgspec import Struct, field

from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap, SourceError
from collector.window import Window
from sources.cluster.config_uses import LOCK
from sources.cluster.fields import moment, text
from sources.kubernetes_audit.fetch import LEAD, TAIL, wanted
from sources.kubernetes_audit.locks import ACCOUNT
from sources.kubernetes_audit.reduce import reduced
from sources.kubernetes_audit.settings import KubernetesAuditSettings
from sources.kubernetes_audit.wrappings import LOOKED_FOR, entries_in
from sources.loki.client import Loki

_EARLY, _LATE = timedelta(minutes=1), timedelta(minutes=15)
"""Loki's time of a line may be when it was shipped: how far before and after the line's own time that may be."""
_STEP, _MOST_STEPS = 10, 10_000
"""Seconds over which lines are counted; Loki allows up to 11,000 such steps."""
# Lines that `reduced` would drop anyway are not requested; they are most of a log. The first pattern matches however an
# entry is wrapped and its JSON is spaced. The second is anchored at the beginning of the line: after the requestURI
# comes text from outside, which must not be able to hide a line.
_CHANGES = (
    r'[vV]erb[\\"]*\s*:\s*[\\"]*(?:create|update|patch|delete)'
    r'|methodName[\\"]*\s*:\s*[\\"]*[\w.]+\.(?:create|update|patch|delete)'
    r'|subresource[\\"]*\s*:\s*[\\"]*(?:exec|attach|portforward)'
)
_IN_A_NAMESPACE = r'/[^/"]+/namespaces/[^/"]+'
_IDLE = (
    r'^[^{]*\{"kind":"Event","apiVersion":"[^"]*","level":"[^"]*","auditID":"[^"]*","stage":"'
    r'(?:RequestReceived"|[A-Za-z]+","requestURI":"(?:(?:'
    rf"/apis/coordination\.k8s\.io{_IN_A_NAMESPACE}/leases"
    rf"|/apis/events\.k8s\.io{_IN_A_NAMESPACE}/events"
    rf"|/apis/discovery\.k8s\.io{_IN_A_NAMESPACE}/endpointslices"
    rf"|/api{_IN_A_NAMESPACE}/(?:events|endpoints)"
    r'|/apis/(?:authentication|authorization)\.k8s\.io/[^/"]+/\w+reviews)[/?"]'
    rf'|/api{_IN_A_NAMESPACE}/configmaps/{LOCK}(?:\?[^"]*)?","verb":"update","user":\{{"username":"{ACCOUNT}))'
)


def narrowed(query: str) -> str:
    """The LogQL for only the lines that may matter."""
    return f"{query} |~ `{_CHANGES}` !~ `{_IDLE}`"


class _Kept(Struct):
    """Collects entries from lines."""

    settings: KubernetesAuditSettings
    span: Window
    strange: set[tuple[str, int]] = field(default_factory=set)
    """Time and hash of the lines without an entry; a set, because pages overlap."""
    understood: bool = False
    """Whether an entry was found in any line."""

    def page(self, body: dict[str, Any]) -> dict[str, Any]:
        """The entries of one answer, reduced."""
        lines = [value for stream in body["data"]["result"] for value in stream["values"]]
        entries = [entry for line in lines for entry in self._entry(line)]
        return {"query": self.settings.query, "warnings": body["warnings"], "entries": entries}

    def _entry(self, value: Any) -> Iterator[dict[str, Any]]:
        at, line = (*value, "", "")[:2] if isinstance(value, list) else ("", "")
        items = entries_in(line) if isinstance(line, str) else []
        stamped = [(own, item) for item in items if (own := moment(text(item, "stageTimestamp")))]
        if not stamped:
            self.strange.add((str(at), hash(str(line))))
        for own, item in stamped:
            self.understood = True
            entry = reduced(item) if self.span.overlaps(own.earliest, own.latest) else None
            if entry is not None and wanted(entry, self.settings.namespaces):
                yield entry


def fetch(
    settings: KubernetesAuditSettings,
    scrubber: Scrubber,
    window: Window,
    deadline: Deadline,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Document | Gap]:
    """Yield the entries, reduced, page by page (`entries`), and at the end the number of lines over time (`counts`).

    Raises the SourceErrors of `sources.loki.client`; if lines cannot be counted, that is a Gap.
    """
    span = window.widened(lead=LEAD, tail=TAIL)
    asked = span.widened(lead=_EARLY, tail=_LATE)
    kept = _Kept(settings, span)
    with Loki(settings, scrubber, deadline, sleep) as loki:
        yield from loki.lines("entries", narrowed(settings.query), asked.start, asked.end, kept.page)
        if kept.strange:
            hint = f"looked for {LOOKED_FOR}; does `query` select them alone? Long lines may have been cut"
            yield Gap(f"{len(kept.strange)} lines are no entries of an audit log and were left out", hint)
        if kept.strange and not kept.understood:
            # The number of lines over time would not show when there was an audit log.
            return
        start, end = int(asked.start.timestamp()), int(asked.end.timestamp())
        step = max(_STEP, -(-(end - start) // _MOST_STEPS))
        try:
            yield loki.counts("counts", settings.query, start, end, step)
        except SourceError as error:
            yield Gap(f"whether the log has holes is not known: {error.reason}", error.hint)
