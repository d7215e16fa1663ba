"""The span of time that a timeline is asked for."""

from datetime import UTC, datetime, timedelta, tzinfo

from msgspec import Struct


class Window(Struct, frozen=True):
    """From `start` to `end`, both aware, in UTC and inclusive; `tz` is the zone to print times in."""

    start: datetime
    end: datetime
    tz: tzinfo = UTC

    def __post_init__(self) -> None:
        """Refuse a window that is empty, reversed or not in UTC."""
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC:
            raise ValueError("a Window is in UTC")
        if self.start >= self.end:
            raise ValueError("a Window starts before it ends")

    def widened(self, *, lead: timedelta, tail: timedelta) -> "Window":
        """The window with an earlier start and a later end: causes begin before their effects."""
        return Window(self.start - lead, self.end + tail, self.tz)

    def overlaps(self, earliest: datetime, latest: datetime) -> bool:
        """Whether something that happened between `earliest` and `latest` may have happened in the window."""
        return earliest <= self.end and latest >= self.start

    def local(self, moment: datetime) -> datetime:
        """`moment` in the zone to print."""
        return moment.astimezone(self.tz)

    def clock(self, moment: datetime) -> str:
        """The minute to print, with the date if it is not that of the start: `13:41`, `2026-03-31 23:50`."""
        local = self.local(moment)
        return f"{local:%H:%M}" if local.date() == self.local(self.start).date() else f"{local:%Y-%m-%d %H:%M}"
