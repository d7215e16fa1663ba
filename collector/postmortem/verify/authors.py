"""Finds what a draft attributes to the wrong author: Ida found it in the draft, but Sol wrote that note."""

import re
from datetime import timedelta

from collector.event import Kind
from collector.people import parts
from collector.postmortem.verify.facts import Facts
from collector.postmortem.verify.resemblance import words as rare_words
from collector.postmortem.verify.statement import Statement
from collector.postmortem.verify.vocabulary import words
from collector.row import Row

SPEAKS = words(
    r"writes?|wrote|says|posts?|posted|reports?|reported|f[io]u?nds?|finds|notic\w+|sees|saw|identif\w+|suspects?"
    r"|suspected|asks|asked|confirm\w+|declar\w+|joins?|joined|discover\w+|realis\w+|realiz\w+|warn\w+|announc\w+"
    r"|explain\w*|tells?|told|answers?|answered|conclud\w+|point(?:s|ed) out|mention\w*",
    r"schr[ie]+bt?|meldete?|findet|fand|sieht|sah|bemerkte?|fragte?|bestätigte?|vermutete?",
)
_NEGATES = words(r"not|never|no|nothing|nobody|none|without|\w+n't|cannot|if|would|should", r"nicht|nie|kein\w*|ohne")
_LIKE = 0.75
_FEWEST = 2
_NOW = timedelta(0)


def written_by_another(statement: Statement, who: frozenset[str], facts: Facts) -> str:
    """The text of another person's note with the words that the draft attributes to this person; else empty."""
    own = rare_words(statement.sentence.text) - who
    if len(own) < _FEWEST:
        return ""
    for note in facts.rows:
        by = author(note)
        if note.kind != Kind.NOTE or not by or same(who, by) or mentions(note, who):
            continue
        text = note.text.partition(":")[2]
        shared = own & rare_words(text)
        if _NEGATES.search(statement.sentence.text) and not _NEGATES.search(text):
            continue
        enough = len(shared) >= max(_FEWEST, _LIKE * len(own))
        if enough and not _did_alike(statement, who, own, len(shared), facts):
            return note.text
    return ""


def _did_alike(statement: Statement, who: frozenset[str], own: frozenset[str], shared: int, facts: Facts) -> bool:
    """Whether a row that names this person has as many of these words, but one: what one does, others write of.

    If the sentence has times, the row is at one of them.
    """
    rows = [row for row in facts.rows if mentions(row, who)]
    if statement.times:
        spans = [(row, row.earliest or row.at, row.latest or row.at) for row in rows]
        rows = [row for row, first, last in spans if any(one.meets(first, last, _NOW) for one in statement.times)]
    return any(len(own & rare_words(row.text)) >= max(_FEWEST, shared - 1) for row in rows)


def written_then(statement: Statement, who: frozenset[str], end: int, facts: Facts) -> str:
    """The text of the only note at the time when this person reports something, if another wrote it; else empty."""
    if len(statement.times) != 1 or not SPEAKS.match(statement.text[end:].lstrip(" |:")):
        return ""
    time = statement.times[0]
    notes = [one for one in facts.rows if one.kind == Kind.NOTE]
    then = [one for one in notes if time.meets(one.earliest or one.at, one.latest or one.at, timedelta(0))]
    if len(then) != 1 or not author(then[0]) or same(who, author(then[0])) or mentions(then[0], who):
        return ""
    shared = rare_words(statement.sentence.text) & rare_words(then[0].text.partition(":")[2])
    return then[0].text if len(shared - who) >= _FEWEST else ""


def author(note: Row) -> frozenset[str]:
    """The words of the author's name, before the colon of a note; empty if there is none."""
    name, colon, _ = note.text.partition(":")
    return parts(re.sub(r"\([^()]*\)", "", name)) if colon and len(name) <= 60 else frozenset()


def mentions(note: Row, who: frozenset[str]) -> bool:
    """Whether the note names this person."""
    return bool(who & parts(note.text))


def same(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names may belong to one person: `Maria` and `Maria Ortiz`."""
    return bool(one and other) and (one <= other or other <= one)
