"""The people who, according to the evidence, did what a part of a draft is about."""

from collections.abc import Iterator
from datetime import timedelta

from collector.event import Kind
from collector.people import parts
from collector.postmortem.verify.candidates import candidates, named, of_version
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.mention import Mention
from collector.postmortem.verify.parts import Part
from collector.postmortem.verify.statement import Statement
from collector.postmortem.verify.vocabulary import words
from collector.row import Row, WordKind

_APPROVES = words(r"approv\w+")
_ACTED = frozenset({"rollback", "deploy", "pods", "config", "flag", "node"})
_STARTED = (Kind.DEPLOY_STARTED, Kind.RUN_STARTED, Kind.ROLLBACK_STARTED)
_MINUTE = timedelta(minutes=1)


def who_did(statement: Statement, part: Part, facts: Facts) -> Iterator[tuple[frozenset[str], Fact | Row]]:
    """Everybody who did what this part of the sentence is about, each with the fact or row that shows it."""
    about = [topic for topic in part.topics if topic.subject in _ACTED and topic.decides]
    if _APPROVES.search(part.text):
        yield from _approved(statement, part, facts)
        return
    runs = {one.value for one in statement.within([part], "run")}
    started = [row for row in facts.rows if row.kind in _STARTED and {e.keys.run_number for e in row.events} & runs]
    if started and "start" in part.text:
        for row in started:
            yield from ((parts(one.text), row) for one in row.words if one.kind == WordKind.ACTOR)
        return
    versions = {one.value for one in statement.mentions if one.type == "version"}
    own = {one.value for one in statement.within([part], "version")}
    wanted = any(topic.subject == "rollback" for topic in about)
    found = candidates(statement, [part], about, facts)
    # What is reverted in git may be deployed as a version of its own, which is no rollback.
    reverts = [one for one in found.agreeing if wanted and one.is_row and one.text.startswith("Revert")]
    deciding = of_version(found.deciding or tuple(reverts), own or versions)
    times = [one for one in statement.times if part.start <= one.start < part.end] or statement.leading
    then = [one for one in deciding if any(time.meets(one.earliest, one.latest, timedelta(0)) for time in times)]
    # If the same happened more than once, the time shows which one is meant.
    deciding = tuple(then) or deciding
    meant = {fact.story for fact in deciding if fact.in_row and fact.story}
    if then and {topic.subject for topic in about} <= {"flag", "config"}:
        # One story contains both the change and its reversal.
        meant = set()
    whole = {(fact.at, fact.kind) for fact in deciding if fact.is_row}
    kinds = frozenset(kind for topic in about for kind in topic.decides)
    for row in facts.rows:
        # One story may contain a deploy by one person and the rollback by another.
        back = row.kind == Kind.ROLLBACK_STARTED or row.text.startswith("Revert")
        ours = row.story in meant or (row.at, row.kind) in whole
        if ours and row.kind in kinds and back == wanted:
            # A row about a flag names the person in its text, not as an ACTOR.
            actors = [word.text for word in row.words if word.kind == WordKind.ACTOR]
            actors = actors or [event.actor for event in row.events if event.kind == row.kind]
            yield from ((parts(actor), row) for actor in actors if parts(actor) in facts.people)


def who_started(mention: Mention, facts: Facts) -> Iterator[tuple[frozenset[str], Row]]:
    """Everybody who started the deploy of this version or run, each with the row that shows it."""
    for row in facts.rows:
        keys = [event.keys for event in row.events]
        ours = {key.run_number for key in keys} if mention.type == "run" else {key.version for key in keys}
        if row.kind in _STARTED and mention.value in ours:
            yield from ((parts(one.text), row) for one in row.words if one.kind == WordKind.ACTOR)


def _approved(statement: Statement, part: Part, facts: Facts) -> Iterator[tuple[frozenset[str], Fact]]:
    """Everybody who approved a deploy that the sentence can mean; those at its times, if there are any."""
    times = [one for one in statement.times if part.start <= one.start < part.end] or statement.leading
    approvals = named(statement, [part], facts.of_kinds([Kind.DEPLOY_APPROVED]))
    then = [one for one in approvals if any(time.meets(one.earliest, one.latest, _MINUTE) for time in times)]
    for fact in then or approvals:
        if parts(fact.event.actor) in facts.people:
            yield parts(fact.event.actor), fact


def rolled_back_by_itself(part: Part, facts: Facts) -> str:
    """The text of the only rollback, if a tool made it by itself and the part is about nothing else; else empty."""
    about = {topic.subject for topic in part.topics if topic.decides}
    rows = [row.text for row in facts.rows if row.kind == Kind.ROLLBACK_STARTED]
    return rows[0] if about == {"rollback"} and len(rows) == 1 and rows[0].startswith("Automatic") else ""
