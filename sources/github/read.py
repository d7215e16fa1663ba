"""Makes Events from documents: what happened according to runs, deployments and their statuses."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from collector.source import BadAnswer, Document, Gap
from sources.github import deploys, run_deploys, runs
from sources.github.actions import CONCLUSIONS
from sources.github.evidence import Evidence
from sources.github.items import STATES
from sources.github.place import Place
from sources.github.settings import GithubSettings
from sources.unknown_states import unknown_states


def read(documents: Iterable[Document], source: str, settings: GithubSettings) -> Iterator[Event | Gap]:
    """See `GithubSource.read`."""
    places = {repository: Place(settings, repository) for repository in settings.every}
    every = {repository: Evidence() for repository in places}
    for document in documents:
        try:
            yield from every[_repository(document, places)].add(document)
        except BadAnswer as error:
            yield Gap(error.reason, error.hint)
    for repository, place in places.items():
        evidence = every[repository]
        for _, run in sorted(evidence.runs.items(), key=lambda pair: int(pair[0])):
            yield from runs.events(run, source, place)
        yield from deploys.events(evidence, source, place)
        yield from run_deploys.events(evidence, source, place)
        yield from run_deploys.unnamed(evidence, place)
        yield from _unknown(evidence, repository)


def _unknown(evidence: Evidence, repository: str) -> Iterator[Gap]:
    states = (one.state for ours in evidence.statuses.values() for one in ours.values())
    yield from unknown_states(f"deployments of {repository}", states, STATES)
    ends = [one.conclusion for one in evidence.runs.values()] + [one.conclusion for one in evidence.jobs.values()]
    yield from unknown_states(f"runs of {repository}", ends, CONCLUSIONS)


def _repository(document: Document, places: dict[str, Place]) -> str:
    """The repository of a document: the name after the address, else the first repository."""
    _, _, named = document.asked.rpartition(" of ")
    return named if named in places else next(iter(places))
