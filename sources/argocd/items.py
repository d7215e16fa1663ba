"""The parts of Applications that we need; any field may be missing or of another type."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from sources.argocd.hydrations import Hydrations, read_hydrations
from sources.cluster.fields import count, get, moment, objects, strings, text
from sources.cluster.fields import line as one_line
from sources.fact import Moment
from sources.gitops.services import WORKLOADS, Workload

_CHILDREN = frozenset({"Application", "ApplicationSet"})


class Origin(Struct, frozen=True):
    """One source of an Application, and its applied revision."""

    repository: str
    path: str
    chart: str
    revision: str
    """A commit of the configuration, or the version of a chart."""
    images: tuple[str, ...]
    """Images in the source's own parameters, as `name:tag`, or as `:tag` if only the tag is given."""
    variant: int
    """Sources of one Application with the same number are equal in everything, including values."""


class Initiator(Struct, frozen=True):
    """Who requested a sync: a person, or the controller itself."""

    name: str = ""
    automated: bool = False


class Entry(Struct, frozen=True):
    """One history entry: a successful sync of the whole Application."""

    id: str
    origins: tuple[Origin, ...]
    started: Moment | None
    deployed: Moment
    by: Initiator


class Operation(Struct, frozen=True):
    """The latest operation, with any outcome."""

    phase: str
    message: str
    started: Moment
    finished: Moment | None
    retries: int
    by: Initiator
    only: tuple[str, ...]
    """The resources that it was limited to, as `Kind/name`; empty if not limited."""
    dry_run: bool
    healing: bool
    """Whether it reverts manual changes in the cluster."""
    origins: tuple[Origin, ...]
    images: tuple[str, ...]
    """The images in its result, which Argo CD reports since 3.1."""
    hooks: tuple[str, ...]
    """The hooks that ran, as `PreSync Job/migrate`."""
    link: str
    """A link that its initiator added, for example to a CI run."""


class Application(Struct, frozen=True):
    """One Application."""

    namespace: str
    name: str
    project: str
    labels: tuple[tuple[str, str], ...]
    destination: tuple[str, str]
    """Server and name of the cluster that it deploys to."""
    target: str
    """The namespace that it deploys to."""
    workloads: tuple[Workload, ...]
    parent: bool
    """Whether it deploys other Applications, and nothing with pods."""
    set: str
    """The ApplicationSet that generated it."""
    automated: bool
    synced: tuple[str, tuple[str, ...]]
    """The sync status of the cluster, and the wanted revisions."""
    images: tuple[str, ...]
    """The images that run now."""
    limit: int
    """Maximum number of entries in its history."""
    history: tuple[Entry, ...]
    operation: Operation | None
    hydrations: Hydrations = Hydrations()


def read_application(item: Any) -> Iterator[Application]:
    """Read one Application. Raises ValueError if it has no name."""
    name = text(item, "metadata", "name")
    if not name:
        raise ValueError("an Application without a name")
    status, spec = get(item, "status"), get(item, "spec")
    resources = objects(status, "resources")
    kinds = {text(each, "kind") for each in resources}
    limit = count(spec, "revisionHistoryLimit")
    owners = objects(item, "metadata", "ownerReferences")
    entries = [entry for each in objects(status, "history") for entry in _entry(each)]
    yield Application(
        namespace=text(item, "metadata", "namespace"),
        name=name,
        project=text(spec, "project"),
        labels=tuple(sorted(strings(item, "metadata", "labels").items())),
        destination=(text(spec, "destination", "server"), text(spec, "destination", "name")),
        target=text(spec, "destination", "namespace"),
        workloads=tuple(
            sorted(
                Workload(text(each, "namespace"), text(each, "kind"), text(each, "name"))
                for each in resources
                if text(each, "kind") in WORKLOADS and text(each, "name")
            )
        ),
        parent=bool(kinds & _CHILDREN) and not kinds & set(WORKLOADS),
        set=next((text(each, "name") for each in owners if text(each, "kind") == "ApplicationSet"), ""),
        automated=get(spec, "syncPolicy", "automated") is True,
        synced=(text(status, "sync", "status"), _revisions(get(status, "sync"))),
        images=_texts(get(status, "summary", "images")),
        limit=10 if limit is None else limit,
        history=tuple(sorted(entries, key=lambda entry: (entry.deployed, len(entry.id), entry.id))),
        operation=_operation(get(status, "operationState")),
        hydrations=read_hydrations(status),
    )


def _entry(item: Any) -> Iterator[Entry]:
    deployed = moment(item.get("deployedAt"))
    if deployed is not None:
        started = moment(item.get("deployStartedAt"))
        begun = started if started is not None and started.earliest <= deployed.latest else None
        number = count(item, "id")
        yield Entry(
            "" if number is None else str(number), _origins(item), begun, deployed, _initiator(get(item, "initiatedBy"))
        )


def _operation(state: Any) -> Operation | None:
    started = moment(get(state, "startedAt"))
    if started is None:
        return None
    sync, result = get(state, "operation", "sync"), get(state, "syncResult")
    results = objects(result, "resources")
    hooks = [f"{text(each, 'hookType')} {text(each, 'kind')}/{text(each, 'name')}" for each in results if _hook(each)]
    return Operation(
        phase=text(state, "phase"),
        message=text(state, "message"),
        started=started,
        finished=moment(get(state, "finishedAt")),
        retries=count(state, "retryCount") or 0,
        by=_initiator(get(state, "operation", "initiatedBy")),
        only=tuple(f"{text(each, 'kind')}/{text(each, 'name')}" for each in objects(sync, "resources")),
        dry_run=get(sync, "dryRun") is True,
        healing=bool(count(sync, "autoHealAttemptsCount")),
        origins=_origins(result) if get(result, "revision") or get(result, "revisions") else _origins(sync),
        images=tuple(image for each in results for image in _texts(each.get("images"))),
        hooks=tuple(sorted(hooks)),
        link=next((text(each, "value") for each in objects(state, "operation", "info")), ""),
    )


def _hook(result: Any) -> bool:
    return bool(text(result, "hookType")) and text(result, "hookType") not in ("Skip", "SyncFail", "PostDelete")


def _origins(of: Any) -> tuple[Origin, ...]:
    revisions = _revisions(of)
    sources = objects(of, "sources")
    # A sync that was only requested has revisions but no sources.
    sources += [{}] * (len(revisions) - len(sources))
    found = []
    for at, source in enumerate(sources):
        found.append(
            Origin(
                repository=text(source, "repoURL"),
                path=text(source, "path"),
                chart=text(source, "chart"),
                revision=revisions[at] if at < len(revisions) else "",
                images=(*(_kustomized(each) for each in _texts(source.get("images"))), *_parameters(source)),
                variant=count(source, "variant") or 0,
            )
        )
    return tuple(found)


def _kustomized(override: str) -> str:
    """The image in a kustomize override, written `name=other:tag` or `name:tag`."""
    return override.partition("=")[2] or override


def _parameters(source: Any) -> Iterator[str]:
    for each in objects(source, "parameters"):
        name, value = text(each, "name").lower(), text(each, "value")
        if value and (name == "image" or name.endswith(("tag", ".image"))):
            yield value if ":" in value or "/" in value else f":{value}"


def _revisions(of: Any) -> tuple[str, ...]:
    several = _texts(get(of, "revisions"))
    return several or tuple(filter(None, (text(of, "revision"),)))


def _initiator(of: Any) -> Initiator:
    return Initiator(text(of, "username"), get(of, "automated") is True)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(one_line(each) for each in value if isinstance(each, str)) if isinstance(value, list) else ()
