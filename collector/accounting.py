"""Accounting: the decision about every Occurrence, and how many Events it covers."""

from collections.abc import Iterable, Sequence

from collector.event import Event
from collector.merge import Occurrence
from collector.result import Accounting, Decision
from collector.row import Row
from collector.significance import Rule
from collector.stories.story import Story

NO_STORY = Rule("no step of a story", "dropped", lambda _s, _c: True, "nothing that it would be a step of was seen")
NO_MEANING = "no meaning of its own"
NOT_ASKED = "another namespace"


def decide(
    occurrences: Iterable[Occurrence], verdicts: Sequence[tuple[Story, Rule]], rows: Sequence[Row]
) -> list[Decision]:
    """One decision for each Occurrence, in their order."""
    shown = {id(one): row.id for row in rows for one in row.occurrences}
    homes: dict[int, tuple[str, Rule]] = {}
    for story, rule in verdicts:
        home = (story.id, rule)
        for one in story.occurrences():
            homes[id(one)] = home
    nowhere = ("", NO_STORY)
    return [_decision(one, shown.get(id(one), ""), *homes.get(id(one), nowhere)) for one in occurrences]


def account(decisions: Iterable[Decision], silent: Sequence[Event], elsewhere: int) -> Accounting:
    """The counts. `silent` are the Events without a meaning; `elsewhere` counts the Events of other namespaces."""
    counts = {"row": 0, "folded": 0, "dropped": 0}
    rules: dict[str, int] = {}
    for decision in decisions:
        events = len(decision.occurrence.events)
        counts[decision.outcome] += events
        if decision.outcome != "row":
            rules[decision.rule] = rules.get(decision.rule, 0) + events
    for name, number in ((NO_MEANING, len(silent)), (NOT_ASKED, elsewhere)):
        if number:
            rules[name] = rules.get(name, 0) + number
            counts["dropped"] += number
    ordered = dict(sorted(rules.items(), key=lambda rule: (-rule[1], rule[0])))
    return Accounting(sum(counts.values()), counts["row"], counts["folded"], counts["dropped"], ordered)


def _decision(one: Occurrence, row: str, story: str, rule: Rule) -> Decision:
    if row:
        return Decision(one, "row", rule.name, rule.because, row, story)
    if rule.outcome == "row":
        return Decision(one, "folded", rule.name, "its story has rows, and this step none of its own", story=story)
    return Decision(one, "folded" if rule.outcome == "named" else "dropped", rule.name, rule.because, story=story)
