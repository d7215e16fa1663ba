"""Queue items that wait for an executor, or for another build to end."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from sources.jenkins.causes import Causes, causes
from sources.jenkins.items import at, parameters
from sources.jenkins.paths import job_of
from sources.json_fields import line


class Waiting(Struct, frozen=True):
    """A build that was requested and has not begun."""

    id: int
    job: tuple[str, ...]
    since: datetime
    why: str
    causes: Causes
    parameters: Mapping[str, str]


def waiting(item: Any) -> Iterator[Waiting]:
    """Parse an item of the queue. Raises what `collector.source.each` counts.

    Yields nothing for a part of a Pipeline that waits for an agent, because its build already runs.
    """
    task = item["task"]
    job = job_of(line(task.get("url")))
    if not job:
        return
    listed = item.get("actions")
    actions = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    number = item["id"]
    if isinstance(number, bool) or not isinstance(number, int):
        raise TypeError("an id is a number")
    yield Waiting(number, job, at(item["inQueueSince"]), line(item.get("why")), causes(actions), parameters(actions))
