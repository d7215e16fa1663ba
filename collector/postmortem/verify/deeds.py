"""Judges who did what: finds that Sam rolled back in the draft, but Dana in the evidence."""

import re
from collections.abc import Iterator
from datetime import timedelta

from msgspec import Struct

from collector.event import Kind
from collector.people import parts
from collector.postmortem.verify.authors import SPEAKS, author, mentions, same, written_by_another, written_then
from collector.postmortem.verify.candidates import candidates, named, of_version
from collector.postmortem.verify.facts import Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.no_names import NO_NAMES
from collector.postmortem.verify.parts import Part
from collector.postmortem.verify.statement import Statement
from collector.postmortem.verify.topics import topics
from collector.postmortem.verify.vocabulary import words
from collector.row import WordKind

_NAME = re.compile(r"(?<![\w.@/-])@?(?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+)?|[A-Za-z]+(?:[-._][A-Za-z]+)+)(?![\w/@-])")
_BY = re.compile(r"\b(?:by|von|durch)\s@?$")
_ACTS = (
    r"roll\w*|revert\w*|(?:re)?deploy\w*|releas\w*|ship\w*|push\w*|start\w*|initiat\w*|trigger\w*|kick\w*|launch\w*"
    r"|press\w*|click\w*|hit|undid|undoes|upgrad\w*|scal\w*|rais\w*|restart\w*|edit\w*|chang\w*|turn\w*|switch\w*"
    r"|flip\w*|delet\w*|drain\w*|cordon\w*|appl\w*|went|goes|put|puts|brought|took|takes|ran|runs|set|sets|bump\w*"
    r"|increas\w*|disabl\w*|enabl\w*|began|begins|approv\w*|merg\w*|add\w*|stopp\w*|fix\w*"
)
_DOES = re.compile(
    r"(?:\s\([^()]*\))?(?:\s\||:)?\s(?:(?:then|also|had|has|finally|immediately|manually|just) ){0,2}"
    rf"(?:{_ACTS})\b",
    re.IGNORECASE,
)
_IS_CALLED = re.compile(
    r"\s(?:was|is|were|got|gets|has been)\s(?:then\s)?(?:paged|called|woken|on[- ]call|alerted)\b", re.I
)
_NOUNS = words(
    r"roll-?backs?|rollouts?|releases?|(?:re)?deploy(?:s|ments?)?|restarts?|reverts?|upgrades?|starts?|changes?|runs?|sets?|launch(?:es)?|fix(?:es)?|hits?|scale|push|trigger|launch|edit|turn|switch|flip|kick|press|click"
)
_APPROVES = words(r"approv\w+")
_ACTED = frozenset({"rollback", "deploy", "pods", "config", "flag", "node"})
_MINUTE = timedelta(minutes=1)


class _Person(Struct, frozen=True):
    """Somebody named in a sentence."""

    text: str
    start: int
    end: int
    who: frozenset[str]


def judge_people(statement: Statement, facts: Facts) -> Iterator[Finding]:
    """Findings about everybody in the sentence whom the evidence knows, or who does something."""
    taken = [(one.start, one.end) for one in statement.times]
    taken += [(one.start, one.end) for one in statement.mentions]
    found = [
        _Person(match["name"], match.start("name"), match.end("name"), parts(match["name"]))
        for match in _NAME.finditer(statement.text)
        if not any(start < match.end("name") and match.start("name") < end for start, end in taken)
    ]
    for person in found:
        if _is_known(person, facts):
            others = [one for one in found if statement.part(one.start) == statement.part(person.start)]
            yield _known(statement, person, facts, [one.who for one in others if _is_known(one, facts)])
        elif _written_in_cell(statement, person, facts):
            note = written_by_another(statement, person.who, facts)
            yield _finding(statement, person, Verdict.CONTRADICTED, f"the evidence has: {note}")
        elif _is_actor(statement, person) and facts.people and person.text not in facts.services:
            yield _finding(statement, person, Verdict.NOT_FOUND, "no person of this name in the evidence")


def _known(statement: Statement, person: _Person, facts: Facts, beside: list[frozenset[str]]) -> Finding:
    if _does(statement, person) and not statement.open(person.start):
        did = dict(_who_did(statement, person, facts))
        ours = [text for who, text in did.items() if any(same(one, who) for one in beside)]
        if ours:
            return _finding(statement, person, Verdict.CONFIRMED, ours[0])
        if did and not _wrote_of_it(statement, person, facts):
            return _finding(statement, person, Verdict.CONTRADICTED, f"the evidence has: {next(iter(did.values()))}")
    if statement.text[: person.start].strip(" |@-") == "" or person.start == statement.head:
        note = written_by_another(statement, person.who, facts) or written_then(
            statement, person.who, person.end, facts
        )
        if note and not statement.open(person.start):
            return _finding(statement, person, Verdict.CONTRADICTED, f"the evidence has: {note}")
    return _finding(statement, person, Verdict.CONFIRMED, "the evidence names this person, too")


def _written_in_cell(statement: Statement, person: _Person, facts: Facts) -> bool:
    """Whether a row such as `| 22:03 | Min | builds never proceed |` has words that somebody else wrote."""
    alone = statement.text[statement.head : person.start].strip(" |@") == ""
    cell = alone and statement.text[person.end : person.end + 3] == " | "
    return cell and not statement.sentence.plans and bool(written_by_another(statement, person.who, facts))


def _deed(statement: Statement, person: _Person) -> Part:
    """The part of the sentence that has this person's action; in a table that is the next cell."""
    cell = re.match(r"\s\|\s", statement.text[person.end :])
    return statement.part(person.end + cell.end() if cell else person.start)


def _does(statement: Statement, person: _Person) -> bool:
    """Whether this person does something in the sentence, and does not only report it."""
    return bool(_BY.search(statement.text[: person.start]) or _DOES.match(statement.text, person.end))


def _is_actor(statement: Statement, person: _Person) -> bool:
    # In `Revert deploy of checkout starts` the first word is an action, not a name.
    if statement.sentence.plans or re.fullmatch(_ACTS, person.text, re.IGNORECASE):
        return False
    if "-" in person.text or "." in person.text or any(map(NO_NAMES.fullmatch, person.text.split(" "))):
        return False
    after = statement.text[person.end : person.end + 40]
    does = _DOES.match(statement.text, person.end)
    # In `Automatic rollbacks of checkout` the second word is a noun, not an action.
    acts = (does and not _NOUNS.search(does[0])) or _IS_CALLED.match(after) or SPEAKS.match(after.lstrip(" |:"))
    return bool(acts) and statement.text[person.end : person.end + 1] in " :|"


def _who_did(statement: Statement, person: _Person, facts: Facts) -> Iterator[tuple[frozenset[str], str]]:
    """Everybody who, according to rows, did what the part of the sentence is about, each with the text of the row."""
    part = _deed(statement, person)
    about = [topic for topic in part.topics if topic.subject in _ACTED and topic.decides]
    if _APPROVES.search(part.text):
        yield from _approved(statement, part, facts)
        return
    versions = {one.value for one in statement.mentions if one.type == "version"}
    own = {one.value for one in statement.within([part], "version")}
    deciding = of_version(candidates(statement, [part], about, facts).deciding, own or versions)
    times = [one for one in statement.times if part.start <= one.start < part.end] or statement.leading
    then = [one for one in deciding if any(time.meets(one.earliest, one.latest, timedelta(0)) for time in times)]
    # If several people did the same, the time shows who is meant.
    deciding = tuple(then) or deciding
    meant = {fact.story for fact in deciding if fact.in_row and fact.story}
    if then and {topic.subject for topic in about} <= {"flag", "config"}:
        # One story may contain that a flag is switched on and off again, so only the row itself counts.
        meant = set()
    whole = {(fact.at, fact.kind) for fact in deciding if fact.whole}
    kinds = frozenset(kind for topic in about for kind in topic.decides)
    for row in facts.rows:
        # One story may contain one person's deploy and another person's rollback.
        back = any(topic.subject == "rollback" for topic in about)
        ours = row.story in meant or (row.at, row.kind) in whole
        if ours and row.kind in kinds and (row.kind == Kind.ROLLBACK_STARTED) == back:
            for word in row.words:
                if word.kind == WordKind.ACTOR and parts(word.text) in facts.people:
                    yield parts(word.text), row.text


def _approved(statement: Statement, part: Part, facts: Facts) -> Iterator[tuple[frozenset[str], str]]:
    """Everybody who approved a deploy that the sentence may mean: at one of its times, else at any time."""
    times = [one for one in statement.times if part.start <= one.start < part.end] or statement.leading
    approvals = named(statement, [part], facts.of([Kind.DEPLOY_APPROVED]))
    then = [one for one in approvals if any(time.meets(one.earliest, one.latest, _MINUTE) for time in times)]
    for fact in then or approvals:
        if parts(fact.event.actor) in facts.people:
            yield parts(fact.event.actor), fact.text


def _wrote_of_it(statement: Statement, person: _Person, facts: Facts) -> bool:
    """Whether a note by or about this person has the same subject: somebody else may have acted for them."""
    about = {topic.subject for topic in _deed(statement, person).topics}
    notes = [row for row in facts.rows if row.kind == Kind.NOTE]
    return any(
        about & {topic.subject for topic in topics(note.text, frozenset())}
        and (same(person.who, author(note)) or mentions(note, person.who))
        for note in notes
    )


def _is_known(person: _Person, facts: Facts) -> bool:
    return any(same(person.who, known) for known in facts.people)


def _finding(statement: Statement, person: _Person, verdict: Verdict, evidence: str) -> Finding:
    return Finding(statement.line(person.start), person.start, "person", person.text, verdict, evidence)
