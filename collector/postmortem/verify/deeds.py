"""Judges who did what: finds that Sam rolled back in the draft, but Dana in the evidence."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from msgspec import Struct

from collector.event import Kind
from collector.people import parts
from collector.postmortem.verify.authors import SPEAKS, author, mentions, same, written_by_another, written_then
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.no_names import NO_NAMES
from collector.postmortem.verify.parts import Part
from collector.postmortem.verify.statement import Statement
from collector.postmortem.verify.topics import topics
from collector.postmortem.verify.unknown_people import is_person
from collector.postmortem.verify.version_roles import role_of
from collector.postmortem.verify.vocabulary import words
from collector.postmortem.verify.who_did import rolled_back_by_itself, who_did, who_started
from collector.row import Row

_NAME = re.compile(r"(?<![\w.@/-])@?(?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+)?|[A-Za-z]+(?:[-._][A-Za-z]+)+)(?![\w/@-])")
_SMALL = re.compile(r"(?<![\w.@/-])(?P<name>[a-z]{2,20})(?=:?\s)")
_MODALS = frozenset({"will", "may", "can", "mark"})
_TIME_WORDS = re.compile(r"\W*(?:(?:at|um|around|about|by|gegen|on)\b)?\W*", re.IGNORECASE)
_BY = re.compile(r"\b(?:by|von|durch)\s@?$")
_ACTS = (
    r"roll\w*|revert\w*|(?:re)?deploy\w*|releas\w*|ship\w*|push\w*|start\w*|initiat\w*|trigger\w*|kick\w*|launch\w*"
    r"|press\w*|click\w*|hit|undid|undoes|upgrad\w*|scal\w*|rais\w*|restart\w*|edit\w*|chang\w*|turn\w*|switch\w*"
    r"|flip\w*|delet\w*|drain\w*|cordon\w*|appl\w*|went|goes|put|puts|brought|took|takes|ran|runs|set|sets|bump\w*"
    r"|increas\w*|disabl\w*|enabl\w*|began|begins|approv\w*|merg\w*|add\w*|stopp\w*|fix\w*"
    r"|lieferte?|spielte?|nahm|nimmt|setzte?|schaltete?|löschte?|änderte?|skalierte?|startete?"
    r"|d(?:id|oes) (?=the\b|a\b|this\b|that\b|it\b)"
)
_DOES = re.compile(
    r"(?:\s\([^()]*\))?(?:\s\||:)?\s(?:(?:then|also|had|has|finally|immediately|manually|just) ){0,2}"
    rf"(?:{_ACTS})\b",
    re.IGNORECASE,
)
_ONLY_BY = re.compile(
    r"\W*(?:(?:was|is|at|on|in|production|then|out|deployed|released|shipped|pushed|rolled|start(?:s|ed)|beg[ai]ns?|initiated)\b\W*){0,4}by\W*",
    re.IGNORECASE,
)
_NOUNS = words(
    r"roll-?backs?|rollouts?|releases?|(?:re)?deploy(?:s|ments?)?|restarts?|reverts?|upgrades?|starts?|changes?|runs?|sets?|launch(?:es)?|fix(?:es)?|hits?|scale|push|trigger|launch|edit|turn|switch|flip|kick|press|click"
)
_SOON = timedelta(minutes=3)
"""Some write of it as they do it."""


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
        for match in (*_NAME.finditer(statement.text), *_in_small_letters(statement, facts))
        if not any(start < match.end("name") and match.start("name") < end for start, end in taken)
    ]
    for person in found:
        if _is_known(person, facts):
            others = [one for one in found if statement.part(one.start) == statement.part(person.start)]
            yield _known(statement, person, facts, [one.who for one in others if _is_known(one, facts)])
        elif _written_in_cell(statement, person, facts):
            note = written_by_another(statement, person.who, facts)
            yield _finding(statement, person, Verdict.CONTRADICTED, f"the evidence has: {note}")
        elif (
            (_is_actor(statement, person) or _started_by(statement, person, facts))
            and facts.people
            and person.text not in facts.services | facts.nodes
        ):
            did = {**dict(who_did(statement, _deed(statement, person), facts)), **_started_by(statement, person, facts)}
            hint = f", which has: {next(iter(did.values())).text}" if did and _does(statement, person) else ""
            yield _finding(statement, person, Verdict.NOT_FOUND, f"no person of this name in the evidence{hint}")


def _in_small_letters(statement: Statement, facts: Facts) -> list[re.Match[str]]:
    """Names that the evidence knows, where the sentence, a cell or `by` leads to one: `sam turned it on`."""
    text, head = statement.text, statement.head
    known = frozenset(word for who in facts.people for word in who) - _MODALS
    return [
        one
        for one in _SMALL.finditer(text, head)
        if one[0] in known and (_begins_sentence(statement, one.start()) or text[: one.start()].endswith(("| ", "by ")))
    ]


def _begins_sentence(statement: Statement, start: int) -> bool:
    """Whether the sentence begins here, or has only a time before: `At 13:19 Bo realised`."""
    before = list(statement.text[:start])
    for one in statement.times:
        before[one.start : one.end] = " " * (one.end - one.start)
    return bool(_TIME_WORDS.fullmatch("".join(before)))


def _known(statement: Statement, person: _Person, facts: Facts, beside: list[frozenset[str]]) -> Finding:
    hypothetical = statement.is_hypothetical(person.start)
    if _does(statement, person) and not hypothetical:
        did = dict(who_did(statement, _deed(statement, person), facts)) or _started_by(statement, person, facts)
        ours = [deed for who, deed in did.items() if any(same(one, who) for one in beside)]
        if ours:
            return _finding(statement, person, Verdict.CONFIRMED, ours[0].text)
        if did and not _wrote_of_it(statement, person, did, facts):
            evidence = f"the evidence has: {next(iter(did.values())).text}"
            return _finding(statement, person, Verdict.CONTRADICTED, evidence)
        by_itself = rolled_back_by_itself(_deed(statement, person), facts) if not did else ""
        if by_itself:
            return _finding(statement, person, Verdict.CONTRADICTED, f"the evidence has: {by_itself}")
    if _begins_sentence(statement, person.start):
        note = written_by_another(statement, person.who, facts)
        note = note or ("" if hypothetical else written_then(statement, person.who, person.end, facts))
        if note and not statement.sentence.plans:
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
    if is_person(statement.text, statement.head, person.start, person.end):
        return True
    if "-" in person.text or "." in person.text or any(map(NO_NAMES.fullmatch, person.text.split(" "))):
        return False
    after = statement.text[person.end : person.end + 40]
    does = _DOES.match(statement.text, person.end)
    # In `Automatic rollbacks of checkout` the second word is a noun, not an action.
    acts = (does and not _NOUNS.search(does[0])) or SPEAKS.match(after.lstrip(" |:"))
    return bool(acts) and statement.text[person.end : person.end + 1] in " :|"


def _wrote_of_it(statement: Statement, person: _Person, did: Mapping[frozenset[str], Fact | Row], facts: Facts) -> bool:
    """Whether this person had written about it: whoever decides to roll back may have asked somebody else to do it.

    A note that names somebody other than its author as the one who did it does not count.
    """
    until = max(deed.at for deed in did.values())
    about = {topic.subject for topic in _deed(statement, person).topics}
    notes = [row for row in facts.rows if row.kind == Kind.NOTE and row.at <= until + _SOON]
    return any(
        about & {topic.subject for topic in topics(note.text, frozenset())}
        and not any(mentions(note, who - person.who) and not same(who, author(note)) for who in did)
        and (same(person.who, author(note)) or mentions(note, person.who))
        for note in notes
    )


def _started_by(statement: Statement, person: _Person, facts: Facts) -> dict[frozenset[str], Row]:
    """Who started the deploy of the version or run beside `by`: `2.3.0 at 10:07 by Li Wei`, `by Li Wei (run 12)`."""
    runs = [one for one in statement.mentions if one.type == "run" and one.start > person.end]
    if runs and _BY.search(statement.text[: person.start]) and statement.text[person.end : runs[0].start] == " (":
        return dict(who_started(runs[0], facts))
    before = [one for one in statement.mentions if one.type in ("version", "run") and one.end <= person.start]
    before = [one for one in before if role_of(statement.text, one, back=False) != "from"]
    if not before or not _BY.search(statement.text[: person.start]):
        return {}
    between = list(statement.text[before[-1].end : person.start])
    for one in statement.times:
        at = one.start - before[-1].end
        between[max(at, 0) : max(one.end - before[-1].end, 0)] = " " * (max(one.end - before[-1].end, 0) - max(at, 0))
    return dict(who_started(before[-1], facts)) if _ONLY_BY.fullmatch("".join(between)) else {}


def _is_known(person: _Person, facts: Facts) -> bool:
    return any(same(person.who, known) for known in facts.people)


def _finding(statement: Statement, person: _Person, verdict: Verdict, evidence: str) -> Finding:
    return Finding(statement.line(person.start), person.start, "person", person.text, verdict, evidence)
