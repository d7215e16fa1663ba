"""Judges how something ended: finds deploys and rollbacks that succeed in the draft, but failed in the evidence."""

import re
from collections.abc import Iterator
from datetime import timedelta

from collector.event import Kind
from collector.postmortem.verify import vocabulary_german as german
from collector.postmortem.verify.candidates import named, of_version
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.judge_times import clock
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.parts import Part
from collector.postmortem.verify.statement import Statement
from collector.postmortem.verify.topic_kinds import EFFECTS
from collector.postmortem.verify.vocabulary import words

_SUCCEEDS = words(
    r"succeed(?:s|ed)?|success(?:ful|fully)?|(?:goes|went) through|complet(?:es|ed)"
    r"|complete(?! (?:outage|loss|failure|downtime|stop|stand|mess|rollback|deploy|revert))|finish(?:es|ed)",
    r"erfolgreich|gelang|gelingt|abgeschlossen",
)
_RUN_FAILS = re.compile(
    r"\W*(?:\([^()]*\)\s)?(?:(?:then|also|has|had|finally|was|is)\s)*"
    r"(?:fail(?:s|ed)|aborted|cancell?ed|unsuccessful|errored out|gave up|schlug fehl|scheiterte|fehlgeschlagen)\b"
    r"(?=\W*$|[.,;:)|]|\s(?:at|in|with|after|because|since|due|and|but|um|on|to (?:deploy|roll))\b)",
    re.IGNORECASE,
)
_CHANGES = {"deploy", "rollback"}
_BACK = (Kind.ROLLBACK_STARTED, Kind.ROLLBACK_COMPLETED)
_CI_REPORTS = re.compile(
    r"\b(?:CI|CI/CD|Jenkins|GitHub|GitLab|Argo ?CD|Flux|Helm|ECS|Spinnaker|pipeline|workflow|job)\s(?:\w+\s)?"
    r"(?:report|mark|show|declar|announc|meld)\w*\b",
    re.IGNORECASE,
)
_FAILS = words(r"fail(?:s|ed)?|unsuccessful|aborted|g[ia]ves? up", german.FAILED)
_ANOTHER = words(
    r"not?|never|without|un\w*|only|second|next|later|again|finally|another|retr\w+|eventually|then|this time",
    r"nicht|nie|ohne|erst|zweite\w*|später|erneut|schließlich|dann",
)
"""Words for a negation, or for another attempt than the one at that time."""
_BEGUN = (Kind.DEPLOY_STARTED, Kind.ROLLBACK_STARTED, Kind.RUN_STARTED, Kind.ROLLOUT_STARTED)
_FAILED = (Kind.DEPLOY_FAILED, Kind.RUN_FAILED)
_SUCCEEDED = (Kind.DEPLOY_SUCCEEDED, Kind.RUN_SUCCEEDED, Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED)


def judge_outcome(statement: Statement, facts: Facts) -> Iterator[Finding]:
    """Each deploy and rollback that succeeds in the draft, although the only one of that time or run failed.

    Also each run that fails in the draft but succeeded. A failure is only judged for a run that the draft names: people
    also call a deploy failed if it did harm.
    """
    if statement.sentence.plans:
        return
    runs = [one for one in statement.mentions if one.type == "run"]
    for part in statement.parts:
        found = _FAILS.search(part.text)
        done = _completed_then(statement, part, facts) if found and not _ANOTHER.search(part.text) else None
        if found and done and not any(part.start <= one.start < part.end for one in runs):
            start = part.start + found.start()
            evidence = f"the evidence has {clock(done.at, facts.window)} {done.text}"
            yield Finding(statement.line(start), start, "outcome", found[0], Verdict.CONTRADICTED, evidence)
        found = _SUCCEEDS.search(part.text)
        if not found or _ANOTHER.search(part.text) or statement.is_hypothetical(part.start):
            continue
        start = part.start + found.start()
        run = next((one for one in reversed(runs) if one.end <= start), None)
        about = {topic.subject for topic in part.topics if topic.decides} & _CHANGES
        if _CI_REPORTS.search(part.text):
            # What a tool reports about a deploy is its outcome; what people write about it need not be.
            about = {topic.subject for topic in part.topics} & _CHANGES
        failed = _failed(statement, run, facts) if run or about else None
        if failed:
            evidence = f"the evidence has {clock(failed.at, facts.window)} {failed.text}"
            yield Finding(statement.line(start), start, "outcome", found[0], Verdict.CONTRADICTED, evidence)
    for run in runs:
        fails = _RUN_FAILS.match(statement.text, run.end)
        done = _succeeded(run, facts) if fails and not statement.is_hypothetical(run.start) else None
        if fails and done:
            evidence = f"the evidence has {clock(done.at, facts.window)} {done.text}"
            text = fails[0].strip(" ,:|")
            yield Finding(statement.line(run.end), run.end, "outcome", text, Verdict.CONTRADICTED, evidence)


def _failed(statement: Statement, run: Mention | None, facts: Facts) -> Fact | None:
    """The failure of the deploy of this run, or at the time of the sentence; None if any part of it succeeded."""
    ours = named(statement, statement.parts, facts.of_kinds([*_BEGUN, *_FAILED, *_SUCCEEDED]))
    if run is not None:
        then = [one for one in ours if one.event.keys.run_number == run.value and one.story]
    elif len(statement.times) == 1:
        time = statement.times[0]
        versions = {one.value for one in statement.mentions if one.type == "version"}
        then = [
            one
            for one in of_version(ours, versions)
            if time.meets(one.earliest, one.latest, timedelta(0)) and one.story
        ]
        # What most likely happened at that time is meant rather than what only may have.
        then = [one for one in then if time.meets(one.at, one.at, timedelta(0))] or then
    else:
        then = []
    stories = {one.story for one in then}
    if len(stories) != 1 or any(one.story in stories for one in facts.of_kinds(_SUCCEEDED)):
        return None
    return next((one for one in facts.of_kinds(_FAILED) if one.story in stories), None)


def _completed_then(statement: Statement, part: Part, facts: Facts) -> Fact | None:
    """The completion of the rollback or deploy that a part calls failed, if it began or ended at the time in the part.

    None without such a time, or if there are several rollbacks: another attempt may be meant. None for a deploy that
    was followed by errors or alerts: people call it failed, too.
    """
    about = {topic.subject for topic in part.topics if topic.name in ("rollback fails", "deploy fails")}
    if len(about) != 1 or statement.is_hypothetical(part.start):
        return None
    back = about == {"rollback"}
    times = [one for one in statement.times if part.start <= one.start < part.end] or statement.leading
    versions = {one.value for one in statement.mentions if one.type == "version"}
    ours = of_version(named(statement, [part], facts.of_kinds([*_BEGUN, *_FAILED, *_SUCCEEDED])), versions)
    ours = tuple(one for one in ours if one.rollback == back and one.in_row and one.story)
    then = {one.story for one in ours if any(time.meets(one.earliest, one.latest, timedelta(0)) for time in times)}
    done = [one for one in ours if one.kind in _SUCCEEDED and one.story in then]
    if len(then) != 1 or not done or any(one.story in then for one in facts.of_kinds([*_FAILED, Kind.ROLLOUT_ABORTED])):
        return None
    if back and len({one.story for one in facts.of_kinds(_BACK) if one.in_row}) > 1:
        return None
    begun = min(one.at for one in ours if one.story in then)
    if not back and any(one.in_row and one.latest >= begun for one in facts.of_kinds(EFFECTS)):
        return None
    return max(done, key=lambda one: (one.at, one.is_row))


def _succeeded(run: Mention, facts: Facts) -> Fact | None:
    """The success of this run; None if it was attempted more than once, or failed as well."""
    ours = [one for one in facts.of_kinds(facts.by_kind) if one.event.keys.run_number == run.value]
    if any(one.kind in _FAILED or "attempt" in one.event.summary for one in ours):
        return None
    return next((one for one in ours if one.kind in (Kind.DEPLOY_SUCCEEDED, Kind.RUN_SUCCEEDED)), None)
