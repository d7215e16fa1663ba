"""Which stories have rows: a table of rules. The first rule that applies decides."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from collector.changes import CHANGES
from collector.context import Context
from collector.deploy_rules import not_started, put_back, refused, under_what_fails, undone
from collector.event import Kind
from collector.links import LinkKind
from collector.services.service import without_environment
from collector.stories.scaling import resized, storm
from collector.stories.story import Step, Story, StoryType

Outcome = Literal["row", "named", "dropped"]
"""`named`: mentioned under the table, by name or in a count of its kind."""


class Rule(Struct, frozen=True):
    """One reason for a story to have rows or none."""

    name: str
    """What `explain` prints."""
    outcome: Outcome
    applies: Callable[[Story, Context], bool]
    because: str


def judge(story: Story, context: Context) -> Rule:
    """The first rule that applies."""
    for rule in RULES:
        if rule.applies(story, context):
            return rule
    raise AssertionError("the last rule applies to every story")


def _asked(story: Story, context: Context) -> bool:
    return story.service.name in context.scope.services


def _affected(story: Story, context: Context) -> bool:
    return without_environment(story.service) in context.affected and not context.in_other_environment(story)


def _effect(story: Story, context: Context) -> bool:
    return context.weights.get(story.id, 0) > 0


def _strong(story: Story, context: Context) -> bool:
    return 0 < context.threshold <= context.weights.get(story.id, 0)


def _change(story: Story, _: Context) -> bool:
    return story.type in CHANGES


def _routine(story: Story, context: Context) -> bool:
    """Whether it is everyday operation: small scaling, a node that joins or leaves, a replaced pod, a lone CI run."""
    if story.type == StoryType.SCALING and story.manner == "autoscaler":
        # A large resize is news only if its service is in trouble too, as with a load that its pods cannot take.
        return not (storm(story) or (resized(story) and _affected(story, context)))
    if story.type == StoryType.NODE:
        news = story.id in context.waves or story.id in context.emptied
        return story.manner != Kind.NODE_NOT_READY and not _on_node(story, context) and not news
    if story.type == StoryType.REPLACED:
        # Pods come and go. It is news if their service, or the pods it creates, are in trouble, or if somebody did it.
        return not (_affected(story, context) or context.beside_unowned(story) or story.actor)
    if story.type == StoryType.ANNOTATION and story.first.best.numbers.get("routine"):
        return True
    return story.type == StoryType.WARNING or not (story.at(Step.STARTED) or story.at(Step.ENDED))


def _on_node(story: Story, context: Context) -> bool:
    return any(context.linked(story, kind, as_one=False) for kind in (LinkKind.ON_NODE, LinkKind.FAILS_ON))


def _with_node(story: Story, context: Context) -> bool:
    """Whether its pods went with a node that took pods of several services: they share the row of the node."""
    nodes = context.linked(story, LinkKind.ON_NODE, as_one=True)
    return any(node.id in context.crowded and context.visible(node) for node in nodes)


def _small(story: Story, context: Context) -> bool:
    """Whether pods were unready at a cost below the threshold: one pod, away for a moment."""
    return story.manner == Kind.POD_UNREADY and context.weights.get(story.id, 0) < context.threshold


def _silence_of_a_row(story: Story, context: Context) -> bool:
    return story.type == StoryType.SILENCE and story.about in context.alarming


def _remark(story: Story, _: Context) -> bool:
    return story.type == StoryType.ANNOTATION and not story.service.name and bool(story.actor)


def _calm(story: Story, context: Context) -> bool:
    return not context.threshold and story.type in {*CHANGES, StoryType.ANNOTATION, StoryType.VOLUME}


def _quiet(story: Story) -> bool:
    return story.type in (StoryType.WARNING, StoryType.NODE) or not (story.at(Step.STARTED) or story.at(Step.ENDED))


def _stray(story: Story, _: Context) -> bool:
    return story.type == StoryType.FLAG and not story.service.name


def _in_window(story: Story, context: Context) -> bool:
    return context.visible(story)


RULES = (
    Rule("dropped by you", "dropped", lambda s, c: s.id in c.scope.drops, "--drop or the configuration names it"),
    Rule("pinned by you", "row", lambda s, c: s.id in c.scope.pins, "--pin or the configuration names it"),
    Rule(
        "note outside the window",
        "named",
        lambda s, c: s.type == StoryType.NOTE and not _in_window(s, c),
        "somebody wrote it down, for another time",
    ),
    Rule("note", "row", lambda s, _c: s.type == StoryType.NOTE, "somebody wrote it down"),
    Rule(
        "last change before the effect",
        "row",
        lambda s, c: s.id in c.last_changes and not c.scope.services and not c.in_other_environment(s),
        "nothing else of the service changed between it and the effect",
    ),
    Rule(
        "rolled back in the window",
        "row",
        lambda s, c: undone(s, c) and not c.scope.services and not c.in_other_environment(s),
        "it was rolled back in the window",
    ),
    Rule("change beside an effect", "row", lambda s, c: s.id in c.beside, "something began or ended minutes after it"),
    Rule("job beside an effect", "row", lambda s, c: s.id in c.ran_with, "an effect began and ended with it, or lasts"),
    Rule("other job", "dropped", lambda s, _c: s.type == StoryType.JOB_RUN, "nothing began and ended with it"),
    Rule("outside the window", "dropped", lambda s, c: not _in_window(s, c), "none of it happened in the window"),
    Rule("service asked for", "row", lambda s, c: _asked(s, c) and not _quiet(s), "--service names it"),
    Rule(
        "service not asked for",
        "named",
        lambda s, c: bool(c.scope.services) and bool(s.service.name),
        "--service names others",
    ),
    Rule("standing alert", "named", lambda s, c: c.is_longstanding(s), "it has fired for hours and says nothing new"),
    Rule("another environment", "named", lambda s, c: c.in_other_environment(s), "it serves no users"),
    Rule("preview", "named", lambda s, _c: s.service.preview, "it is made for one branch and thrown away"),
    Rule("silence of an alert in the table", "row", _silence_of_a_row, "somebody muted what the table shows"),
    Rule("remark", "row", _remark, "somebody marked it by hand"),
    Rule("put back as declared", "named", put_back, "a tool synced again what was declared already"),
    Rule(
        "refused while its service was affected",
        "row",
        lambda s, c: refused(s, c) and _affected(s, c),
        "somebody decided that it does not go on",
    ),
    Rule("not started", "named", not_started, "it was asked for, and has not begun"),
    Rule("infrastructure before an effect", "row", under_what_fails, "services of any name may run on it"),
    Rule("routine", "named", lambda s, c: _routine(s, c) and not _strong(s, c), "it happens every day without harm"),
    Rule("ready again", "dropped", lambda s, _c: s.manner == Kind.POD_RECOVERED, "that is how it should be"),
    Rule(
        "went with its node",
        "row",
        _with_node,
        "its node was lost or drained, and pods of other services went with it",
    ),
    Rule("momentary", "named", _small, "a pod was away for a moment"),
    Rule("strong effect", "row", _strong, "it cost about as much as the worst in the window"),
    Rule(
        "many nodes at once",
        "row",
        lambda s, c: s.id in c.waves,
        "several nodes came or went one after the other while something cost users or pods",
    ),
    Rule(
        "node that cost pods",
        "row",
        lambda s, c: s.id in c.emptied or (s.type == StoryType.NODE and _on_node(s, c)),
        "pods were lost with it or failed on it, or it was drained of those of an affected service",
    ),
    Rule(
        "effect on an affected service",
        "row",
        lambda s, c: _effect(s, c) and _affected(s, c),
        "something else of that service cost users or pods",
    ),
    Rule(
        "change of an affected service",
        "row",
        lambda s, c: (_change(s, c) or s.type == StoryType.ANNOTATION) and (_affected(s, c) or c.beside_unowned(s)),
        "something of that service, or pods of no service in its namespace, cost users or pods",
    ),
    Rule("calm window", "row", _calm, "nothing in the window cost anybody anything, so what changed is the news"),
    Rule("flag of no known service", "named", _stray, "no setting names its service, and nothing began or ended then"),
    Rule("weak effect", "named", _effect, "it cost far less than the worst in the window"),
    Rule("change of another service", "named", _change, "nothing of that service cost users or pods"),
    Rule("no harm", "named", lambda _s, _c: True, "nothing came of it"),
)
