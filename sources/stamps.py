"""RFC 3339 timestamps, with their written precision."""

import re
from datetime import UTC, datetime, timedelta

from sources.fact import Moment

_STAMP = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.(\d{1,9}))?(?:[Zz]|[+-]\d\d:?\d\d)", re.ASCII)
_MICROSECOND = timedelta(microseconds=1)


def moment(value: object) -> Moment:
    """The instant to its last written digit: 14:00:05 means from 14:00:05.000000 to 14:00:05.999999.

    Raises TypeError or ValueError unless the value is a timestamp with a zone, of the years 2000 to 2199.
    """
    if not isinstance(value, str):
        raise TypeError("a stamp is a string")
    match = _STAMP.fullmatch(value)
    if match is None:
        raise ValueError("no stamp with a zone")
    earliest = datetime.fromisoformat(value.upper()).astimezone(UTC)
    if not 2000 <= earliest.year < 2200:
        raise ValueError("no stamp to expect")
    digits = min(len(match[1] or ""), 6)
    return Moment(earliest, earliest + timedelta(microseconds=10 ** (6 - digits)) - _MICROSECOND)


def moment_or_none(value: object) -> Moment | None:
    """The instant, or None if the value is not a valid timestamp."""
    try:
        return moment(value)
    except (TypeError, ValueError, OverflowError):
        return None
