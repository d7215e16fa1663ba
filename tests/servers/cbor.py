"""As much of CBOR (RFC 8949) as AWS speaks: what Smithy's RPC sends and is answered."""

import struct
from datetime import UTC, datetime
from typing import Any


def encode(value: Any) -> bytes:
    """Maps, lists, texts, numbers, truth values, nothing, and times as seconds since 1970."""
    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, datetime):
        return b"\xc1" + encode(value.timestamp())
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(encode, value))
    return _head(5, len(value)) + b"".join(encode(key) + encode(item) for key, item in value.items())


def decode(data: bytes) -> Any:
    """What was encoded."""
    return _decoded(data, 0)[0]


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    return bytes([major << 5 | 27]) + struct.pack(">Q", number)


def _decoded(data: bytes, at: int) -> tuple[Any, int]:
    major, extra = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        if extra in (25, 26, 27):
            size = {25: 2, 26: 4, 27: 8}[extra]
            return struct.unpack({2: ">e", 4: ">f", 8: ">d"}[size], data[at : at + size])[0], at + size
        return {20: False, 21: True}.get(extra), at
    number = extra
    if 24 <= extra < 28:
        size = 1 << (extra - 24)
        number, at = int.from_bytes(data[at : at + size], "big"), at + size
    endless = extra == 31
    if major in (0, 1):
        return (number if major == 0 else -1 - number), at
    if major in (2, 3):
        text = data[at : at + number]
        return (text.decode() if major == 3 else text), at + number
    if major == 6:
        value, at = _decoded(data, at)
        return (datetime.fromtimestamp(value, UTC) if number == 1 else value), at
    items: list[Any] = []
    while (data[at] != 0xFF) if endless else (len(items) < number * (2 if major == 5 else 1)):
        item, at = _decoded(data, at)
        items.append(item)
    at += endless
    return (dict(zip(items[::2], items[1::2], strict=True)) if major == 5 else items), at
