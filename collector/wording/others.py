"""The rows of nodes, scaling, replaced pods, configuration and notes, mostly in the words of the source."""

from collections.abc import Sequence
from datetime import timedelta

from collector.event import Kind
from collector.merge import Occurrence
from collector.row import Row, Word
from collector.stories.nodes import goes_away
from collector.stories.pods import pods
from collector.stories.story import Step, Story
from collector.wording.hosts import without_domain
from collector.wording.numbers import some
from collector.wording.sentence import Words, by, name, number, quote, row, sentence, span, text, time
from collector.wording.setting import Setting

_MINUTE = timedelta(minutes=1)


def single_rows(story: Story, setting: Setting) -> list[Row]:
    """A row for each Occurrence of the story, in its source's words."""
    rows = []
    for number_, one in enumerate(_each(story)):
        words = quote(one.best.summary)
        if one.best.at < setting.window.start and one.best.latest >= setting.window.start:
            words += (Word(f", since {setting.window.clock(one.best.at)}"),)
        rows.append(row(story, f"{one.kind} {number_}", one.kind, words, [one]))
    return rows


def _each(story: Story) -> Sequence[Occurrence]:
    return [one for step in (Step.STARTED, Step.ENDED) for one in story.at(step)]


def scaling_rows(story: Story, setting: Setting) -> list[Row]:
    """A row for one change of size by somebody, or for all changes by an autoscaler."""
    changes = story.at(Step.STARTED)
    first = changes[0].best
    if story.manner == "back":
        size = int(first.numbers.get("replicas", 0))
        kind_and_name = first.subject.workload.replace("/", " ") or story.service.name
        words = sentence(text(kind_and_name), text("scaled from 0 to"), number(f"{size}"))
        return [row(story, "scaled", Kind.SCALED, words, changes)]
    if len(changes) == 1:
        return single_rows(story, setting)
    times = sum(1 + int(one.best.numbers.get("repeated", 0)) for one in changes)
    sizes = [int(one.best.numbers["replicas"]) for one in changes if "replicas" in one.best.numbers]
    before = first.numbers.get("was")
    who = setting.service(story.service) or text(story.about)
    if times == len(sizes) == 2 and before is not None:
        first_step = (text("is scaled from"), number(f"{int(before)}"), text("to"), number(f"{sizes[0]}"))
        words = sentence(who, *first_step, text("by its autoscaler, then to"), number(f"{sizes[1]}"))
        words += (Word(" at "), *time(changes[-1].best.at, setting.tz))
        return [row(story, "scaled", Kind.SCALED, words, changes, end=changes[-1].best.at)]
    words = sentence(who, text("is scaled"), number(f"{times} times"), text("by its autoscaler"))
    last = changes[-1].best.at
    words += (Word(" ("), *span(first.at, last, setting.tz), Word(")"))
    if sizes and before is None:
        words += (Word(", between "), *number(f"{min(sizes)}"), Word(" and "), *number(f"{max(sizes)} pods"))
    elif sizes:
        path = [int(before or 0), *sizes]
        words += (Word(": from "), *number(f"{path[0]}"), Word(" to "), *number(f"{path[-1]}"))
        words += (Word(", at most "), *number(f"{max(path)}"))
    return [row(story, "scaled", Kind.SCALED, words, changes, end=last)]


def replaced_rows(story: Story, setting: Setting) -> list[Row]:
    """A row for pods that were stopped outside of a rollout, and the pods that replaced them."""
    stopped = [one for one in story.at(Step.STARTED) if one.kind == Kind.POD_TERMINATED]
    new = [one for one in story.occurrences() if one.kind == Kind.POD_SCHEDULED]
    who = setting.service(story.service) or text(story.about)
    several = len(stopped or new) != 1
    if stopped:
        words = sentence(number(f"{len(stopped)}"), text("pods of" if several else "pod of"), who)
        words = sentence(words, text("are deleted" if several else "is deleted"), by(story.actor))
    elif story.manner == "scaled":
        words = (*number(f"{len(new)} new pods"), Word(" of "), *who, Word(": it was scaled up, by what was not seen"))
        return [row(story, "scaled", Kind.SCALED, words, story.occurrences(), exact=story.first)]
    else:
        words = sentence(number(f"{len(new)} new"), text("pods of" if several else "pod of"), who)
        words = sentence(words, text("replace others" if several else "replaces another"))
    words = (*words, Word(", outside of a rollout"))
    kind = Kind.POD_TERMINATED if stopped else Kind.POD_SCHEDULED
    return [row(story, "replaced", kind, words, story.occurrences(), exact=story.first)]


def node_rows(nodes: Sequence[Story], folded: Sequence[Story], setting: Setting) -> list[Row]:
    """One row for a node, or for several that came or went together, with the pods that went with them."""
    first = nodes[0]
    kind = first.first.kind
    occurrences = [one for node in nodes for one in node.occurrences()]
    if len(nodes) == 1:
        words = _of_node(first)
    else:
        verb = _verb(nodes)
        names = without_domain(sorted({node.about for node in nodes}))
        words = sentence(number(f"{len(names)} nodes"), text(verb))
        last = max(node.since for node in nodes)
        # The first minute is the time of the row.
        when = () if last - first.since < _MINUTE else (*span(first.since, last, setting.tz), Word(": "))
        words += (Word(" ("), *when, *name(some(names)), Word(")"))
    if all(node.at(Step.MARKED) for node in nodes):
        words += (Word(", rebooted"),)
    back = [node.over for node in nodes if node.over]
    if len(back) == len(nodes) and kind == Kind.NODE_NOT_READY:
        words += (Word(", ready again at "), *time(max(back), setting.tz))
    words += _pods(folded)
    occurrences += [one for story in folded for one in story.occurrences()]
    end = max(back) if len(back) == len(nodes) else None
    return [row(first, "away", kind, words, occurrences, at=first.since, end=end, exact=_narrow(first))]


def _of_node(node: Story) -> Words:
    """What its source reports. The detail in brackets is a quote of its own, which a table may shorten."""
    summary, start = node.first.best.summary, f"Node {node.about} "
    if not summary.startswith(start):
        return quote(summary)
    change, bracket, why = summary.removeprefix(start).partition(" (")
    words: Words = (Word("Node "), *name(node.about), Word(" "), *quote(change))
    return (*words, Word(" ("), *quote(why.removesuffix(")")), Word(")")) if bracket and why.endswith(")") else words


def _verb(nodes: Sequence[Story]) -> str:
    manners = {node.manner for node in nodes}
    if not any(goes_away(node) for node in nodes):
        return "are added"
    for manner, verb in ((Kind.NODE_NOT_READY, "are lost"), (Kind.NODE_DRAINED, "are drained")):
        if manner in manners:
            return verb
    return "are cordoned, removed or changed"


def _narrow(node: Story) -> Occurrence:
    return min(node.at(Step.STARTED), key=lambda one: (one.best.at, one.best.latest - one.best.earliest))


def _pods(folded: Sequence[Story]) -> Words:
    """`: 34 pods of 12 services evicted`."""
    parts: list[Words] = []
    for kind, verb in ((Kind.POD_EVICTED, "evicted"), (Kind.POD_UNREADY, "not ready any more")):
        ours = [story for story in folded if story.manner == kind]
        count = sum(pods(story) for story in ours)
        names = {story.service.name or story.about for story in ours}
        if count:
            of = f"of {len(names)} services" if len(names) > 1 else f"of {next(iter(names))}"
            noun = "pod" if count == 1 else "pods"
            parts.append(sentence(number(f"{count} {noun}"), text(of), text(verb)))
    words: Words = ()
    for at, part in enumerate(parts):
        words += (Word(", " if at else ": "), *part)
    return words
