"""Reads a file that the user names, unless it is too large or not a regular file."""

from pathlib import Path

from collector.errors import UsageError

LARGEST = 8
"""In MiB; a whole year of postmortems is smaller."""


def content(file: Path, culprit: str, what: str = "text file", largest: int = LARGEST) -> bytes:
    """The bytes of `file`, at most `largest` MiB; `what` is the type of file that messages name.

    Raises UsageError, which begins with `culprit`, if it is larger, unreadable, or a pipe or device: reading that may
    block or never end.
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
