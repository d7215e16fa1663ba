"""The pipeline: from Events to the timeline, each step one pure function in a module of its own."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from collector.accounting import account, decide
from collector.changes import CHANGES
from collector.clocks import shifted, skews
from collector.context import Context, survey
from collector.coverage import Coverage, complemented
from collector.event import Event, Kind
from collector.gather import Gathered
from collector.links import Link, link
from collector.merge import Occurrence, merge
from collector.namespaces import split
from collector.phases.find import phases_of_each
from collector.phases.muted import muted
from collector.pins import unknown_ids, with_stories
from collector.result import Decision, Timeline
from collector.row import Evidence, Plot, Row, Word
from collector.scope import Scope
from collector.services.resolve import Directory
from collector.significance import Rule, judge
from collector.stories.build import build_stories
from collector.stories.history import history_of
from collector.stories.story import Story, StoryType
from collector.unknown_names import unknown_namespaces, unknown_services
from collector.window import Window
from collector.wording.named import named_lines
from collector.wording.ordering import after_causes, in_order
from collector.wording.rows import FEW, plain_rows, worded

__all__ = ["Coverage", "Draft", "Evidence", "Plot", "Row", "Scope", "Timeline", "Word", "draft", "explained_draft"]


class Draft(Struct, frozen=True):
    """A timeline with the intermediate results that explain it."""

    timeline: Timeline
    stories: Sequence[tuple[Story, Rule]]
    decisions: Sequence[Decision]
    links: Sequence[Link]
    context: Context
    directory: Directory
    silent: Sequence[Event]
    """Events without a meaning of their own."""


def draft(gathered: Gathered, window: Window, scope: Scope) -> Timeline:
    """The timeline of `window`. The same evidence gives the same Timeline, whatever order it came in."""
    return explained_draft(gathered, window, scope).timeline


def explained_draft(gathered: Gathered, window: Window, scope: Scope) -> Draft:
    """The same, with its intermediate results."""
    inside, elsewhere = split(gathered, scope)
    events = list(shifted(inside, scope.clock_offsets))
    # In a large cluster nine of ten Events have no meaning of their own.
    silent = [event for event in events if event.kind == Kind.OTHER]
    occurrences = merge(event for event in events if event.kind != Kind.OTHER)
    directory = Directory.of((one.best.subject for one in occurrences), gathered.names, scope.aliases)
    stories = build_stories(occurrences, directory, window, history_of(gathered.events))
    links = link(stories)
    context = survey(stories, links, window, with_stories(scope, stories))
    verdicts = [(story, judge(story, context)) for story in stories]
    with_rows = [
        story for story, rule in verdicts if rule.outcome == "row" or _shown_in_full_detail(story, rule, context)
    ]
    all_rows = after_causes(worded(with_rows, context, _brief(verdicts)))
    rows = [row for row in all_rows if row.id not in scope.drops]
    decisions = decide(occurrences, verdicts, rows)
    if scope.full:
        rows = after_causes([*rows, *plain_rows(_without_rows(decisions, silent), context)])
    left_out = [] if scope.full else named_lines(verdicts, context)
    unknown = (
        *unknown_namespaces(scope.namespaces, gathered.events, gathered.names, gathered.namespaces),
        *unknown_services(scope.services, _services(gathered, stories) if scope.services else ()),
        *unknown_ids(scope.asked, stories, all_rows),
    )
    ids = {story.id for story in with_rows} | {part.id for story in with_rows for part in story.parts}
    timeline = Timeline(
        window=window,
        rows=in_order(rows),
        coverage=complemented(gathered.coverage, window),
        left_out=(*left_out, *unknown),
        unknown=unknown,
        events=len(gathered.events),
        accounting=account(decisions, silent, len(gathered.events) - len(events)),
        links=tuple(one for one in links if one.one in ids and one.other in ids),
        skews=skews(occurrences),
        decisions=decisions,
        silent=silent,
        elsewhere=elsewhere,
    )
    effects = [story for story in with_rows if context.weights.get(story.id, 0) > 0]
    scalings = [story for story in with_rows if story.type == StoryType.SCALING]
    worst, *others = phases_of_each(timeline.rows, effects, scalings, context.weights, window.tz, muted(stories))
    timeline = replace(timeline, phases=worst, other_phases=tuple(others))
    return Draft(timeline, verdicts, decisions, links, context, directory, silent)


def _services(gathered: Gathered, stories: Sequence[Story]) -> set[str]:
    """The names of all services in the evidence."""
    return {event.subject.service for event in gathered.events} | {story.service.name for story in stories}


def _shown_in_full_detail(story: Story, rule: Rule, context: Context) -> bool:
    """Whether --detail full gives the story rows, as it does to all stories that are only named, except notes."""
    return context.scope.full and rule.outcome == "named" and story.type != StoryType.NOTE


def _brief(verdicts: Sequence[tuple[Story, Rule]]) -> frozenset[str]:
    """The ids of changes that have one row each: those of a calm window with more than FEW of them."""
    calm = [story.id for story, rule in verdicts if rule.name == "calm window" and story.type in CHANGES]
    return frozenset(calm if len(calm) > FEW else ())


def _without_rows(decisions: Sequence[Decision], silent: Sequence[Event]) -> list[Occurrence]:
    """The Occurrences without a row."""
    return [one.occurrence for one in decisions if one.outcome != "row"] + merge(silent)
