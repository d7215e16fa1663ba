"""Judges versions, commits, runs, pods, alerts and services."""

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from difflib import get_close_matches

from collector.postmortem.verify.deploys_meant import IT_REPLACED, deploys_meant, went_out
from collector.postmortem.verify.facts import Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.mention_forms import COMMIT
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.resemblance import STRONG
from collector.postmortem.verify.rolled_back import rolled_back_instead
from collector.postmortem.verify.statement import Statement
from collector.postmortem.verify.version_roles import role_of

_WITH_COMMIT = re.compile(
    r"[\s,:(]*(?:(?:deploy(?:s|ed|ing)|of|for|with|on|at|buil(?:t|ds)|from|was|is|the|sha)\s)*(?:commit:?\s)?",
    re.IGNORECASE,
)


def judge_version(statement: Statement, mention: Mention, facts: Facts, shift: timedelta) -> Finding:
    """Compare a version with the one that was deployed then, or with the one that it replaced."""
    value = _known(mention.value, facts.versions) or mention.value
    deploys, then = deploys_meant(statement, mention, facts, shift)
    back = any(fact.rollback for fact in deploys)
    role = role_of(statement.text, mention, back)
    sides = [
        (fact, known)
        for fact in deploys
        for side, known in (("to", fact.event.keys.version), ("from", fact.event.keys.replaces))
        if known and role in (side, "")
    ]
    agree = [fact for fact, known in sides if _same(known, value)]
    if agree:
        return _finding(statement, mention, Verdict.CONFIRMED, agree[0].text)
    own = _of_service_before(statement, mention, value, facts)
    if own:
        return _finding(statement, mention, Verdict.CONFIRMED, own)
    beside = {one.value for one in statement.mentions if one.type == "version"} - {mention.value}
    beside = beside or {fact.event.keys.version for fact in deploys if IT_REPLACED.match(statement.text)}
    # What stood there before may be what ran, or what a failed rollback left: a row has decided that.
    rows = [one.row for one in statement.similar_rows if one.score >= STRONG and role == "from"]
    row = next((row for row in rows if _replaces(row.text, mention.value, beside)), None)
    if row:
        return _finding(statement, mention, Verdict.CONFIRMED, row.text)
    pair = [
        fact for fact in deploys if role == "from" and fact.event.keys.version in beside and fact.event.keys.replaces
    ]
    if pair and not statement.is_hypothetical(mention.start):
        evidence = f"the evidence has {pair[0].event.keys.replaces}: {pair[0].text}"
        return _finding(statement, mention, Verdict.CONTRADICTED, evidence)
    sure = [one.row for one in statement.similar_rows if one.score >= STRONG]
    in_rows = [row for row in sure if prints(row.text, mention.value)]
    known = list(dict.fromkeys(version for _, version in sides))
    if in_rows and not (known and then):
        return _finding(statement, mention, Verdict.CONFIRMED, in_rows[0].text)
    if not statement.is_hypothetical(mention.start):
        if known and (then or not _ever(value, facts)):
            return _finding(
                statement, mention, Verdict.CONTRADICTED, f"the evidence has {', '.join(known)}: {sides[0][0].text}"
            )
        others = [row for row in sure if any(version in row.text for version in facts.versions)]
        kinds = {row.kind for row in others}
        # Where another row of the same sort has it, this one is only a little more alike.
        others = [] if any(row.kind in kinds and prints(row.text, mention.value) for row in facts.rows) else others
        if others and value in facts.versions:
            return _finding(statement, mention, Verdict.CONTRADICTED, f"the evidence has: {others[0].text}")
    if value in facts.versions:
        return _finding(statement, mention, Verdict.CONFIRMED, facts.versions[value])
    gone_out = went_out(statement, mention, facts, shift)
    if gone_out and not statement.is_hypothetical(mention.start):
        evidence = f"the evidence has {gone_out[0].event.keys.version}: {gone_out[0].text}"
        return _finding(statement, mention, Verdict.CONTRADICTED, evidence)
    return _finding(statement, mention, Verdict.NOT_FOUND, "no such version in the evidence")


def _of_service_before(statement: Statement, mention: Mention, value: str, facts: Facts) -> str:
    """`sessions 2.15`, where that part of the sentence is about the deploy of something else; else nothing."""
    names = [
        one.value for one in statement.mentions if one.type == "service" and 0 < mention.start - one.end <= len(" v")
    ]
    about = {topic.subject for topic in statement.part(mention.start).topics}
    ours = [fact for fact in facts.of_kinds(facts.by_kind) if fact.service in names] if not about else []
    return next((fact.text for fact in ours if _same(fact.event.keys.version, value)), "")


def _replaces(text: str, version: str, beside: Collection[str]) -> bool:
    """Whether a row prints that this version is replaced, and also prints all versions `beside` it."""
    return prints(text, version, r"(replaces|Old pods of( \S+)?) ") and all(prints(text, one) for one in beside)


def prints(text: str, version: str, behind: str = r"(?<![\w.-])v?") -> bool:
    """Whether a row contains this version, and not one that only begins or ends like it."""
    return re.search(rf"{behind}{re.escape(version)}(?![\w.-]*\w)", text) is not None


def judge_commit(statement: Statement, mention: Mention, facts: Facts, shift: timedelta) -> Finding:
    """Look up a commit, in full or abbreviated, or a version that looks like one."""
    if mention.value in facts.versions:
        return judge_version(statement, mention, facts, shift)
    found = next(
        (
            text
            for commit, text in facts.commits.items()
            if commit.startswith(mention.value) or mention.value.startswith(commit)
        ),
        None,
    )
    if found is not None:
        return _finding(statement, mention, Verdict.CONFIRMED, found)
    if any(COMMIT.fullmatch(version) for version in facts.versions):
        return judge_version(statement, mention, facts, shift)
    known = _of_run_before(statement, mention, facts)
    if known and not statement.is_hypothetical(mention.start):
        return _finding(statement, mention, Verdict.CONTRADICTED, f"the evidence has {known}")
    return _of_deploy(statement, mention, facts, shift, "commit")


def _of_run_before(statement: Statement, mention: Mention, facts: Facts) -> str:
    """What has another commit for the run that stands before it: `run 73, commit c2e403b`; else nothing."""
    runs = [one for one in statement.mentions if one.type == "run" and one.end <= mention.start]
    if not runs or not _WITH_COMMIT.fullmatch(statement.text[runs[-1].end : mention.start]):
        return ""
    ours = [one for one in facts.of_kinds(facts.by_kind) if one.event.keys.run_number == runs[-1].value]
    return next((f"{one.event.keys.commit[:7]}: {one.text}" for one in ours if one.event.keys.commit), "")


def judge_run(statement: Statement, mention: Mention, facts: Facts, shift: timedelta) -> Finding:
    """Look up the number of a CI run."""
    deploys, then = deploys_meant(statement, mention, facts, shift)
    if mention.value in facts.runs:
        ours = {fact.event.keys.run_number for fact in deploys} - {""}
        if not (then and ours and mention.value not in ours):
            return _finding(statement, mention, Verdict.CONFIRMED, facts.runs[mention.value])
    return _of_deploy(statement, mention, facts, shift, "run")


def judge_alert(statement: Statement, mention: Mention, facts: Facts) -> Finding:
    """Look up an alert by its name."""
    if mention.value in facts.alerts:
        text = next((fact.text for fact in facts.of_kinds(facts.by_kind) if fact.event.keys.alert == mention.value), "")
        return _finding(statement, mention, Verdict.CONFIRMED, text)
    return _unknown(statement, mention, facts.alerts, "alert")


def judge_name(statement: Statement, mention: Mention, facts: Facts) -> Finding:
    """Look up a pod or a service by its name."""
    known = facts.pods if mention.type == "pod" else facts.services
    other = rolled_back_instead(statement, mention, facts) if mention.type == "service" else ""
    if other:
        return _finding(statement, mention, Verdict.CONTRADICTED, f"the evidence has: {other}")
    if mention.value in known:
        return _finding(statement, mention, Verdict.CONFIRMED, f"the evidence is about this {mention.type}, too")
    return _unknown(statement, mention, known, mention.type)


def _unknown(statement: Statement, mention: Mention, known: Collection[str], what: str) -> Finding:
    close = get_close_matches(mention.value, sorted(known)[:500], n=1)
    hint = f"; did they mean {close[0]}?" if close else ""
    return _finding(statement, mention, Verdict.NOT_FOUND, f"no {what} of this name in the evidence{hint}")


def _of_deploy(statement: Statement, mention: Mention, facts: Facts, shift: timedelta, what: str) -> Finding:
    """Contradict a run or commit if the deploy at that time has another one; otherwise it is not found."""
    deploys, then = deploys_meant(statement, mention, facts, shift)
    known = {fact.event.keys.run_number if what == "run" else fact.event.keys.commit[:7] for fact in deploys} - {""}
    if then and known and not statement.is_hypothetical(mention.start):
        return _finding(
            statement, mention, Verdict.CONTRADICTED, f"the evidence has {', '.join(sorted(known))}: {deploys[0].text}"
        )
    return _finding(statement, mention, Verdict.NOT_FOUND, f"no such {what} in the evidence")


def _known(value: str, versions: Mapping[str, str]) -> str | None:
    return value if value in versions else next((each for each in versions if _same(each, value)), None)


def _same(known: str, value: str) -> bool:
    """Tags carry what people leave out: `v1.5.0`, `1.5.0-amd64`."""
    return known == value or known.removeprefix("v") == value.removeprefix("v")


def _ever(value: str, facts: Facts) -> bool:
    return _known(value, facts.versions) is not None


def _finding(statement: Statement, mention: Mention, verdict: Verdict, evidence: str) -> Finding:
    return Finding(statement.line(mention.start), mention.start, mention.type, mention.text, verdict, evidence)
