"""Text that the formats for people share: times, the lines of the coverage, and the phases."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from cli.render.clean import one_line
from collector.coverage import Coverage, part
from collector.result import Phase, Skew, Timeline
from collector.window import Window
from collector.wording.numbers import duration_text
from collector.wording.numbers import seconds as short

_NOTHING = "The sources saw nothing in this window that belongs in the table."
_UNSEEN = "What could be seen in this window has nothing for the table, but not everything could be seen."


def clock(window: Window, *, seconds: bool = False) -> Callable[[datetime], str]:
    """A function that prints an instant: to the minute, with the date or the UTC offset if it would be ambiguous.

    With `seconds` it prints seconds too.
    """
    start, end = window.local(window.start), window.local(window.end)
    shape = "%H:%M:%S" if seconds else "%H:%M"
    put_back = start.utcoffset() != end.utcoffset()

    def show(moment: datetime) -> str:
        local = window.local(moment)
        day = "" if start.date() == end.date() == local.date() else "%Y-%m-%d "
        return f"{local:{day}{shape}}{local.isoformat()[-6:] if put_back else ''}"

    return show


def nothing(timeline: Timeline) -> str:
    """The sentence in place of a table without rows. It never claims that nothing happened if there are gaps."""
    return _UNSEEN if any(source.gaps or source.failed for source in timeline.coverage) else _NOTHING


def coverage(timeline: Timeline) -> Iterator[tuple[int, str]]:
    """The lines about what was seen and what was not, each with its indentation level. Not yet escaped."""
    for source in timeline.coverage:
        yield 0, one_line("; ".join([_asked(source), *_seen(source, timeline.window)]))
        for gap in source.gaps:
            reason = one_line(gap.reason) or "no reason given"
            yield 1, f"{reason} ({one_line(gap.hint)})" if gap.hint else reason
    for skew in timeline.skews:
        yield 0, _skew(skew)
    for left_out in timeline.left_out:
        yield 0, one_line(f"Left out: {left_out}")
    yield 0, accounting(timeline)


def accounting(timeline: Timeline) -> str:
    """Event counts by outcome: `1,551 events: 54 in 8 rows, 20 named or counted here, 1,477 dropped by 4 rules`."""
    counts = timeline.accounting
    rules = sum(1 for number in counts.rules.values() if number)
    return (
        f"{_many(timeline.events, 'event')}: {counts.rows:,} in {_many(len(timeline.rows), 'row')},"
        f" {counts.folded:,} named, counted or folded, {counts.dropped:,} dropped"
        f" (by {_many(rules, 'rule')}; pm-timeline explain shows which)"
    )


def phases(timeline: Timeline) -> str:
    """`Started 14:03, detected 14:06 (after 3 min), identified: unknown (no note names a cause), ...`; may be empty.

    With several incidents, each has its own phases: `mail: started 14:03, ...; search: started 15:10, ...`.
    """
    several = [timeline.phases, *timeline.other_phases]
    if len(several) == 1:
        return _phases(timeline.phases, timeline.window)
    several.sort(key=lambda phases: min(phase.at or timeline.window.end for phase in phases))
    texts = [_phases(phases, timeline.window) for phases in several]
    return "; ".join(
        one_line(f"{phases[0].about}: {text[:1].lower()}{text[1:]}")
        for phases, text in zip(several, texts, strict=True)
    )


def _phases(phases: Sequence[Phase], window: Window) -> str:
    show = clock(window)
    parts = []
    for phase in phases:
        if phase.at is None:
            parts.append(f"{phase.name} unknown ({phase.found_by})")
        else:
            after = f" (after {duration_text(phase.after)})" if phase.after is not None else ""
            parts.append(f"{phase.name} {show(phase.at)}{after}")
    line = ", ".join(parts)
    return one_line(line[:1].upper() + line[1:])


def _skew(skew: Skew) -> str:
    direction = "behind" if skew.seconds > 0 else "ahead of"
    option = f"--clock-offset {skew.source}={skew.seconds:+g}s"
    return one_line(
        f"{skew.source}: its clock is {abs(skew.seconds):g} s {direction} that of {skew.reference},"
        f" by {skew.facts} things that both saw ({option} shifts its times; nothing was shifted)"
    )


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _seen(source: Coverage, window: Window) -> Iterator[str]:
    """The parts of the window that the source could see, and how exactly."""
    for seen in source.seen:
        if window.overlaps(seen.start, seen.end):
            yield f"saw {seen.what} {part((seen.start, seen.end), window)}, to {short(seen.exact.total_seconds())}"


def _asked(source: Coverage) -> str:
    name = f"{source.source} ({source.type})"
    asked = f"asked {', '.join(source.asked)}" if source.asked else "nothing asked"
    if source.failed:
        return f"{name}: FAILED, nothing was seen; {asked}"
    return f"{name}: {asked}; {source.events:,} event{'' if source.events == 1 else 's'}"
