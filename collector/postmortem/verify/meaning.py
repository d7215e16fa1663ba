"""Finds the facts and rows that a time in a draft may refer to."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from collector.event import Kind
from collector.people import parts
from collector.postmortem.verify.candidates import candidates, of_version
from collector.postmortem.verify.clock_times import ClockTime
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.parts import Part
from collector.postmortem.verify.resemblance import STRONG, words
from collector.postmortem.verify.statement import Statement
from collector.row import Row

_FEWEST = 2
_WORD = re.compile(r"[^\W\d_]+")
_COMMON_WORDS = frozenset({"recovering", "recovered", "resolved", "fixed", "back", "good"})
"""Words that several people write at several times."""
_SEVERAL = 3
_LEAST_WORDS = 4
_LEAST_SHARE = 0.5
"""A note that shares at least this many words with a sentence, and this fraction of its words, is no chance match."""
_COPIED = 0.75
_AUTHOR = re.compile(r"[\s|@*]*(?P<name>[A-Za-z][\w.-]*(?: [A-Z][\w.-]*)?)(?: \([^()]*\))?(?::| \|)\s")
_NAME = re.compile(r"\b[A-Z][a-z]+\b")


class Meant(Struct, frozen=True):
    """The facts and rows that a time may refer to."""

    deciding: tuple[Fact, ...]
    """If the time fits none of these, it is wrong."""
    agreeing: tuple[Fact, ...]
    rows: tuple[Row, ...]
    """The rows that the statement resembles."""
    sure: bool
    """Whether the resemblance is beyond doubt."""
    open: bool
    """Whether the statement about this time is negated, a plan or a wish."""

    def agree(self, time: ClockTime, shift: timedelta) -> list[tuple[int, datetime, str]]:
        """The facts and rows at this time, each with its rank: 0 for deciding facts and rows, 1 for agreeing facts."""
        found = [
            (rank, fact.at, fact.text)
            for rank, facts in enumerate((self.deciding, self.agreeing))
            for fact in facts
            if time.meets(fact.earliest, fact.latest, shift)
        ]
        spans = ((row, row.earliest or row.at, row.latest or row.at) for row in self.rows)
        rows = (row for row, first, last in spans if time.meets(min(first, row.at), max(last, row.at), shift))
        return [*found, *((0, row.at, row.text) for row in rows)]


def meaning(statement: Statement, time: ClockTime, facts: Facts) -> Meant:
    """Find the facts and rows that a time may refer to."""
    copied = _copied(statement, facts) if time.start < statement.head else ()
    if copied:
        return Meant(copied, (), (), False, statement.sentence.plans)
    scope, topics = statement.scope(time)
    found = candidates(statement, scope, topics, facts)
    versions = {one.value for one in statement.within(scope, "version")}
    deciding = of_version(found.deciding, versions)
    deciding = _without_rows(statement, versions, deciding, facts) or deciding
    deciding = _of_named_run(statement, scope, deciding) or deciding
    if not deciding and len(statement.times) == 1 and not statement.is_hypothetical(time.start):
        deciding = _reported(statement, facts)
        quoted = () if deciding else _quoted(statement, facts)
        if quoted:
            return Meant(quoted, (), (), False, False)
    # If the time is that of another version, the time is right and the version is wrong.
    agreeing = (
        *found.agreeing,
        *found.deciding,
        *_written_by(statement, scope, facts),
        *_written_alike(scope, facts),
        *_of_run(statement, deciding, facts),
    )
    leads = time.start < statement.head
    like = statement.similar_rows if leads or len(statement.times) == 1 else ()
    # A sentence with the words of a note may also contain the time of something else.
    like = like if leads else tuple(one for one in like if one.row.kind not in (Kind.NOTE, Kind.ANNOTATION))
    sure = bool(like) and like[0].score >= STRONG
    rows = tuple(one.row for one in like) if sure or not deciding else ()
    return Meant(deciding, agreeing, rows, sure, statement.is_hypothetical(statement.topical(scope)))


def _without_rows(
    statement: Statement, versions: Collection[str], deciding: Sequence[Fact], facts: Facts
) -> tuple[Fact, ...]:
    """Facts about a version without rows, such as one that was tried in staging; empty if a row is about it."""
    kinds = {fact.kind for fact in deciding}
    if not versions or not kinds or any(one.in_row and one.event.keys.version in versions for one in deciding):
        return ()
    services = {one.value for one in statement.mentions if one.type == "service"}
    ours = [one for one in facts.of_kinds(facts.by_kind) if one.event.keys.version in versions]
    stories = {one.story for one in ours if not services or one.service in services} - {""}
    if any(one.story in stories and one.in_row for one in deciding):
        return ()
    return tuple(one for one in facts.of_kinds(kinds) if one.story in stories)


def _of_named_run(statement: Statement, scope: Sequence[Part], deciding: Sequence[Fact]) -> tuple[Fact, ...]:
    """The deciding facts of the only run that these parts name; empty if they name none or several."""
    runs = {one.value for one in statement.within(scope, "run")}
    stories = {fact.story for fact in deciding if fact.event.keys.run_number in runs and len(runs) == 1} - {""}
    return tuple(fact for fact in deciding if fact.story in stories)


def _written_by(statement: Statement, scope: Sequence[Part], facts: Facts) -> list[Fact]:
    """The notes by people that the statement names, unless these parts are about a run or an alert."""
    if statement.within(scope, "run") or statement.within(scope, "alert"):
        return []
    if any(
        topic.subject in ("deploy", "rollback") and topic.verb for part in scope for topic in part.topics
    ) and not any(_NAME.search(part.text) for part in scope):
        # `Kat merged it; its deploy succeeded at 09:27`: what Kat wrote then shows nothing of the deploy.
        return []
    names = set(_NAME.findall(statement.text))
    return [
        note for note in facts.of_kinds([Kind.NOTE]) if names & set(_NAME.findall(note.text.partition(":")[0][:40])[:1])
    ]


def _written_alike(scope: Sequence[Part], facts: Facts) -> list[Fact]:
    """The notes with several words of these parts: manual actions may be recorded nowhere else."""
    own = words(" ".join(part.text for part in scope))
    return [note for note in facts.of_kinds([Kind.NOTE]) if len(own & words(note.text.partition(":")[2])) >= _SEVERAL]


def _of_run(statement: Statement, deciding: Sequence[Fact], facts: Facts) -> list[Fact]:
    """The facts of the only run that a sentence names, if none of the deciding facts is about it."""
    runs = {one.value for one in statement.mentions if one.type == "run"}
    if len(runs) != 1 or runs & {fact.event.keys.run_number for fact in deciding}:
        return []
    return [fact for fact in facts.of_kinds(facts.by_kind) if fact.event.keys.run_number in runs]


def _quoted(statement: Statement, facts: Facts) -> tuple[Fact, ...]:
    """The only note that begins with all words of the sentence: `Incident declared`."""
    own = _WORD.findall(statement.sentence.text.casefold())
    if len(own) < _FEWEST or not _COMMON_WORDS.isdisjoint(own):
        return ()
    notes = [note for note in facts.of_kinds([Kind.NOTE]) if note.is_row]
    texts = [_WORD.findall((note.text.partition(": ")[2] or note.text).casefold()) for note in notes]
    found = [note for note, theirs in zip(notes, texts, strict=True) if theirs[: len(own)] == own]
    return tuple(found) if len(found) == 1 else ()


def _copied(statement: Statement, facts: Facts) -> tuple[Fact, ...]:
    """The notes that the draft repeats with their author: `00:11 Yuvi: mount errors on the build pods`."""
    found = _AUTHOR.match(statement.text, statement.head)
    who, own = (parts(found["name"]), words(statement.text[found.end() :])) if found else (frozenset(), frozenset())
    if len(own) < _SEVERAL:
        return ()
    notes = [(note, *note.text.partition(":")[::2]) for note in facts.of_kinds([Kind.NOTE]) if note.is_row]
    ours = [(note, text) for note, author, text in notes if who and who & parts(author)]
    return tuple(note for note, text in ours if len(own & words(text)) >= _COPIED * len(own))


def _reported(statement: Statement, facts: Facts) -> tuple[Fact, ...]:
    """The only note that shares many words with the sentence and is by a person whom the statement names."""
    own, names = words(statement.sentence.text), set(_NAME.findall(statement.text))
    found = []
    for note in facts.of_kinds([Kind.NOTE]):
        author, _, text = note.text.partition(":")
        theirs = words(text)
        if (
            note.is_row
            and names & set(_NAME.findall(author[:40]))
            and len(own & theirs) >= max(_LEAST_WORDS, len(own) * _LEAST_SHARE)
        ):
            found.append(note)
    return tuple(found) if len(found) == 1 else ()
