"""Unpacks Helm's records: JSON, compressed, in base64 (helm.sh/helm, pkg/storage/driver/util.go)."""

import base64
import zlib
from typing import Any

from collector.json_text import decode

LARGEST = 32 * 2**20
"""Bytes of an unpacked record. A Secret has at most 1 MB; a larger record was made to fill the memory."""
_GZIP = b"\x1f\x8b\x08"
_WINDOW = zlib.MAX_WBITS | 16
"""zlib's window size for the gzip format."""


def unpack(packed: object, *, in_secret: bool) -> dict[str, Any]:
    """The release in the field `release` of a Secret, where data is encoded once more, or of a ConfigMap.

    Raises ValueError if it is no release, or larger than LARGEST.
    """
    if not isinstance(packed, str):
        raise ValueError("a record that is no text")
    encoded = base64.b64decode(packed, validate=True) if in_secret else packed.encode()
    content = base64.b64decode(encoded, validate=True)
    # Old releases were not compressed, and Helm still reads them.
    if content.startswith(_GZIP):
        unpacker = zlib.decompressobj(_WINDOW)
        try:
            content = unpacker.decompress(content, LARGEST + 1)
        except zlib.error:
            raise ValueError("a record that is cut or damaged") from None
        if len(content) > LARGEST:
            raise ValueError("a record that is too large")
        if not unpacker.eof:
            raise ValueError("a record that is cut")
    release = decode(content.decode("utf-8", "replace"))
    if not isinstance(release, dict):
        raise ValueError("a record that is no release")
    return release
