"""Reads the body of an answer, unpacked, up to an agreed size.

A server, or anything between it and us, may send a small body that unpacks to gigabytes, a body that never ends, or
one byte now and then. Without a limit, each of these would stop the whole run.
"""

import threading
from typing import Protocol

import urllib3

from collector.source import BadAnswer, Deadline, Unreachable

LARGEST = 128 * 2**20
"""Maximum bytes of one answer, unpacked: half of the limit for one document of a bundle, so it fits there."""
LARGEST_REFUSAL = 2**20
"""Maximum bytes of an error answer, of which only one line is quoted."""
MOST = 4 * 2**30
"""Maximum bytes of all answers to one source, unpacked: the limit for all documents of a bundle together."""
_PIECE = 2**16


class Body(Protocol):
    """A urllib3 response with a body that is not read yet."""

    status: int

    def read1(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:
        """The next part of the body, at most `amt` bytes; empty at its end."""

    def close(self) -> None:
        """Close the connection."""


class Allowance:
    """How many more bytes the answers to one source may have. Threads may share it."""

    def __init__(self, deadline: Deadline, *, largest: int = LARGEST, most: int = MOST) -> None:
        """Nothing is read yet. Reading ends with `deadline`, even if data still arrives."""
        self._deadline = deadline
        self._largest = largest
        self._most = most
        self._read = 0
        self._lock = threading.Lock()

    def body(self, response: Body, what: str) -> bytes:
        """The whole body, unpacked; of an error answer only the beginning. `what` names the request in errors.

        Raises BadAnswer if it is too large or cannot be unpacked, Unreachable if the deadline is over before its end,
        and the errors of urllib3 if the connection breaks.
        """
        refused = response.status >= 400
        whole = bytearray()
        complete = False
        try:
            # One network read at a time: `read` would wait until a whole piece has arrived.
            while piece := response.read1(_PIECE, decode_content=True):
                whole += piece
                self._count(len(piece), what)
                if refused and len(whole) > LARGEST_REFUSAL:
                    return bytes(whole[:LARGEST_REFUSAL])
                if len(whole) > self._largest:
                    reason = f"{what}: the answer is larger than {_size(self._largest)}, so that it is not read"
                    raise BadAnswer(reason, "is the URL right? if so, ask for a narrower window")
                if self._deadline.remaining() <= 0:
                    late = f"{what}: the answer was still coming when the {self._deadline.seconds:g} s were over"
                    raise Unreachable(late, "raise `deadline` of this source")
            complete = True
        except urllib3.exceptions.DecodeError:
            raise BadAnswer(f"{what}: the answer cannot be unpacked; it was damaged on its way") from None
        finally:
            if not complete:
                # The rest of the body is still on the connection, and nobody will read it.
                response.close()
        return bytes(whole)

    def _count(self, more: int, what: str) -> None:
        with self._lock:
            self._read += more
            over = self._read > self._most
        if over:
            reason = f"{what}: all answers together are larger than {_size(self._most)}, so that no more is read"
            raise BadAnswer(reason, "ask for a narrower window")


def _size(count: int) -> str:
    return f"{count >> 20} MiB" if count < 2**30 else f"{count >> 30} GiB"
