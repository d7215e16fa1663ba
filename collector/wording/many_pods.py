"""The row of many workloads with the same pod trouble at once."""

from collections.abc import Sequence

from collector.event import Kind
from collector.row import Row, Word, fits
from collector.stories.story import Step, Story
from collector.wording.numbers import some
from collector.wording.pods import LASTING, NOT_CREATED, SUMMARIES, between, so_many, why
from collector.wording.sentence import Words, number, row, sentence, text
from collector.wording.setting import Setting

_NAMES = 3
"""Maximum number of service names to show; fewer if the row would be too long for a table."""


def many_rows(stories: Sequence[Story], setting: Setting) -> list[Row]:
    """One row for the same trouble of many workloads at once."""
    first = min(stories, key=lambda story: (story.since, story.id))
    kind = Kind(first.manner)
    occurrences = [one for story in stories for one in story.occurrences()]
    begun = [one for story in stories for one in story.at(Step.STARTED)]
    names = sorted({story.service.name or story.about for story in stories})
    pods = len({(one.best.subject.namespace, one.best.subject.pod) for one in begun if one.best.subject.pod})
    head, verb = SUMMARIES[kind]
    until = max(one.best.latest if kind in LASTING else one.best.at for one in begun)
    if all(story.service.name for story in stories):
        what = _of_services(kind, len(names), pods)
        words = (*what, *between(first.since, until, setting), *why(kind, begun))
        shown = next((most for most in range(_NAMES, 1, -1) if fits((*words, Word(f" ({some(names, most)})")))), 1)
        words += (Word(f" ({some(names, shown)})"),)
    else:
        # Pods without a service have many names; one of them shows what they are.
        what = sentence(text("" if head.endswith("ods of") else head), number(f"{pods} pods"))
        example = f" ({names[0]} and {len(names) - 1} more)" if len(names) > 1 else f" ({names[0]})"
        words = (*what, Word(f" {verb}"), *between(first.since, until, setting), *why(kind, begun), Word(example))
    return [row(first, "befall many", kind, words, occurrences, at=first.since, end=until, exact=first.first)]


def _of_services(kind: Kind, services: int, pods: int) -> Words:
    """`14 pods of 5 services cannot be scheduled`, `Containers of 5 services crash: 14 pods`."""
    head, verb = SUMMARIES[kind]
    those = number(f"{services} services")
    if not pods:
        return sentence(text(head), those, text(NOT_CREATED if kind == Kind.POD_START_FAILED else verb))
    if head.endswith("ods of"):
        new = "new " if head.startswith("New") else ""
        return sentence(number(f"{pods} {new}{'pod' if pods == 1 else 'pods'}"), text("of"), those, text(verb))
    return (*sentence(text(head), those, text(verb)), Word(": "), *number(so_many(pods)))
