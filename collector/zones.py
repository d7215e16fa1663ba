"""Time zones: parsing their names, finding the system's own, and the names to print."""

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from collector.errors import UsageError
from collector.lazy_pattern import lazy_pattern

_REMEDY = "a name such as Europe/Berlin, UTC, or an offset such as +02:00"
_UTC_NAMES = frozenset({"utc", "z", "gmt", "etc/utc"})
_OFFSET = lazy_pattern(r"([+-])([01][0-9]|2[0-3]):([0-5][0-9])")
_NAME = lazy_pattern(r"[A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,3}")
_ABBREVIATION = lazy_pattern(r"[A-Za-z]{2,5}")


def parse_zone(name: str, culprit: str = "tz") -> tzinfo:
    """The zone called `Europe/Berlin`, `UTC` or `+02:00`. Raises UsageError, which begins with `culprit`."""
    if name.lower() in _UTC_NAMES:
        return UTC
    offset = _OFFSET.fullmatch(name)
    if offset:
        sign, hours, minutes = offset.groups()
        ahead = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(ahead if sign == "+" else -ahead) if ahead else UTC
    # Refused even if the database knows them: its EST has no summer time, which is not what people mean in summer.
    if _ABBREVIATION.fullmatch(name):
        raise UsageError(f"{culprit} {name!r}: abbreviations are ambiguous; write {_REMEDY}")
    zone = _named(name)
    if zone is None:
        raise UsageError(f"{culprit} {name[:60]!r}: no such time zone; {_guess(name)}")
    return zone


def zone_name(tz: tzinfo) -> str:
    """A name that people know and that `parse_zone` reads back: `Europe/Berlin`, `UTC`, `+02:00`."""
    if tz is UTC:
        return "UTC"
    if isinstance(tz, ZoneInfo) and tz.key:
        return tz.key
    return datetime(2000, 1, 1, tzinfo=tz).isoformat()[19:]


def system_zone(environ: Mapping[str, str] = os.environ, etc: Path = Path("/etc")) -> tzinfo:
    """The zone of this machine's clock, by name if that can be found, so that its DST rules are known."""
    for name in _system_names(environ, etc):
        if name.lower() in _UTC_NAMES:
            return UTC
        zone = _named(name)
        if zone is not None:
            return zone
    offset = datetime.now(UTC).astimezone().utcoffset()
    return timezone(offset) if offset else UTC


def unknown_zone(environ: Mapping[str, str] = os.environ) -> str:
    """The value of TZ if it names no zone of the database, so that its summer time is not known; else empty."""
    written = environ.get("TZ", "")
    name = written.removeprefix(":").rpartition("zoneinfo/")[2]
    if not name or name.startswith("/") or name.lower() in _UTC_NAMES:
        return ""
    return "" if _named(name) is not None else written


def _named(name: str) -> ZoneInfo | None:
    # Some systems keep these files among the zones; they mean another zone on every machine.
    if not _NAME.fullmatch(name) or name in ("localtime", "posixrules"):
        return None
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        # The database is a folder: the name may also be a sub-folder or another file in it.
        return None


def _guess(name: str) -> str:
    from difflib import get_close_matches  # only worth its import once something is wrong

    zones = sorted(zone for zone in available_timezones() if "/" in zone)
    known = {zone.rpartition("/")[2].lower(): zone for zone in zones} | {zone.lower(): zone for zone in zones}
    close = get_close_matches(name[:60].lower(), known, n=1, cutoff=0.75)
    return f"did you mean {known[close[0]]}?" if close else f"write {_REMEDY}"


def _system_names(environ: Mapping[str, str], etc: Path) -> list[str]:
    if "TZ" in environ:
        # An empty TZ means UTC to the C library. A POSIX rule such as CET-1CEST has no name.
        return [environ["TZ"].removeprefix(":").rpartition("zoneinfo/")[2] or "UTC"]
    names = []
    with suppress(OSError):  # not a link in some containers
        names.append(os.readlink(etc / "localtime").partition("zoneinfo/")[2])
    with suppress(OSError, ValueError):  # only Debian and its relatives have it
        names.append((etc / "timezone").read_text(encoding="ascii").strip())
    return names
