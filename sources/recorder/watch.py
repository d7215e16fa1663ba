"""Lists and watches one resource: yields Steps for the store, each with the time up to which everything is known."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from collector.source import BadAnswer, Unreachable
from sources.cluster.fields import count, get, objects, text
from sources.cluster.lists import Listed
from sources.http import Answer, decoded
from sources.kube_api.api import ABSENT, FORBIDDEN, GONE, Api
from sources.recorder.shape import kept_and_digest
from sources.recorder.steps import Change, Step, Stream

LASTS = 60
"""Seconds after which a watch is restarted.

Events are not in the API server's watch cache, so there are no bookmarks for them (kubernetes/kubernetes#120348): the
end of the watch shows that nothing had happened.
"""

_LONGEST = 16 * 2**20
"""Bytes of one change: an object has at most some MiB."""
_CATCHING_UP = 5.0
"""Seconds within which a watch has sent everything since its position."""


class Expired(Exception):
    """The server no longer knows the changes since the position: list again."""


class Absent(Exception):
    """The cluster does not have the resource."""


class Forbidden(Exception):
    """The server forbids the request."""

    def __init__(self, verb: str) -> None:
        """`verb` is `list` or `watch`."""
        super().__init__(verb)
        self.verb = verb


class Followed(Struct, frozen=True):
    """One resource, in all namespaces or in one."""

    stream: Stream
    what: Listed

    @property
    def path(self) -> str:
        """Its path on the API server."""
        return self.what.path(self.stream.namespace)


def listed(api: Api, followed: Followed) -> Iterator[Step]:
    """All existing objects, page by page; the last page has a position to watch from.

    Raises Forbidden, Absent, Expired (begin again) or SourceError.
    """
    stream, token = followed.stream, ""
    # The pages show the state when the first one was made, which is not before the request.
    begun = datetime.now(UTC)
    uids: set[str] = set()
    while True:
        query = {"limit": followed.what.page} | ({"continue": token} if token else {})
        accept = {FORBIDDEN} | ({GONE} if token else set()) | ({ABSENT} if followed.what.custom else set())
        answer = api.page(followed.path, query, stream.resource, accept)
        if answer.status in (FORBIDDEN, ABSENT, GONE):
            raise _refusal(answer, "list", api, followed)
        now = datetime.now(UTC)
        page = _object(decoded(answer, f"{stream.resource} of kubernetes at {api.host}"), api)
        changes = tuple(_change("LISTED", item, now) for item in objects(page, "items"))
        uids |= {change.uid for change in changes}
        token, version = text(page, "metadata", "continue"), text(page, "metadata", "resourceVersion")
        if token:
            yield Step(stream=stream, changes=changes)
            continue
        if not version:
            raise BadAnswer(f"{stream.resource} of kubernetes at {api.host}: a list without a resourceVersion")
        ended = frozenset(uids)
        yield Step(stream=stream, changes=changes, position=version, until=begun, listed_at=begun, listed=ended)
        return


def watched(api: Api, followed: Followed, position: str, *, fresh: bool) -> Iterator[Step]:
    """The changes after `position`, until the server ends the watch. Raises as `listed`.

    `fresh` is whether the position is current, so there are no older changes that the watch sends first.
    """
    stream = followed.stream
    pieces = api.watch(followed.path, position, LASTS, stream.resource)
    if isinstance(pieces, Answer):
        raise _refusal(pieces, "watch", api, followed)
    rest, opened = b"", time.monotonic()
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > _LONGEST:
            reason = f"the watch of {stream.resource} sent a line of more than {_LONGEST >> 20} MiB"
            raise BadAnswer(f"kubernetes at {api.host}: {reason}")
        now = datetime.now(UTC)
        changes: list[Change] = []
        marked = False
        for line in lines:
            sent = _object(line, api) if line.strip() else {}
            kind, of = text(sent, "type"), get(sent, "object")
            failed = _failure(kind, of, api) if sent else None
            if failed:
                yield Step(stream=stream, changes=tuple(changes), position=position)
                raise failed
            if sent:
                # A bookmark has only a position.
                changes += [_change(kind, of, now)] if kind != "BOOKMARK" else []
                marked = marked or kind == "BOOKMARK"
                position = text(of, "metadata", "resourceVersion")
        # The watch may first send older changes, and it is not known how many.
        caught_up = fresh or marked or time.monotonic() - opened > _CATCHING_UP
        yield Step(stream=stream, changes=tuple(changes), position=position, until=now if caught_up else None)
    if rest.strip():
        raise Unreachable(f"kubernetes at {api.host}: the watch of {stream.resource} broke off")
    yield Step(stream=stream, position=position, until=datetime.now(UTC))


def _refusal(answer: Answer, verb: str, api: Api, followed: Followed) -> Exception:
    if answer.status == GONE:
        return Expired()
    # 403 is also the answer for a resource that the cluster does not have.
    if answer.status == ABSENT or (followed.what.custom and not api.has(followed.what.group, followed.what.name)):
        return Absent()
    return Forbidden(verb)


def _object(line: str | bytes, api: Api) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadAnswer(f"kubernetes at {api.host}: the answer is not what its API documents")
    return found


def _failure(kind: str, of: Any, api: Api) -> Exception | None:
    """The error in a message that is neither a change nor a bookmark; None if there is none."""
    if kind == "ERROR":
        message = text(of, "message")
        # A position from the future: the cluster was restored from a backup.
        if count(of, "code") == GONE or text(of, "reason") in ("Expired", "Gone") or "Too large resource" in message:
            return Expired()
        return Unreachable(f"kubernetes at {api.host}: the watch failed ({message[:200] or 'no reason given'})")
    if kind not in ("ADDED", "MODIFIED", "DELETED", "BOOKMARK") or not text(of, "metadata", "resourceVersion"):
        return BadAnswer(f"kubernetes at {api.host}: the watch sent something that is no change")
    return None


def _change(kind: str, item: dict[str, Any], at: datetime) -> Change:
    namespace, name = text(item, "metadata", "namespace"), text(item, "metadata", "name")
    try:
        body, digest = kept_and_digest(item)
    except RecursionError:
        # Nesting this deep only serves an attack.
        body, digest = kept_and_digest(
            {"metadata": {"name": name, "namespace": namespace, "uid": text(item, "metadata", "uid")}}
        )
    uid = text(item, "metadata", "uid") or f"{namespace}/{name}"
    return Change(kind, namespace, name, uid, text(item, "metadata", "resourceVersion"), at, body, digest)
