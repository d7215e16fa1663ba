"""Recognises parts of a draft that are about another time than the evidence."""

from datetime import timedelta

from collector.postmortem.verify.facts import Fact
from collector.postmortem.verify.statement import Statement
from collector.postmortem.verify.vocabulary import words

_OTHER_TIME = words(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|last (?:week|month|night|year)"
    r"|(?:day|week|night|month) before|ago|earlier|previously|before|usually|normally|always"
    r"|every (?:night|day|week|month)|nightly runs",
    r"(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|gestern|vorher|zuvor|sonst|immer|letzte\w*",
)
_TOLERANCE = timedelta(minutes=1)


def is_same_time(statement: Statement, at: int, happened: list[Fact]) -> bool:
    """Whether the part at this position has the time of one of these facts, or no time and no word for another one."""
    part = statement.part(at)
    times = [one for one in statement.times if part.start <= one.start < part.end] or list(statement.leading)
    if times:
        return any(
            time.meets(one.earliest - _TOLERANCE, one.latest + _TOLERANCE, timedelta(0))
            for time in times
            for one in happened
        )
    # `It failed; it had succeeded every night before.`
    end = statement.text.find(";", at)
    clause = statement.text[statement.text.rfind(";", 0, at) + 1 : end if end >= 0 else None]
    return not _OTHER_TIME.search(clause)
