"""Finds pipelines that may have started a rollout or another pipeline: they share an id, at about the same time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from collector.spans import Overlaps
from collector.stories.story import Story

Span = tuple[datetime, datetime]
AFTER = timedelta(minutes=5)
"""Longest time from the reported end of a CI deploy to the start of its rollout."""
_LATER = timedelta(minutes=30)
"""The same if both share an id, and not only the service: a GitOps tool takes a while to see a push by CI."""
_OF_SERVICE = ("version ", "config_commit ")
"""Ids that tie two parts only if they are of one service; a version also ties a service outside the cluster."""


def index_of(pipelines: Sequence[Story], spans: Sequence[Span | None], names: frozenset[str]) -> Mapping[str, Overlaps]:
    """The pipelines by those ids that can tie them to another part; see `strength.evidence`."""
    reaches: dict[str, list[tuple[datetime, datetime, int]]] = {}
    for at, (pipeline, span) in enumerate(zip(pipelines, spans, strict=True)):
        if not span:
            continue
        own = pipeline.service.name
        # A thousand services may have one version, or be changed by one commit of the configuration.
        kept = {key for key in _ids(pipeline) if not key.startswith(_OF_SERVICE) or key.endswith(f" of {own}")}
        if own not in names:
            kept |= {key for key in _ids(pipeline) if key.startswith("version ")}
        for key in kept:
            later = AFTER if key.startswith("service ") else _LATER
            reaches.setdefault(key, []).append((span[0], span[1] + later, at))
    return {key: Overlaps(ours) for key, ours in reaches.items()}


def near(story: Story, index: Mapping[str, Overlaps], *, alike: bool = False) -> list[int]:
    """The pipelines that share an id with it and, judging by the times, may have started it.

    With `alike`, a version or commit of the configuration ties only pipelines of the same service.
    """
    keys = {key for key in _ids(story) if key in index}
    if alike:
        own = f" of {story.service.name}"
        keys = {key for key in keys if not key.startswith(_OF_SERVICE) or key.endswith(own)}
    return sorted({at for key in keys for at in index[key].at(story.since)})


def _ids(story: Story) -> Iterator[str]:
    """The ids of a part; it shares at least one with its pipeline."""
    keys = story.keys
    if story.service.name:
        yield f"service {story.service.name}"
    if len(keys.commit) >= 7:
        yield f"commit {keys.commit[:7]}"
    for name in ("version", "digest", "config_commit", "release", "application"):
        if value := getattr(keys, name):
            yield f"{name} {value}"
            if name in ("version", "config_commit"):
                yield f"{name} {value} of {story.service.name}"
