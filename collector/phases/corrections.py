"""Finds the first note with a cause that nobody takes back later."""

import re
from collections.abc import Iterable

from collector.lazy_pattern import lazy_pattern
from collector.phases.clauses import clauses, in_vain, takes_back, takes_back_last
from collector.phases.identified import identifies
from collector.phases.suspects import Suspects, sorts

_WITHDRAWN = lazy_pattern(r"\b(?:roll(?:ed|ing)?[ -]?back|revert\w*|undo|undone|zur\u00fcck\w*)\b", re.I)
_FILLER = lazy_pattern(
    r"the|and|not|was|were|are|isn|wasn|aren|weren|its|that|this|our|out|off|due|because|"
    r"caused|related|ruled|rules|rule|ruling|red|herring|innocent|unrelated|hook|nothing|with|any|"
    r"all|then|either|too|though|actually|really|cause|problem|issue|culprit|thing|definitely|def|"
    r"war|ist|nicht|das|der|die|vom|wegen|doch|sure|from|for|new|only|alone|have|has|had|but|"
    r"also|after|before"
)
_MOST_CAUSES = 20
"""Maximum number of causes to remember at once."""


def first_standing_cause(notes: Iterable[str], known: Suspects) -> int | None:
    """The index of the first note with a cause that no later note takes back; None if there is none.

    If the rollback of a deploy did not help, the deploy counts as the cause only if no other cause is left.
    """
    named: list[tuple[int, str]] = []
    useless: list[int] = []
    for place, note in enumerate(notes):
        named = _without(named, note) if named else named
        doubtful = _rolled_back_in_vain(note)
        useless += [at for at, text in named if doubtful and "deploy" in sorts(text) and at not in useless]
        if len(named) < _MOST_CAUSES and identifies(note, known):
            named.append((place, note))
    left = [at for at, _ in named]
    return next((at for at in left if at not in useless), left[0] if left else None)


def _without(named: list[tuple[int, str]], note: str) -> list[tuple[int, str]]:
    """The causes named before, without those that the note takes back."""
    for clause in clauses(note):
        if takes_back(clause):
            own, kinds = _words(clause), sorts(clause)
            named = [(at, text) for at, text in named if not (own & _words(text) if own else kinds & sorts(text))]
        if takes_back_last(clause):
            named = named[:-1]
    return named


def _words(text: str) -> set[str]:
    """The distinctive words of a text: no filler, and no general words for deploys and changes."""
    every = re.findall(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*", text.lower())
    return {
        word for word in every if len(word) > 2 and not _FILLER.fullmatch(word) and not (sorts(word) and word.isalpha())
    }


def _rolled_back_in_vain(note: str) -> bool:
    return bool(_WITHDRAWN.search(note)) and in_vain(note)
