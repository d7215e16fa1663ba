"""How people write a time of day: `14:06`, `2:06 PM`, `2pm`, `14h06`, `14.06 Uhr`, `1406 UTC`."""

import re
from datetime import time

_HALF = r"(?:\s?(?P<half{0}>[AaPp])(?:[Mm]\b|\.[Mm]\.))"
_ZONES = r"(?:Z|UTC|GMT|[A-Z]{0,3}[A-Z]T|MES?Z|h)\b"
CLOCK = (
    r"(?:(?P<hour>[0-9]{1,2}):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9])(?:[.,][0-9]{1,9})?)?"
    rf"{_HALF.format('')}?(?:\s?(?:Uhr|h)\b)?"
    r"|(?P<hour1>[0-9]{1,2})[hH](?P<minute1>[0-5][0-9])(?![A-Za-z])"
    r"|(?P<hour2>[0-9]{1,2})\.(?P<minute2>[0-5][0-9])"
    rf"(?:\s?Uhr\b|{_HALF.format('2')})"
    rf"|(?P<hour3>[01][0-9]|2[0-3])(?P<minute3>[0-5][0-9])(?:(?=\s?{_ZONES})(?:\s?h\b)?)"
    rf"|(?P<hour4>1[0-2]|[1-9]){_HALF.format('4')})"
)
"""Pattern of a time of day; `clock_of` reads its named groups."""
_NAMED = re.compile(r"\?P<\w+>")
CLOCK_UNNAMED = _NAMED.sub("?:", CLOCK)
"""CLOCK without named groups, for patterns that contain it more than once."""
_FORMS = ("", "1", "2", "3", "4")


def clock_of(match: re.Match[str]) -> time | None:
    """The time of day in a match of CLOCK; None if no such time exists."""
    groups = match.groupdict()
    form = next(form for form in _FORMS if groups[f"hour{form}"] is not None)
    hour, half = int(groups[f"hour{form}"]), (groups.get(f"half{form}") or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    minute = int(groups.get(f"minute{form}") or 0)
    return time(hour, minute, int(groups["second"] or 0)) if hour < 24 else None


def of_the_hour(match: re.Match[str]) -> bool:
    """Whether the time has no minutes: `2pm`."""
    return match["hour4"] is not None
