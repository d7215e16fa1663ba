"""Summarizes all postmortems of a folder."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from collector.postmortem.recurrences.again import Recurrence, TrackedAction, followed, recurrences
from collector.postmortem.recurrences.quarters import Quarter, quarters
from collector.postmortem.recurrences.report import Postmortem, Unread


class Summary(Struct, frozen=True):
    """The failures that came back, the times by quarter, and the actions with their status on the day `today`."""

    today: date
    postmortems: tuple[Postmortem, ...]
    recurrences: tuple[Recurrence, ...]
    quarters: tuple[Quarter, ...]
    actions: tuple[TrackedAction, ...]
    unread: tuple[Unread, ...]

    def without(self, by: str) -> int:
        """The number of postmortems without a value for the attribute `by`, one of `report.BY`."""
        return sum(not each.values(by) for each in self.postmortems)


def summarize(postmortems: Sequence[Postmortem], unread: Sequence[Unread], today: date) -> Summary:
    """The summary. Postmortems dated after `today` are counted like the others, but also listed as unread."""
    later = [
        Unread(each.file, 0, f"is dated {each.date}, after {today}") for each in postmortems if _after(each, today)
    ]
    return Summary(
        today,
        tuple(postmortems),
        tuple(recurrences(postmortems)),
        tuple(quarters(postmortems)),
        tuple(followed(postmortems, today)),
        tuple(sorted([*unread, *later])),
    )


def _after(one: Postmortem, today: date) -> bool:
    return one.date is not None and one.date > today
