"""Reads a file that a person names, if it can be one that people write."""

from pathlib import Path

from collector.errors import UsageError

LARGEST = 8
"""MiB: a whole year of postmortems has fewer."""


def content(file: Path, culprit: str, what: str = "text file", largest: int = LARGEST) -> bytes:
    """The bytes of `file`, which is to be a `what` of at most `largest` MiB.

    A pipe or a device is refused: it may wait for ever, or never end. Raises UsageError, which begins with `culprit`.
    """
    try:
        if file.exists() and not file.is_file() and not file.is_dir():
            raise UsageError(f"{culprit}: is a pipe or a device; name a {what}")
        with file.open("rb") as opened:
            found = opened.read((largest << 20) + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        raise UsageError(f"{culprit}: cannot be read ({reason})") from None
    if len(found) > largest << 20:
        raise UsageError(f"{culprit}: is larger than {largest} MiB, which no {what} of people is")
    return found
