"""Ids that look random and are the same every time, and times as Kubernetes writes them."""

import hashlib
import uuid
from datetime import datetime
from typing import Any

Object = dict[str, Any]
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


def uid(*of: object) -> str:
    """A uid for what these values name together."""
    return str(uuid.UUID(bytes=_digest(of)[:16], version=4))


def word(length: int, *of: object) -> str:
    """Letters and digits as Kubernetes puts them behind generated names."""
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in _digest(of)[:length])


def sha256(*of: object) -> str:
    """An image digest."""
    return f"sha256:{_digest(of).hex()}"


def commit(*of: object) -> str:
    """A git sha."""
    return _digest(of).hex()[:40]


def number(below: int, *of: object) -> int:
    """A number from 0 on."""
    return int.from_bytes(_digest(of)[:6], "big") % below


def stamp(at: datetime) -> str:
    """A `metav1.Time`: cut to the second, as the API server stores it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def micro(at: datetime) -> str:
    """A `metav1.MicroTime`."""
    return f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"


def _digest(of: tuple[object, ...]) -> bytes:
    return hashlib.sha256("\0".join(map(str, of)).encode()).digest()
