"""The context in which stories are judged: weights, affected services and links of the whole window."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field

from collector.changes import begun, infrastructure, last_changes
from collector.effects import in_window, last_seen, weight
from collector.links import Link, LinkKind
from collector.node_costs import crowded, emptied
from collector.scope import Scope
from collector.services.service import Service, without_environment
from collector.stories.flags import beside, is_shared
from collector.stories.job_runs import ran_with
from collector.stories.nodes import waves
from collector.stories.story import Story, StoryType
from collector.window import Window

STANDING = timedelta(hours=6)
"""A condition that has lasted this long when the window begins is not news."""
THRESHOLD_SHARE = 0.3
"""A story that weighs less than this fraction of the strongest effect has no row by itself."""
MINIMUM_WEIGHT = 20.0
"""A story below this weight has a row by itself only if no story reaches this weight."""
MANY_NODES = 6
"""How many nodes must come or go in one wave to be news by themselves."""
FEW = 3
"""Up to this many weak effects can each have a row, if nothing stronger happened."""
LASTING = frozenset({StoryType.ALERT, StoryType.SYMPTOM, StoryType.PODS, StoryType.NODE, StoryType.JOB})


class Context(Struct):
    """Facts about the whole window, computed before the first story is judged."""

    window: Window
    scope: Scope
    stories: Mapping[str, Story]
    links: Sequence[Link]
    weights: dict[str, float] = field(default_factory=dict)
    threshold: float = 0
    knows_production: bool = False
    """Whether any story is about an environment that serves users; if none is, the other environments count."""
    affected: frozenset[Service] = frozenset()
    """Services with an effect above the threshold (a rollback is one), and those that notes name."""
    began: datetime | None = None
    """When the first of those effects began."""
    infrastructure: frozenset[str] = frozenset()
    """Ids of infrastructure changes before those effects, and of later ones in the same place."""
    links_of: Mapping[str, Sequence[Link]] = field(default_factory=dict)
    """The links of each story, by its id."""
    waves: frozenset[str] = frozenset()
    """Ids of node stories in waves, if something cost users or pods or the wave has MANY_NODES."""
    alarming: frozenset[str] = frozenset()
    """Names of the alerts that have rows of their own; a silence of one of them has a row, too."""
    unowned: frozenset[tuple[str, str]] = frozenset()
    """Cluster and namespace of pods in trouble that belong to no service: something there creates these pods."""
    emptied: frozenset[str] = frozenset()
    """Ids of the stories of drained nodes that ran pods of affected services."""
    crowded: frozenset[str] = frozenset()
    """Ids of the stories of nodes that took pods of several services with them."""
    last_changes: frozenset[str] = frozenset()
    """Ids of the last change of each service before the first effect on it; see `collector.changes`."""

    beside: frozenset[str] = frozenset()
    """Ids of changes of no known service (flags, shared configuration) shortly before an effect begins or ends, and of
    those that revert them.
    """
    ran_with: frozenset[str] = frozenset()
    """Ids of Job runs that coincide with an effect."""

    _visible: dict[str, bool] = field(default_factory=dict)

    def is_longstanding(self, story: Story) -> bool:
        """Whether it had already lasted longer than STANDING when the window began, and so is not news."""
        return story.type in LASTING and story.first.best.earliest < self.window.start - STANDING

    def in_other_environment(self, story: Story) -> bool:
        """Whether its environment serves no users, while one that does is known."""
        return self.knows_production and story.service.serves_no_users

    def counts(self, story: Story) -> bool:
        """Whether it cost about as much as the worst of the window, or its service is affected."""
        strong = 0 < self.threshold <= self.weights.get(story.id, 0)
        return strong or (without_environment(story.service) in self.affected and not self.in_other_environment(story))

    def beside_unowned(self, story: Story) -> bool:
        """Whether it is in a namespace where pods that belong to no service are in trouble."""
        return (story.service.cluster, story.service.namespace) in self.unowned and not self.in_other_environment(story)

    def visible(self, story: Story) -> bool:
        """Whether any of it may have happened in the window, or it lasted into the window."""
        known = self._visible.get(story.id)
        if known is None:
            known = self._visible[story.id] = self._is_visible(story)
        return known

    def _is_visible(self, story: Story) -> bool:
        if story.type in LASTING:
            return self.window.overlaps(story.first.best.earliest, last_seen(story, self.window))
        return any(in_window(one, self.window) for one in story.occurrences())

    def linked(self, story: Story, kind: LinkKind, *, as_one: bool) -> list[Story]:
        """The stories that links of this kind connect to it; it is their `one` if `as_one`, else their `other`."""
        found = []
        for link in self.links_of.get(story.id, ()):
            own, other = (link.one, link.other) if as_one else (link.other, link.one)
            if link.kind == kind and own == story.id and other in self.stories:
                found.append(self.stories[other])
        return found


def survey(stories: Sequence[Story], links: Sequence[Link], window: Window, scope: Scope) -> Context:
    """The context in which the stories of this window are judged."""
    context = Context(window, scope, {story.id: story for story in stories}, links)
    of: dict[str, list[Link]] = {}
    for link in links:
        of.setdefault(link.one, []).append(link)
        of.setdefault(link.other, []).append(link)
    context.links_of = of
    seen = [story for story in stories if context.visible(story)]
    context.knows_production = any(
        not story.service.serves_no_users for story in seen if story.service.name and story.type != StoryType.WARNING
    )
    for story in seen:
        if not context.is_longstanding(story) and not context.in_other_environment(story):
            context.weights[story.id] = weight(story, window)
    context.threshold = _threshold([each for each in context.weights.values() if each > 0])
    effects = [story for story in seen if 0 < context.threshold <= context.weights.get(story.id, 0)]
    context.affected = frozenset(
        without_environment(story.service) for story in effects if story.service.name
    ) | _named(context)
    context.began = min((story.first.best.earliest for story in effects), default=None)
    until = max((last_seen(story, window) for story in effects), default=window.end)
    context.infrastructure = infrastructure(seen, effects, until)
    nodes_seen = [story for story in seen if story.type == StoryType.NODE]
    counted = [
        wave for wave in waves(nodes_seen) if context.threshold or len({story.about for story in wave}) >= MANY_NODES
    ]
    context.waves = frozenset(story.id for wave in counted for story in wave)
    context.alarming = frozenset(
        story.about for story in seen if story.type == StoryType.ALERT and context.counts(story)
    )
    context.unowned = frozenset(
        (story.service.cluster, story.service.namespace)
        for story in effects
        if story.type == StoryType.PODS and story.service.namespace and not story.service.name
    )
    context.emptied = emptied(nodes_seen, context.affected)
    context.crowded = crowded(links, context.stories)
    context.last_changes = last_changes(stories, begun(effects) if effects else _first_notes(context))
    context.beside = _beside(context, effects)
    jobs = (story for story in stories if story.type == StoryType.JOB_RUN and not context.in_other_environment(story))
    context.ran_with = ran_with(jobs, effects)
    return context


def _threshold(weights: Sequence[float]) -> float:
    """The least weight for a row of its own; 0 if no story weighs anything.

    A single crash is news in a window where little else went wrong, but not where many pods crash a little.
    """
    strongest = max(weights, default=0)
    if strongest < MINIMUM_WEIGHT and len(weights) <= FEW:
        return THRESHOLD_SHARE * strongest
    return min(strongest, max(MINIMUM_WEIGHT, THRESHOLD_SHARE * strongest))


def _named(context: Context) -> frozenset[Service]:
    """The services that people name in their notes."""
    linked = (context.stories[link.other] for link in context.links if link.kind == LinkKind.NAMES)
    names = {story.service.name.lower() for story in linked}
    named = (story for story in context.stories.values() if story.service.name.lower() in names) if names else ()
    return frozenset(without_environment(story.service) for story in named if not context.in_other_environment(story))


def _first_notes(context: Context) -> dict[Service, datetime]:
    """When a note first named each service: the only sign of an effect if no source shows one."""
    began: dict[Service, datetime] = {}
    for link in context.links:
        if link.kind != LinkKind.NAMES:
            continue
        note, named = context.stories[link.one], context.stories[link.other]
        service = without_environment(named.service)
        earlier = service not in began or note.since < began[service]
        if earlier and context.visible(note) and not context.in_other_environment(named):
            began[service] = note.since
    return began


def _beside(context: Context, effects: Sequence[Story]) -> frozenset[str]:
    asked = context.scope.services
    felt = [story for story in effects if not asked or story.service.name in asked]
    changes = [story for story in context.stories.values() if story.type == StoryType.FLAG or is_shared(story)]
    found = beside([change for change in changes if not context.in_other_environment(change)], felt)
    pairs = [(link.one, link.other) for link in context.links if link.kind == LinkKind.ROLLS_BACK]
    return found | {one for pair in pairs if found.intersection(pair) for one in pair}
