"""Times on the day of the tests, written `14:02:05`, or in full for another day."""

from datetime import UTC, datetime

AT = datetime(2026, 4, 1, 14, 40, tzinfo=UTC)


def stamp(clock: str) -> str:
    return clock if "T" in clock else f"2026-04-01T{clock}Z"


def utc(clock: str) -> datetime:
    return datetime.fromisoformat(stamp(clock)).astimezone(UTC)
