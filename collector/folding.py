"""Folding: one cause over many services is one row, and so is what happened alike to many at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from collector.context import Context
from collector.links import LinkKind
from collector.stories.nodes import waves
from collector.stories.story import Story, StoryType

MOST_ROWS = 40
"""So many rows a table has at most, unless more was asked for; what is alike is folded until it fits."""
_MANY = 4
"""So many workloads with one trouble at once have one row."""
_TOGETHER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Stories that have their rows together; mostly one."""

    stories: tuple[Story, ...]
    under: tuple[Story, ...] = ()
    """Stories that are folded into those rows, because the first ones explain them."""
    brief: bool = False
    """One row for all of it."""


def fold(chosen: Sequence[Story], context: Context) -> list[Bundle]:
    """The stories that have rows, those together that share one."""
    asked = {story.id for story in chosen if story.service.name in context.scope.services}
    free = [story for story in chosen if story.id not in asked and story.id not in context.scope.pins]
    bundles, taken = _nodes(free, context)
    for manner in sorted({story.manner for story in free if story.type == StoryType.PODS}):
        alike = [s for s in free if s.type == StoryType.PODS and s.manner == manner and s.id not in taken]
        alike = [s for s in alike if not context.linked(s, LinkKind.PODS_OF, as_one=True)]
        for together in _stretches(alike):
            if len(together) >= _MANY:
                bundles.append(Bundle(tuple(together)))
                taken |= {story.id for story in together}
    return bundles + [Bundle((story,)) for story in chosen if story.id not in taken]


def fold_further(bundles: Sequence[Bundle]) -> list[Bundle] | None:
    """The largest group of single stories that are alike made one; None if nothing is left to fold."""
    groups: dict[tuple[StoryType, str], list[Bundle]] = {}
    for bundle in bundles:
        if len(bundle.stories) == 1 and bundle.stories[0].type != StoryType.NOTE:
            groups.setdefault((bundle.stories[0].type, bundle.stories[0].manner), []).append(bundle)
    largest = max(groups.values(), key=lambda group: (len(group), group[0].stories[0].id), default=[])
    if len(largest) < 2:
        return None
    stories = tuple(story for bundle in largest for story in bundle.stories)
    under = tuple(story for bundle in largest for story in bundle.under)
    taken = {id(bundle) for bundle in largest}
    rest = [bundle for bundle in bundles if id(bundle) not in taken]
    return [*rest, Bundle(stories, under, brief=True)]


def _nodes(free: Sequence[Story], context: Context) -> tuple[list[Bundle], set[str]]:
    """Nodes that went the same way at once, with the pods of several services that went with them."""
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
    """Those that began without a long pause between them together."""
    groups: list[list[Story]] = []
    for story in sorted(alike, key=lambda story: (story.since, story.id)):
        if groups and story.since - groups[-1][-1].since <= _TOGETHER:
            groups[-1].append(story)
        else:
            groups.append([story])
    return groups
