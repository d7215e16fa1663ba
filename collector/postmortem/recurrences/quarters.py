"""Median times to detect, identify, mitigate and resolve, by quarter."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from collector.postmortem.recurrences.report import MEASURES, Postmortem


class Quarter(Struct, frozen=True):
    """The postmortems of a quarter."""

    name: str
    """Such as `2026-Q2`."""
    postmortems: int
    medians: dict[str, timedelta]
    """Median time from the start to each of MEASURES; missing if no postmortem has it."""
    counts: dict[str, int]
    """The number of postmortems behind each median."""


def quarters(postmortems: Sequence[Postmortem]) -> list[Quarter]:
    """The quarters in order; postmortems without a date are left out."""
    import pandas

    dated = [each for each in postmortems if each.date]
    if not dated:
        return []
    frame = pandas.DataFrame(
        {
            "quarter": [f"{each.date.year}-Q{(each.date.month + 2) // 3}" for each in dated if each.date],
            **{
                name: pandas.Series([_seconds(each.took.get(name)) for each in dated], dtype="float64")
                for name in MEASURES
            },
        }
    )
    found: list[Quarter] = []
    for name, group in frame.groupby("quarter", sort=True):
        known = {each: group[each].dropna() for each in MEASURES}
        medians = {each: timedelta(seconds=float(spans.median())) for each, spans in known.items() if len(spans)}
        found.append(Quarter(str(name), len(group), medians, {each: len(spans) for each, spans in known.items()}))
    return found


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()
