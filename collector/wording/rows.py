"""The rows of stories, each type in its own wording."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import islice

from collector.changes import PRELUDE
from collector.context import Context
from collector.folding import MOST_ROWS, Bundle, fold, fold_alike, fold_further
from collector.merge import Occurrence
from collector.row import Row, Word, WordKind
from collector.services.service import Service
from collector.stories.story import Step, Story, StoryType
from collector.wording.alerts import alert_rows
from collector.wording.deploys import brief_rows, deploy_rows
from collector.wording.many import many_alert_rows, many_surge_rows, many_symptom_rows
from collector.wording.many_pods import many_rows
from collector.wording.others import node_rows, replaced_rows, scaling_rows, single_rows
from collector.wording.pods import pods_rows
from collector.wording.sentence import occurrence_id
from collector.wording.setting import Setting, deployed_to_several
from collector.wording.summary import summary_row
from collector.wording.symptoms import symptom_rows

_WORDINGS: Mapping[StoryType, Callable[[Story, Setting], list[Row]]] = {
    StoryType.DEPLOY: deploy_rows,
    StoryType.ALERT: alert_rows,
    StoryType.PODS: pods_rows,
    StoryType.JOB: pods_rows,
    StoryType.SCALING: scaling_rows,
    StoryType.REPLACED: replaced_rows,
}
_TOGETHER: Mapping[StoryType, Callable[[Sequence[Story], Setting], list[Row]]] = {
    StoryType.PODS: many_rows,
    StoryType.ALERT: many_alert_rows,
}
FEW = 6
"""Up to this many deploys in a calm window have all their rows; if there are more, each has one row."""


def worded(stories: Sequence[Story], context: Context, brief: frozenset[str]) -> list[Row]:
    """The rows of these stories, folded until they are few enough; `brief` are the ids of those with one row each."""
    names = _distinguished_by(story.service for story in context.stories.values() if context.visible(story))
    setting = Setting(context, names, deployed_to_several(context), stories)
    bundles, pins = fold(stories, context), context.scope.pins
    done: dict[tuple[str, ...], list[Row]] = {}
    limited = not context.scope.services and not context.scope.full
    while limited and _too_many(bundles, setting, brief, done) and (further := fold_alike(bundles, pins)):
        bundles = further
    while True:
        rows = _rows(bundles, setting, brief, done)
        too_many = len(rows) - MOST_ROWS
        if too_many <= 0 or not limited:
            return rows
        further = fold_alike(bundles, pins) or fold_further(bundles, too_many, pins)
        if further is None:
            return rows
        bundles = further


def _distinguished_by(services: Iterable[Service]) -> dict[str, list[str]]:
    """For each name, the fields in which the services of that name differ."""
    places: dict[str, set[tuple[str, str]]] = {}
    for one in services:
        places.setdefault(one.name, set()).add((one.cluster, one.namespace))
    return {
        name: [
            field for at, field in enumerate(("cluster", "namespace")) if len({place[at] for place in found} - {""}) > 1
        ]
        for name, found in places.items()
        if name
    }


def plain_rows(rest: Sequence[Occurrence], context: Context) -> list[Row]:
    """A row for everything else that happened in the window, in its source's words; for --detail full."""
    window = context.window
    rows = []
    for one in rest:
        best = one.best
        if window.overlaps(best.earliest, best.latest):
            words = (Word(best.summary, WordKind.QUOTE),)
            id_ = occurrence_id(one)
            rows.append(
                Row(id_, best.at, None, words, best.kind, best.subject.service, (one,), "", best.earliest, best.latest)
            )
    return rows


def _rows(
    bundles: Sequence[Bundle], setting: Setting, brief: frozenset[str], done: dict[tuple[str, ...], list[Row]]
) -> list[Row]:
    """The rows of all bundles; `done` caches those of each, by its stories, for when others are folded further."""
    rows = [each for bundle in bundles if not _is_symptom(bundle) for each in _shown_of(bundle, setting, brief, done)]
    reported = {id(one) for each in rows for one in each.occurrences}
    for bundle in bundles:
        if _is_symptom(bundle):
            ends = _symptoms(bundle.stories, setting, reported)
            rows += [each for each in ends if _shown(each, bundle.stories[0], setting.context)]
    return rows


def _symptoms(stories: Sequence[Story], setting: Setting, reported: Set[int]) -> list[Row]:
    """The rows of symptoms, without starts and ends in the rows of other stories (`reported`: their id())."""
    if len(stories) == 1:
        return [each for each in symptom_rows(stories[0], setting) if id(each.occurrences[0]) not in reported]
    ends = {
        step: [story for story in stories if any(id(one) not in reported for one in story.at(step))]
        for step in (Step.STARTED, Step.ENDED)
    }
    return many_surge_rows(stories, setting) + many_symptom_rows(ends[Step.STARTED], ends[Step.ENDED], setting)


def _too_many(
    bundles: Sequence[Bundle], setting: Setting, brief: frozenset[str], done: dict[tuple[str, ...], list[Row]]
) -> bool:
    """Whether there are surely too many rows; of thousands, only as many are worded as it takes to know."""
    rows = (each for bundle in bundles if not _is_symptom(bundle) for each in _shown_of(bundle, setting, brief, done))
    return sum(1 for _ in islice(rows, MOST_ROWS + 1)) > MOST_ROWS


def _is_symptom(bundle: Bundle) -> bool:
    """Whether it is a symptom, or several that are alike, that may be part of the rows of other stories."""
    return not bundle.brief and bundle.stories[0].type == StoryType.SYMPTOM


def _shown_of(
    bundle: Bundle, setting: Setting, brief: frozenset[str], done: dict[tuple[str, ...], list[Row]]
) -> Iterator[Row]:
    """The rows of a bundle that are shown."""
    key = tuple(story.id for story in bundle.stories)
    ours = done.get(key)
    if ours is None:
        ours = done[key] = _of(bundle, setting, brief)
    return (each for each in ours if _shown(each, bundle.stories[0], setting.context))


def _of(bundle: Bundle, setting: Setting, brief: frozenset[str]) -> list[Row]:
    first = bundle.stories[0]
    if bundle.brief:
        return [summary_row(bundle, setting)]
    if first.type == StoryType.NODE:
        return node_rows(bundle.stories, bundle.under, setting)
    if len(bundle.stories) > 1:
        return _TOGETHER[first.type](bundle.stories, setting)
    if first.id in brief and first.type == StoryType.DEPLOY:
        return brief_rows(first, setting)
    return _WORDINGS.get(first.type, single_rows)(first, setting)


def _begins(each: Row, story: Story) -> bool:
    """Whether the row reports what a story begins with, which lasts until its end."""
    first = each.occurrences[0]
    return first.kind == story.first.kind and not {"change", "surge"} & first.best.numbers.keys()


def _shown(each: Row, story: Story, context: Context) -> bool:
    """Whether a row of a story that has rows is in the window, lasts into it, or explains it from before."""
    window = context.window
    explains = story.id in context.last_changes or story.id in context.beside
    if story.type == StoryType.DEPLOY or story.id in context.scope.pins or explains:
        return window.start - PRELUDE <= each.at <= window.end
    end = each.end or each.latest or each.at
    if story.type in (StoryType.ALERT, StoryType.SYMPTOM) and _begins(each, story):
        end = each.end or window.end
    return window.overlaps(min(each.earliest or each.at, each.at), max(each.at, end))
