"""Builds all stories from the Occurrences, each of which is in at most one story."""

import hashlib
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from collector.event import Kind
from collector.merge import Occurrence
from collector.services.resolve import Directory
from collector.stories import pipelines, rollouts
from collector.stories.alerts import KINDS as ALERTS
from collector.stories.alerts import alerts
from collector.stories.by_kind import ByKind
from collector.stories.deploys import deploys, marked
from collector.stories.flags import flags
from collector.stories.history import History
from collector.stories.nodes import KINDS as NODES
from collector.stories.nodes import nodes
from collector.stories.pods import KINDS as TROUBLES
from collector.stories.pods import troubles
from collector.stories.replaced import KINDS as REPLACEMENTS
from collector.stories.replaced import replacements
from collector.stories.scaling import KINDS as SCALINGS
from collector.stories.scaling import back_from_zero, scalings
from collector.stories.single import KINDS as SINGLES
from collector.stories.single import singles
from collector.stories.story import Step, Story
from collector.stories.symptoms import KINDS as SYMPTOMS
from collector.stories.symptoms import symptoms, with_surges
from collector.stories.withdrawn import with_withdrawals
from collector.window import Window


def build_stories(
    occurrences: Sequence[Occurrence], directory: Directory, window: Window, history: History
) -> list[Story]:
    """The stories in order of start, each with an id of its own."""
    seen = ByKind(with_withdrawals(occurrences))
    back = back_from_zero(seen.of(SCALINGS))
    returns = {id(one) for one in back}
    rolled = [one for one in seen.of(pipelines.KINDS | rollouts.KINDS) if id(one) not in returns]
    released = deploys(rolled, directory, history)
    held = {id(one) for deploy in released for one in deploy.occurrences()}
    stopped = [one for one in seen.of({Kind.POD_TERMINATED}) if id(one) not in held]
    annotations = seen.of({Kind.ANNOTATION})
    marks = marked(released, annotations, directory)
    felt = symptoms(seen.of(SYMPTOMS), directory)
    stories = [
        *_with_marks(released, annotations, marks),
        *with_surges(alerts(seen.of(ALERTS), directory), seen.of(SYMPTOMS), felt, directory),
        *felt,
        *troubles(seen.of(TROUBLES), directory),
        *nodes(seen.of(NODES), stopped, directory),
        *replacements(seen.of(REPLACEMENTS), held, released, directory),
        *scalings(seen.of(SCALINGS), back, directory),
        *flags(seen.of({Kind.FLAG_CHANGED}), directory),
        *singles(seen.of(SINGLES), held | marks.keys(), directory),
    ]
    return _identified(sorted(stories, key=_order), window)


def _with_marks(released: Sequence[Story], annotations: Iterable[Occurrence], marks: dict[int, Story]) -> list[Story]:
    ours: dict[int, list[Occurrence]] = {}
    for one in annotations:
        if id(one) in marks:
            ours.setdefault(id(marks[id(one)]), []).append(one)
    return [
        replace(deploy, steps={**deploy.steps, Step.MARKED: tuple(ours[id(deploy)])}) if id(deploy) in ours else deploy
        for deploy in released
    ]


def _order(story: Story) -> tuple[object, ...]:
    return (story.since, story.type, story.service, story.about, story.manner, story.first.best.native_id)


def _identified(stories: Sequence[Story], window: Window) -> list[Story]:
    """The same with ids: from the subject of each, and its number among those of that subject in or before the window.

    More evidence about a story, its times, the zone and the version of the program do not change its id.
    """
    counts: dict[str, int] = {}
    found = []
    for story in stories:
        before = story.until < window.start
        anchor = "\0".join([story.type, story.service.name, story.about, _manner(story), "before" if before else ""])
        counts[anchor] = counts.get(anchor, 0) + 1
        own = _hash(f"{anchor}\0{counts[anchor]}")
        parts = tuple(part.with_id(_hash(f"{own}\0{part.type}\0{_place(part)}")) for part in story.parts)
        found.append(story.with_id(own, parts))
    return found


def _place(part: Story) -> str:
    best = part.first.best
    keys = best.keys
    return best.subject.workload or keys.run or keys.deployment or keys.application or keys.release


def _manner(story: Story) -> str:
    """The manner for the id; empty for deploys and alerts, because only some evidence shows it."""
    return "" if story.type == "deploy" or story.type == "alert" else story.manner


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
