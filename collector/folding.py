"""Folding: one row for one cause over many services, and for the same trouble of many at once."""

from collections.abc import Callable, Hashable, Iterable, Sequence, Set
from datetime import datetime, timedelta

from msgspec import Struct

from collector.context import Context
from collector.links import LinkKind
from collector.phases.words import marks_a_phase
from collector.stories.nodes import waves
from collector.stories.story import Story, StoryType
from collector.stretches import stretches

MOST_ROWS = 40
"""Maximum rows of a table, unless more were asked for; similar stories are folded until they fit."""
_MANY = 4
"""This many workloads with the same trouble at once share one row."""
_TOGETHER = timedelta(minutes=10)


class Bundle(Struct, frozen=True):
    """Stories that share their rows; usually only one."""

    stories: tuple[Story, ...]
    under: tuple[Story, ...] = ()
    """Stories that are folded into those rows, because the first ones explain them."""
    brief: bool = False
    """Whether all of them have a single row."""


def fold(stories: Sequence[Story], context: Context) -> list[Bundle]:
    """Bundle the stories that share rows."""
    asked = {story.id for story in stories if story.service.name in context.scope.services}
    free = [story for story in stories if story.id not in asked and story.id not in context.scope.pins]
    bundles, taken = _nodes(free, context)
    groups: dict[tuple[str, ...], list[Story]] = {}
    for story in free:
        if story.id not in taken and (sort := _folding_key(story, context)):
            groups.setdefault(sort, []).append(story)
    for _, alike in sorted(groups.items()):
        for together in _stretches(alike):
            places = {(story.service, story.about) for story in together}
            if len(together if together[0].type == StoryType.PODS else places) >= _MANY:
                bundles.append(Bundle(tuple(together)))
                taken |= {story.id for story in together}
    return bundles + [Bundle((story,)) for story in stories if story.id not in taken]


def _folding_key(story: Story, context: Context) -> tuple[str, ...]:
    """The key shared by stories that a reader sees as one; empty if the story stays by itself."""
    deploys = context.linked(story, LinkKind.PODS_OF, as_one=True) if story.type == StoryType.PODS else []
    if story.type == StoryType.PODS and not any(context.visible(deploy) for deploy in deploys):
        return (story.type, story.manner)
    if story.type == StoryType.ALERT and story.service.name and story.since >= context.window.start:
        return (story.type, story.about)
    if story.type == StoryType.SYMPTOM and story.service.name:
        return (story.type, story.manner, story.about)
    return ()


def fold_alike(bundles: Sequence[Bundle], pins: Set[str]) -> list[Bundle] | None:
    """Join the largest group of single stories of one type and manner; None if no two are alike.

    Pinned stories keep their own rows.
    """
    _, others = _unpinned(bundles, pins)
    return _folded(bundles, _largest(others, lambda one: len(one.stories) == 1, lambda one: (one.type, one.manner)))


def fold_further(bundles: Sequence[Bundle], too_many: int, pins: Set[str]) -> list[Bundle] | None:
    """Join less similar stories if the table still has `too_many` rows over the limit; None if nothing is left to fold.

    Notes are first, then the most frequent type.
    """
    notes, others = _unpinned(bundles, pins)
    return _folded(bundles, _notes(notes, too_many) or _largest(others, lambda _: True, lambda one: one.type))


def _unpinned(bundles: Iterable[Bundle], pins: Set[str]) -> tuple[list[Bundle], list[Bundle]]:
    """The bundles without pinned stories, which may be folded: notes, and the others."""
    free = [bundle for bundle in bundles if not pins or not any(story.id in pins for story in bundle.stories)]
    notes = [bundle for bundle in free if bundle.stories[0].type == StoryType.NOTE]
    return notes, [bundle for bundle in free if bundle.stories[0].type != StoryType.NOTE]


def _folded(bundles: Iterable[Bundle], groups: Sequence[Sequence[Bundle]]) -> list[Bundle] | None:
    """The bundles, with each group joined into one; None without groups."""
    if not groups:
        return None
    taken = {id(bundle) for group in groups for bundle in group}
    rest = [bundle for bundle in bundles if id(bundle) not in taken]
    return [*rest, *(_together(group) for group in groups)]


def _notes(notes: Sequence[Bundle], too_many: int) -> list[list[Bundle]]:
    """The notes grouped by time. Notes that mark a phase of the incident are grouped only if no others can be."""
    single = [one for one in notes if len(one.stories) == 1]
    plain = [one for one in single if not marks_a_phase(one.stories[0].about)]
    for some in (plain, single):
        if groups := stretches(some, _since, too_many):
            return groups
    return [list(notes)] if len(notes) > 1 else []


def _since(bundle: Bundle) -> datetime:
    return bundle.stories[0].since


def _largest(
    bundles: Iterable[Bundle], applies: Callable[[Bundle], bool], sort: Callable[[Story], Hashable]
) -> list[list[Bundle]]:
    """The bundles of the most frequent sort; none if no sort has two."""
    groups: dict[Hashable, list[Bundle]] = {}
    for bundle in bundles:
        if applies(bundle):
            groups.setdefault(sort(bundle.stories[0]), []).append(bundle)
    largest = max(groups.values(), key=lambda group: (len(group), group[0].stories[0].id), default=[])
    return [largest] if len(largest) > 1 else []


def _together(group: Sequence[Bundle]) -> Bundle:
    stories = tuple(story for bundle in group for story in bundle.stories)
    return Bundle(stories, tuple(story for bundle in group for story in bundle.under), brief=True)


def _nodes(free: Sequence[Story], context: Context) -> tuple[list[Bundle], set[str]]:
    """Bundles of nodes that came or went together, with pods of several services that went too; and all ids in them."""
    bundles: list[Bundle] = []
    taken: set[str] = set()
    ids = {story.id for story in free}
    lost = [story for story in free if story.type == StoryType.NODE]
    together = waves(lost)
    in_waves = {story.id for wave in together for story in wave}
    for nodes in (*together, *([story] for story in lost if story.id not in in_waves)):
        pods = {
            story.id: story
            for node in nodes
            for story in context.linked(node, LinkKind.ON_NODE, as_one=False)
            if story.id in ids and story.id not in taken
        }
        services = {story.service for story in pods.values()}
        under = tuple(pods.values()) if len(services) > 1 else ()
        bundles.append(Bundle(tuple(nodes), under))
        taken |= {story.id for story in (*nodes, *under)}
    return bundles, taken


def _stretches(alike: Iterable[Story]) -> list[list[Story]]:
    """Groups of stories that each begin at most _TOGETHER after the one before."""
    groups: list[list[Story]] = []
    for story in sorted(alike, key=lambda story: (story.since, story.id)):
        if groups and story.since - groups[-1][-1].since <= _TOGETHER:
            groups[-1].append(story)
        else:
            groups.append([story])
    return groups
