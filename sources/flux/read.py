"""Makes Events from Flux's objects and the Events about them."""

from collections.abc import Iterable, Iterator
from functools import partial

from collector.event import SECOND, Event, order
from collector.source import BadAnswer, Document, Gap, Seen, each
from collector.window import Window
from sources.cluster.fields import get, objects, text
from sources.flux import kustomizations, releases
from sources.flux.applied import Applied, events
from sources.flux.items import Artifact, Deployer, read_artifact, read_deployer
from sources.gitops.event_objects import Report, read_report
from sources.gitops.helm_statuses import STATUSES
from sources.gitops.lead import LEAD
from sources.unknown_states import unknown_states

_DEPLOYERS = {"kustomizations": "Kustomization", "helmreleases": "HelmRelease"}
_SOURCES = {"gitrepositories": "GitRepository", "ocirepositories": "OCIRepository"}
_PATHS = {
    "Kustomization": "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/{}/kustomizations/{}",
    "HelmRelease": "/apis/helm.toolkit.fluxcd.io/v2/namespaces/{}/helmreleases/{}",
}


def read(documents: Iterable[Document], window: Window, source: str, cluster: str) -> Iterator[Event | Gap | Seen]:
    """See `FluxSource.read`."""
    deployers: dict[tuple[str, str, str], Deployer] = {}
    artifacts: dict[tuple[str, str, str], Artifact] = {}
    reports: dict[tuple[str, str, str], dict[str, Report]] = {}
    gaps: set[Gap] = set()
    for document in documents:
        try:
            items = get(document.json(), "items")
        except BadAnswer as error:
            gaps.add(Gap(error.reason, error.hint))
            continue
        for found in _parsed(document.call, items, cluster):
            if isinstance(found, Gap):
                gaps.add(found)
            elif isinstance(found, Deployer):
                key = (found.kind, found.namespace, found.name)
                # If an object changed meanwhile, its copies differ; the kept one does not depend on their order.
                deployers[key] = max(found, deployers.get(key, found), key=repr)
            elif isinstance(found, Artifact):
                artifacts[found.key] = max(found, artifacts.get(found.key, found), key=repr)
            else:
                record = found.record
                about = reports.setdefault((record.kind, record.about_namespace, record.about), {})
                about[record.uid] = max(found, about.get(record.uid, found), key=repr)
    yield from sorted(_events(deployers, artifacts, reports, window, source), key=order)
    yield from sorted(gaps, key=repr)
    snapshots = (one for each in deployers.values() for one in objects(each.raw, "status", "history"))
    yield from unknown_states("releases", (text(one, "status") for one in snapshots), STATUSES)
    yield from _coverage(deployers.values(), window, cluster)


def _parsed(call: str, items: object, cluster: str) -> Iterator[Deployer | Artifact | Report | Gap]:
    if call in _DEPLOYERS:
        yield from each(items, partial(read_deployer, _DEPLOYERS[call], cluster=cluster), call)
    elif call in _SOURCES:
        yield from each(items, partial(read_artifact, _SOURCES[call]), call)
    elif call == "events":
        yield from each(items, read_report, call)


def _events(
    deployers: dict[tuple[str, str, str], Deployer],
    artifacts: dict[tuple[str, str, str], Artifact],
    reports: dict[tuple[str, str, str], dict[str, Report]],
    window: Window,
    source: str,
) -> Iterator[Event]:
    since = window.start - LEAD
    for key, deployer in sorted(deployers.items()):
        # A deployer of only other Kustomizations and HelmReleases is no deploy of a service; those are.
        if deployer.parent:
            continue
        about = list(reports.get(key, {}).values())
        found: Iterable[Applied]
        if deployer.kind == "Kustomization":
            found = kustomizations.applied(deployer, about, artifacts.get(deployer.source))
        else:
            found = releases.applied(deployer, about)
        path = _PATHS[deployer.kind].format(deployer.namespace, deployer.name)
        mine = [event for one in _unique(found) for event in events(one, deployer, path, source)]
        if any(event.latest >= since for event in mine):
            yield from mine


def _unique(found: Iterable[Applied]) -> list[Applied]:
    """One for each id: the first, which is the most exact."""
    by_id: dict[str, Applied] = {}
    for one in found:
        by_id.setdefault(one.id, one)
    return list(by_id.values())


def _coverage(deployers: Iterable[Deployer], window: Window, cluster: str) -> Iterator[Gap | Seen]:
    every = sorted(deployers, key=lambda one: one.label)
    suspended = [one.label for one in every if one.suspended]
    if suspended:
        names = ", ".join(suspended[:5]) + (f" and {len(suspended) - 5} more" if suspended[5:] else "")
        yield Gap(
            f"suspended, so that nothing new is applied: {names}", "since when and by whom, only an audit log shows"
        )
    # Kinds before v1 (HelmReleases before v2beta2) have no history.
    without = [one.label for one in every if one.conditions and not get(one.raw, "status", "history")]
    if without and not any(get(one.raw, "status", "history") for one in every):
        yield Gap(f"{len(without)} objects of Flux have no history: only Events show what they applied", "upgrade Flux")
    if not every:
        yield Gap("no Kustomizations and HelmReleases at all", "does Flux run in these namespaces?")
    else:
        yield Seen(f"deploys by flux {cluster}".rstrip(), "deploys", window.start, window.end, SECOND)
