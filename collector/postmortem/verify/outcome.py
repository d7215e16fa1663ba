"""Judges how something ended: finds deploys and rollbacks that succeed in the draft, but failed in the evidence."""

from collections.abc import Iterator
from datetime import timedelta

from collector.event import Kind
from collector.postmortem.verify.candidates import named, of_version
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.judge_times import clock
from collector.postmortem.verify.statement import Statement
from collector.postmortem.verify.vocabulary import words

_SUCCEEDS = words(r"succeed(?:s|ed)?|success(?:ful|fully)?|(?:goes|went) through", r"erfolgreich|gelang|gelingt")
_ANOTHER = words(
    r"not?|never|without|un\w*|only|second|next|later|again|finally|another|retr\w+|eventually|then|this time",
    r"nicht|nie|ohne|erst|zweite\w*|später|erneut|schließlich|dann",
)
"""Words for a negation, or for another attempt than the one at that time."""
_BEGUN = (Kind.DEPLOY_STARTED, Kind.ROLLBACK_STARTED, Kind.RUN_STARTED, Kind.ROLLOUT_STARTED)
_FAILED = (Kind.DEPLOY_FAILED, Kind.RUN_FAILED)
_SUCCEEDED = (Kind.DEPLOY_SUCCEEDED, Kind.RUN_SUCCEEDED, Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED)


def judge_outcome(statement: Statement, facts: Facts) -> Iterator[Finding]:
    """Findings about deploys and rollbacks that succeed in the sentence, if the only one at that time failed."""
    if statement.sentence.plans or len(statement.times) != 1:
        return
    for part in statement.parts:
        found = _SUCCEEDS.search(part.text)
        about = {topic.subject for topic in part.topics if topic.decides} & {"deploy", "rollback"}
        if not found or not about or _ANOTHER.search(part.text) or statement.open(part.start):
            continue
        failed = _failed(statement, facts)
        if failed:
            start = part.start + found.start()
            evidence = f"the evidence has {clock(failed.at, facts.window)} {failed.text}"
            yield Finding(statement.line(start), start, "outcome", found[0], Verdict.CONTRADICTED, evidence)


def _failed(statement: Statement, facts: Facts) -> Fact | None:
    """The failure of the only deploy that began or ended at the time of the sentence; None if it also succeeded."""
    time = statement.times[0]
    versions = {one.value for one in statement.mentions if one.type == "version"}
    runs = {one.value for one in statement.mentions if one.type == "run"}
    ours = of_version(named(statement, statement.parts, facts.of([*_BEGUN, *_FAILED, *_SUCCEEDED])), versions)
    then = [one for one in ours if time.meets(one.earliest, one.latest, timedelta(0)) and one.story]
    then = [one for one in then if not runs or one.event.keys.run_number in {"", *runs}]
    stories = {one.story for one in then}
    if len(stories) != 1 or any(one.story in stories for one in facts.of(_SUCCEEDED)):
        return None
    return next((one for one in facts.of(_FAILED) if one.story in stories), None)
