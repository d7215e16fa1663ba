"""Reads the body of an answer, unpacked, and no more of it than agreed.

A server, or whoever has put something between, may send a small body that unpacks to gigabytes, one that never ends,
or one of which a byte comes now and then. Each would take the whole run with it.
"""

import threading
from typing import Protocol

import urllib3

from collector.source import BadAnswer, Deadline, Unreachable

LARGEST = 128 * 2**20
"""Bytes of one answer, unpacked: half of what a bundle may have in one document, so that it fits there."""
LARGEST_REFUSAL = 2**20
"""Bytes of an answer that is an error: only a line of it is quoted."""
MOST = 4 * 2**30
"""Bytes of all answers to one source, unpacked: what a bundle may have in all."""
_PIECE = 2**16


class Body(Protocol):
    """A response of urllib3 whose body is still to come."""

    status: int

    def read1(self, amt: int | None = None, decode_content: bool | None = None) -> bytes:
        """What is there of the body, at most so many bytes; nothing at its end."""

    def close(self) -> None:
        """Give the connection up."""


class Allowance:
    """How many bytes the answers to one source may still have. Its requests may share it between threads."""

    def __init__(self, deadline: Deadline, *, largest: int = LARGEST, most: int = MOST) -> None:
        """Nothing is read yet. Reading ends with `deadline`, however fast the pieces come."""
        self._deadline = deadline
        self._largest = largest
        self._most = most
        self._read = 0
        self._lock = threading.Lock()

    def body(self, response: Body, what: str) -> bytes:
        """The whole body, unpacked; of a refusal its beginning. `what` names the request in errors.

        Raises BadAnswer if it is too large or cannot be unpacked, Unreachable if the deadline is over before its end,
        and the errors of urllib3 if the connection breaks.
        """
        refused = response.status >= 400
        whole = bytearray()
        complete = False
        try:
            # One read of the network at a time: more would wait until a whole piece is there.
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
                # The connection holds the rest, which nobody reads any more.
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
