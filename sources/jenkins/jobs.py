"""The jobs in an answer about a folder, and its subfolders that the answer does not include."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from collector.source import Gap, each
from sources.jenkins.items import Job, at
from sources.jenkins.tree import JOBS
from sources.json_fields import line


class UnreadFolder(Struct, frozen=True):
    """A folder, or the rest of one, that needs a request of its own."""

    names: tuple[str, ...]
    start: int = 0


def jobs(body: Any, folder: tuple[str, ...], start: int = 0) -> Iterator[Job | UnreadFolder | Gap]:
    """Every job in the answer about `folder`, which begins with job number `start`."""
    listed = body.get("jobs") if isinstance(body, dict) else None
    if listed is None:
        return
    multibranch = _is_multibranch(body)
    if isinstance(listed, list) and len(listed) >= JOBS:
        yield UnreadFolder(folder, start + JOBS)

    def parse(item: Any) -> Iterator[Job | UnreadFolder | Gap]:
        name = line(item["name"])
        if not name or "/" in name:
            raise ValueError("no name of a job")
        names = (*folder, name)
        if "jobs" in item:
            yield from jobs(item, names)
        elif "color" not in item:
            yield UnreadFolder(names)
        else:
            last = item.get("lastBuild")
            known = isinstance(last, dict) and last.get("timestamp") is not None
            begun = at(last["timestamp"]) if known else None
            ended = begun and begun + (at(last.get("duration") or 0) - at(0))
            running = known and (last.get("building") is True or not last.get("duration"))
            yield Job(names, multibranch, begun, None if running else ended)

    yield from each(listed, parse, f"jobs of {'/'.join(folder) or 'Jenkins'}")


def _is_multibranch(body: Any) -> bool:
    return "MultiBranchProject" in line(body.get("_class"))
