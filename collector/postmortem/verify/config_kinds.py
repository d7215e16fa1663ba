"""Judges whether an object is a ConfigMap or a Secret: a draft may have the right name and the wrong kind."""

import re
from collections.abc import Iterator

from collector.event import Kind
from collector.postmortem.verify.another_day import is_same_time
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.statement import Statement
from collector.postmortem.verify.vocabulary import words

_OBJECT = re.compile(
    r"\b(?P<kind>config ?map|secret)s?\s(?:named\s|called\s)?[\"'\u201c\u2018]?"
    r"(?P<name>[a-z0-9][a-z0-9.-]{1,80}[a-z0-9])\b",
    re.IGNORECASE,
)
_HAPPENS = words(
    r"chang\w+|edit\w*|updat\w+|appl(?:y|ies|ied)|creat\w+|delet\w+|modif\w+|corrected|missing"
    r"|not found|mount\w*|wait\w*",
    r"geändert|angepasst|fehlt\w*",
)
_MISSING = re.compile(r"\b(?P<kind>configmap|secret) \"(?P<name>[^\"]{1,80})\"", re.IGNORECASE)


def judge_config_kinds(statement: Statement, facts: Facts) -> Iterator[Finding]:
    """A finding for each ConfigMap or Secret with a name that the evidence has.

    It is contradicted only if the draft has it changed or missing, and the evidence has only the other kind. Otherwise
    another object may be meant: a ConfigMap and a Secret may have the same name.
    """
    found = list(_OBJECT.finditer(statement.text))
    known = _known(facts) if found else {}
    for match in found:
        kind = match["kind"].lower().replace(" ", "")
        kinds = known.get(match["name"], {})
        others = [fact for each in kinds.values() for fact in each]
        part = statement.part(match.start())
        meant = _HAPPENS.search(part.text) and is_same_time(statement, match.start(), others)
        if kind in kinds:
            verdict, evidence = Verdict.CONFIRMED, kinds[kind][0].text
        elif others and meant and not statement.is_hypothetical(match.start()):
            verdict, evidence = Verdict.CONTRADICTED, f"the evidence has: {others[0].text}"
        else:
            continue
        yield Finding(statement.line(match.start()), match.start(), "config", match[0], verdict, evidence)


def _known(facts: Facts) -> dict[str, dict[str, list[Fact]]]:
    """The facts about each name, by kind of object."""
    found: dict[str, dict[str, list[Fact]]] = {}
    for fact in facts.of_kinds(facts.by_kind):
        kind, _, name = fact.event.subject.workload.partition("/")
        if fact.kind == Kind.CONFIG_CHANGED:
            found.setdefault(name, {}).setdefault(kind.lower(), []).append(fact)
        for match in _MISSING.finditer(fact.text) if fact.is_row else ():
            found.setdefault(match["name"], {}).setdefault(match["kind"].lower(), []).append(fact)
    return found
