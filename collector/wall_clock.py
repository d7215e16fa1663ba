"""Wall-clock times in zones that put their clocks forward and back."""

from datetime import UTC, datetime, timedelta, tzinfo


def occurrences(wall: datetime, tz: tzinfo) -> tuple[datetime, ...]:
    """The instants (UTC, in order) at which clocks in `tz` show the naive time `wall`: none, one or two."""
    found = {wall.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(moment for moment in sorted(found) if moment.astimezone(tz).replace(tzinfo=None) == wall)


def gap(wall: datetime, tz: tzinfo) -> tuple[datetime, datetime]:
    """Clock times in `tz` just before and after the jump that skipped the naive time `wall`, to the second."""
    # Outside of a jump, fold makes no difference; inside, fold 0 uses the offset before it and fold 1 the one after.
    before, after = (wall.replace(tzinfo=tz, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    low, high = wall - after, wall - before
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.replace(tzinfo=UTC).astimezone(tz).utcoffset() == before:
            low = middle
        else:
            high = middle
    jump = high.replace(microsecond=0)
    return jump + before, jump + after
