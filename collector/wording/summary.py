"""One row for many stories that are alike, if a table would have more rows than anybody reads."""

from collections.abc import Sequence
from textwrap import shorten

from collector.event import Kind
from collector.folding import Bundle
from collector.merge import Occurrence
from collector.row import Row, Word
from collector.stories.story import Story, StoryType
from collector.wording.numbers import some
from collector.wording.pods import SUMMARIES
from collector.wording.sentence import Words, number, row, sentence, span, text
from collector.wording.setting import Setting

_MANY = {
    StoryType.DEPLOY: "deploys and rollouts",
    StoryType.ALERT: "alerts",
    StoryType.SYMPTOM: "services with unusual errors, latency or traffic",
    StoryType.CONFIG: "changes of configuration",
    StoryType.FLAG: "changes of feature flags",
    StoryType.SCALING: "changes of size",
    StoryType.JOB: "failed jobs",
    StoryType.NOTE: "notes",
    StoryType.PODS: "sorts of trouble with pods",
    StoryType.NODE: "changes of nodes",
    StoryType.DELETION: "deleted workloads",
    StoryType.HOLD: "pauses of rollouts",
    StoryType.REPLACED: "workloads with pods replaced",
    StoryType.JOB_RUN: "runs of Jobs",
    StoryType.VOLUME: "claims without a volume",
    StoryType.WARNING: "warnings",
    StoryType.SILENCE: "silences of alerts",
    StoryType.ANNOTATION: "annotations",
}
_QUOTED = 60
"""How many characters of each note are in a row about many."""


def summary_row(bundle: Bundle, setting: Setting) -> Row:
    """One row for all stories of the bundle."""
    stories = sorted(bundle.stories, key=lambda story: (story.since, story.id))
    first = stories[0]
    names = list(dict.fromkeys(_name(story) for story in stories))
    shown = some(names, 5)
    last = max(story.since for story in stories)
    words = _called(stories)
    words += (Word(" ("), *span(first.since, last, setting.tz), Word(f"): {shown}"))
    under: list[Occurrence] = [one for story in (*stories, *bundle.under) for one in story.occurrences()]
    return row(first, "many", first.first.kind, words, under, at=first.since, end=last, exact=first.first)


def _called(stories: Sequence[Story]) -> Words:
    """The words for all of them: `12 alerts`, `Pods of 20 workloads are not ready any more`."""
    manners = {story.manner for story in stories}
    places = len({(story.service, story.about) for story in stories})
    if stories[0].type == StoryType.PODS and len(manners) == 1:
        head, verb = SUMMARIES[Kind(stories[0].manner)]
        sort = "services" if all(story.service.name for story in stories) else "workloads"
        return sentence(text(head), number(f"{places} {sort}"), text(verb))
    return sentence(number(f"{len(stories)}"), text(_MANY[stories[0].type]))


def _name(story: Story) -> str:
    """The name that a reader knows; for a note its beginning, because `explain` and the JSON have it in full."""
    if story.type == StoryType.NOTE:
        return f"“{shorten(story.about, _QUOTED, placeholder=' …')}”"
    return story.service.name or story.about
