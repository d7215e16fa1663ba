"""Reads a file that a person names, if it can be one that people write."""

from pathlib import Path

from collector.errors import UsageError

LARGEST = 8 * 2**20
"""Bytes: a whole year of postmortems has fewer."""


def content(file: Path, culprit: str) -> bytes:
    """The bytes of `file`. Raises UsageError, which begins with `culprit`.

    A pipe or a device is refused: it may wait for ever, or never end.
    """
    try:
        if file.exists() and not file.is_file() and not file.is_dir():
            raise UsageError(f"{culprit}: is a pipe or a device; name a text file")
        with file.open("rb") as opened:
            found = opened.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        raise UsageError(f"{culprit}: cannot be read ({reason})") from None
    if len(found) > LARGEST:
        raise UsageError(f"{culprit}: is larger than {LARGEST >> 20} MiB, which no text of people is")
    return found
