"""Applications as far as we need them, out of objects in which anything may be missing or of another type."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from sources.cluster.fields import count, get, moment, objects, strings, text
from sources.cluster.fields import line as one_line
from sources.fact import Moment
from sources.gitops.services import WORKLOADS, Workload

_CHILDREN = frozenset({"Application", "ApplicationSet"})


class Origin(Struct, frozen=True):
    """One source of an Application, and the revision of it that was applied."""

    repository: str
    path: str
    chart: str
    revision: str
    """A commit of the configuration, or the version of a chart."""
    images: tuple[str, ...]
    """Images that the source's own parameters name, as `name:tag` or, where only the tag is named, `:tag`."""
    variant: int
    """Two sources of one Application with the same number are equal in everything, values included."""


class Initiator(Struct, frozen=True):
    """Who asked for a sync: a person, or the controller itself."""

    name: str = ""
    automated: bool = False


class Entry(Struct, frozen=True):
    """One entry of the history: a whole sync that succeeded."""

    id: str
    origins: tuple[Origin, ...]
    started: Moment | None
    deployed: Moment
    by: Initiator


class Operation(Struct, frozen=True):
    """The latest operation, whatever came of it."""

    phase: str
    message: str
    started: Moment
    finished: Moment | None
    retries: int
    by: Initiator
    only: tuple[str, ...]
    """The resources that it was limited to, as `Kind/name`; none: all."""
    dry_run: bool
    healing: bool
    """It puts back what somebody changed in the cluster."""
    origins: tuple[Origin, ...]
    images: tuple[str, ...]
    """That its result names, since Argo CD 3.1."""
    hooks: tuple[str, ...]
    """The hooks that ran, as `PreSync Job/migrate`."""
    link: str
    """That whoever asked left with it: a run of CI."""


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
    """It deploys other Applications, and nothing that has pods."""
    set: str
    """The ApplicationSet that made it."""
    automated: bool
    synced: tuple[str, tuple[str, ...]]
    """Whether the cluster is as wanted, and the revisions that are wanted."""
    images: tuple[str, ...]
    """What runs now."""
    limit: int
    """How many entries its history has at most."""
    history: tuple[Entry, ...]
    operation: Operation | None


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
    # A sync that was only asked for has revisions and no sources.
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
    """`name=other:tag` and `name:tag` are how kustomize's images are written."""
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
