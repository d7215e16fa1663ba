"""Judges whether it was a ConfigMap or a Secret: a draft may have the right name and the wrong kind of object."""

import re
from collections.abc import Iterator

from collector.event import Kind
from collector.postmortem.verify.facts import Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.statement import Statement

_OBJECT = re.compile(
    r"\b(?P<kind>config ?map|secret)s?\s(?:named\s|called\s)?[\"'\u201c\u2018]?"
    r"(?P<name>[a-z0-9][a-z0-9.-]{1,80}[a-z0-9])\b",
    re.IGNORECASE,
)
_MISSING = re.compile(r"\b(?P<kind>configmap|secret) \"(?P<name>[^\"]{1,80})\"", re.IGNORECASE)


def judge_config_kinds(statement: Statement, facts: Facts) -> Iterator[Finding]:
    """A finding for each ConfigMap or Secret of a name that the evidence has only for an object of the other kind."""
    found = list(_OBJECT.finditer(statement.text))
    known = _known(facts) if found else {}
    for match in found:
        kind = match["kind"].lower().replace(" ", "")
        kinds = known.get(match["name"], {})
        if kinds and kind not in kinds and not statement.is_hypothetical(match.start()):
            text = next(iter(kinds.values()))
            yield Finding(
                statement.line(match.start()),
                match.start(),
                "config",
                match[0],
                Verdict.CONTRADICTED,
                f"the evidence has: {text}",
            )
        elif kind in kinds:
            yield Finding(
                statement.line(match.start()), match.start(), "config", match[0], Verdict.CONFIRMED, kinds[kind]
            )


def _known(facts: Facts) -> dict[str, dict[str, str]]:
    """The kinds of object by name, each with the text of the first fact that has it."""
    found: dict[str, dict[str, str]] = {}
    for fact in facts.of_kinds([Kind.CONFIG_CHANGED]):
        kind, _, name = fact.event.subject.workload.partition("/")
        found.setdefault(name, {}).setdefault(kind.lower(), fact.text)
    for row in facts.rows:
        for match in _MISSING.finditer(row.text):
            found.setdefault(match["name"], {}).setdefault(match["kind"].lower(), row.text)
    return found
