"""The objects in the documents: jobs, builds and their stages, each once."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from msgspec import Struct, field

from collector.source import BadAnswer, Document, Gap, each
from sources.jenkins.flow import Flow, flow
from sources.jenkins.items import Build, Job, build
from sources.jenkins.jobs import jobs
from sources.jenkins.paths import build_of, job_of
from sources.jenkins.waiting import Waiting, waiting

BuildKey = tuple[tuple[str, ...], int]


class Evidence(Struct):
    """Builds and stages by job and number."""

    builds: dict[BuildKey, Build] = field(default_factory=dict)
    flows: dict[BuildKey, Flow] = field(default_factory=dict)
    branches: set[tuple[str, ...]] = field(default_factory=set)
    """The jobs of multibranch projects, one for each branch."""
    queue: dict[int, Waiting] = field(default_factory=dict)

    def is_branch(self, job: tuple[str, ...]) -> bool:
        """Whether the job belongs to a multibranch project; an encoded name is always that of a branch."""
        return job in self.branches or (len(job) > 1 and "%" in job[-1])

    def starter(self, one: Build) -> str:
        """The person who started the build, or who started the build that triggered it, and so on."""
        for _ in range(20):
            if one.causes.user or one.causes.upstream is None:
                return one.causes.user
            name, number = one.causes.upstream
            before = self.builds.get((tuple(name.split("/")), number))
            if before is None:
                return ""
            one = before
        return ""


def collect(documents: Iterable[Document], into: Evidence) -> Iterator[Gap]:
    """Fill `into`; returns the Gaps for unreadable parts."""
    for document in documents:
        try:
            yield from _add(document, document.json(), into)
        except BadAnswer as error:
            yield Gap(error.reason, error.hint)


def _add(document: Document, body: Any, into: Evidence) -> Iterator[Gap]:
    if not isinstance(body, dict):
        raise BadAnswer(f"{document.call}: expected an object, got {type(body).__name__}")
    names = job_of(document.asked)
    if document.call == "jobs":
        for one in jobs(body, names):
            if isinstance(one, Gap):
                yield one
            elif isinstance(one, Job) and one.multibranch:
                into.branches.add(one.names)
    elif document.call == "builds":
        listed = body.get("builds", body.get("allBuilds"))
        parse = partial(build, job=names)
        for found in each(listed, parse, f"builds of {'/'.join(names)}"):
            if isinstance(found, Gap):
                yield found
            else:
                _keep(found, into.builds)
    elif document.call == "stages":
        number = build_of(document.asked)
        for known in each([body], flow, f"stages of {'/'.join(names)} #{number}"):
            if isinstance(known, Gap):
                yield known
            elif number is not None:
                key = (names, number)
                into.flows[key] = max(known, into.flows.get(key, known), key=repr)
    elif document.call == "queue":
        for item in each(body.get("items"), waiting, "queue"):
            if isinstance(item, Gap):
                yield item
            else:
                into.queue[item.id] = item


def _keep(found: Build, into: dict[BuildKey, Build]) -> None:
    """Keep the later of two copies of a build that was fetched while it ran, whatever their order."""
    key = (found.job, found.number)
    known = into.get(key)
    if known is None or (not found.running, repr(found)) > (not known.running, repr(known)):
        into[key] = found
