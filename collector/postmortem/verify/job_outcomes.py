"""Judges how Jobs ended: finds a Job that succeeded in the draft, but only failed in the evidence, or the reverse."""

import re
from collections.abc import Iterator

from collector.event import Kind
from collector.postmortem.verify.another_day import is_same_time
from collector.postmortem.verify.facts import Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.statement import Statement
from collector.postmortem.verify.vocabulary import words

_JOB = re.compile(r"\b(?:cron ?)?job\s[\"'\u201c\u2018]?(?P<name>[a-z0-9][a-z0-9.-]{1,80}[a-z0-9])\b", re.IGNORECASE)
_SUCCEEDS = words(
    r"succeed(?:s|ed)?|success(?:ful|fully)?|(?:goes|went) through|complet(?:es|ed)|finish(?:es|ed)|passed",
    r"erfolgreich|gelang",
)
_FAILS = words(
    r"fail(?:s|ed)?|aborted|gave up|gives up|unsuccessful|timed out", r"schlug fehl|scheiterte|fehlgeschlagen"
)
_ANOTHER = words(
    r"not?|never|only|un\w*|without|before|until|again|retr\w+|second|next|later|then|earlier|previous|usually|normally",
    r"nicht|nie|erst|wieder|später|zuvor|sonst",
)
"""Words for a negation, or for another run of the Job."""


def judge_jobs(statement: Statement, facts: Facts) -> Iterator[Finding]:
    """A finding for each Job in the sentence that always ended the same way in the evidence."""
    for match in _JOB.finditer(statement.text):
        part = statement.part(match.start())
        if statement.is_hypothetical(match.start()) or _ANOTHER.search(part.text):
            continue
        runs = [
            fact
            for fact in facts.of_kinds([Kind.JOB_FAILED, Kind.JOB_RAN])
            if (fact.kind == Kind.JOB_FAILED or " completes" in fact.event.summary)
            and _is_run(fact.event.subject.workload.rpartition("/")[2], match["name"])
        ]
        kinds = {fact.kind for fact in runs}
        text = statement.text[match.end() : part.end]
        claimed = {
            kind for kind, pattern in ((Kind.JOB_RAN, _SUCCEEDS), (Kind.JOB_FAILED, _FAILS)) if pattern.search(text)
        }
        if len(kinds) == 1 and len(claimed) == 1 and is_same_time(statement, match.start(), runs):
            same = kinds == claimed
            verdict = Verdict.CONFIRMED if same else Verdict.CONTRADICTED
            evidence = runs[0].text if same else f"the evidence has: {runs[0].text}"
            yield Finding(statement.line(match.start()), match.start(), "outcome", match[0], verdict, evidence)


def _is_run(job: str, name: str) -> bool:
    """Whether a Job has this name, or was created by the CronJob of this name: `nightly-29012345`."""
    return job == name or bool(re.fullmatch(rf"{re.escape(name)}-[0-9]{{6,12}}", job))
