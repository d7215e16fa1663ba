"""Whether a note names the cause of an incident: a change in the window, and what is wrong with it."""

import re
from collections.abc import Sequence

from collector.lazy_pattern import lazy_pattern
from collector.phases import cause_patterns as words
from collector.phases.clauses import asserted, clauses
from collector.phases.reasons import gives_cause, reason_for_step, seeks_cause
from collector.phases.suspects import Suspects
from collector.phases.word_patterns import IDENTIFIES

_NO_SPEAKER = lazy_pattern(rf"{IDENTIFIES.pattern}|\b(?:confirmed|status ?page|log)\b", re.I)
"""Words before a colon that are nobody's name."""


def identifies(note: str, known: Suspects) -> bool:
    """Whether the note asserts a cause; questions, guesses and denials do not count."""
    found = clauses(note, lambda head: not (_NO_SPEAKER.search(head) or known.named_in(head)))
    return any(asserted(clause) and _names_cause(clause, known) for clause in found) or _by_somebody(found, known)


def _by_somebody(found: Sequence[str], known: Suspects) -> bool:
    """Whether a clause reports a failure, and a clause a change by somebody that did happen."""
    if not all(asserted(clause) for clause in found):
        return False
    fails = any(words.FAILS.search(clause) for clause in found)
    return fails and any(words.CHANGED_BY_SOMEBODY.search(clause) and known.named_in(clause) for clause in found)


def _names_cause(clause: str, known: Suspects) -> bool:
    if reason := reason_for_step(clause):
        return known.named_in(reason) or known.sort_in(reason) or _names_cause(reason, known)
    if gives_cause(clause):
        return True
    if seeks_cause(clause) or words.REPAIRS.search(clause):
        return False
    if any(each.search(clause) for each in _NEED_NO_CHANGE):
        return True
    if known.began_in(clause) or known.died_in(clause) or words.ROTATED.search(clause):
        return True
    if "traffic" in known.nouns and (words.ONE_CLIENT.search(clause) or words.SURGE.search(clause)):
        return True
    named, sort = known.named_in(clause), known.sort_in(clause)
    if words.OVERLOADS.search(clause) and (named or known.job_in(clause)):
        return True
    if words.ROLLS_BACK.search(clause):
        return False
    if known.blamed_in(clause) or known.acts_in(clause) or (words.BLAMES.search(clause) and (named or sort)):
        return True
    if words.DEFECT.search(clause):
        about_setting = bool(known.nouns) and bool(words.SETTING.search(clause))
        return named or sort or about_setting or _concludes(clause)
    return bool(words.FAILS.search(clause)) and (named or (sort and bool(words.SINCE.search(clause))))


def _concludes(clause: str) -> bool:
    return bool(words.CONCLUDES.search(clause)) and not words.SUFFERERS.search(clause)


_NEED_NO_CHANGE = (
    words.PROVIDER,
    words.EXPIRED,
    words.ADMITS,
    words.FAILED_OVER,
    words.EXHAUSTED,
    words.DESTROYED,
    words.WRONG_PLACE,
    words.BY_HAND,
)
"""Causes that need no change in the window."""
