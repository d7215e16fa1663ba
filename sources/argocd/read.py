"""Makes Events from Applications and the Events about them."""

from collections.abc import Iterable, Iterator

from collector.event import SECOND, Event, order
from collector.source import BadAnswer, Document, Gap, Seen, each
from collector.window import Window
from sources.argocd.actions import action_events
from sources.argocd.deploys import deploy_events, path_of
from sources.argocd.hydrations import failure_events
from sources.argocd.items import Application, read_application
from sources.argocd.notices import Notice, notices
from sources.argocd.settings import ArgocdSettings
from sources.argocd.subjects import subject_of
from sources.argocd.syncs import syncs
from sources.cluster.event_objects import path
from sources.cluster.fields import get
from sources.gitops.event_objects import Report, read_report
from sources.gitops.lead import LEAD


def read(
    documents: Iterable[Document], window: Window, source: str, settings: ArgocdSettings
) -> Iterator[Event | Gap | Seen]:
    """See `ArgocdSource.read`."""
    applications: dict[tuple[str, str], Application] = {}
    about: dict[tuple[str, str], dict[str, Notice]] = {}
    gaps: list[Gap] = []
    for document in documents:
        try:
            items = get(document.json(), "items")
        except BadAnswer as error:
            gaps.append(Gap(error.reason, error.hint))
            continue
        parse = read_application if document.call == "applications" else read_report
        for found in each(items, parse, document.call):
            if isinstance(found, Gap):
                gaps.append(found)
            elif isinstance(found, Application):
                key = (found.namespace, found.name)
                # If an Application changed meanwhile, its copies differ; the kept one does not depend on their order.
                applications[key] = max(found, applications.get(key, found), key=repr)
            elif isinstance(found, Report) and found.record.kind == "Application":
                where = about.setdefault((found.record.about_namespace, found.record.about), {})
                where |= {one.uid: one for one in notices(found, path(found.record))}
    ours = {key: one for key, one in applications.items() if not settings.projects or one.project in settings.projects}
    yield from sorted(_events(ours, about, window, source, settings), key=order)
    yield from sorted(set(gaps), key=repr)
    yield from _held_back(ours.values())
    yield from _horizon(ours, window, settings)


def _events(
    applications: dict[tuple[str, str], Application],
    about: dict[tuple[str, str], dict[str, Notice]],
    window: Window,
    source: str,
    settings: ArgocdSettings,
) -> Iterator[Event]:
    since = window.start - LEAD
    for key, application in sorted(applications.items()):
        # An Application of Applications is no service: its child Applications have their own syncs.
        if application.parent:
            continue
        subject = subject_of(application, settings)
        found = syncs(application, about.get(key, {}).values())
        if any((sync.end or sync.start).latest >= since for sync in found):
            yield from deploy_events(application, subject, found, source, settings)
        failed = application.hydrations.failed
        if failed is not None and failed.ended.latest >= since:
            instance = f"{settings.url or 'argocd'} {settings.cluster}"
            yield from failure_events(failed, subject, key, path_of(application), source, instance)
        yield from action_events(application, subject, about.get(key, {}).values(), source)


def _held_back(applications: Iterable[Application]) -> Iterator[Gap]:
    """A Gap for Applications that an ApplicationSet may hold back, since it may sync them one after the other."""
    behind = sorted(f"{one.name} of {one.set}" for one in applications if one.set and one.synced[0] == "OutOfSync")
    if behind:
        names = ", ".join(behind[:3]) + (" and more" if behind[3:] else "")
        reason = f"{len(behind)} Applications of ApplicationSets are out of sync ({names})"
        hint = "`kubectl get applicationsets -o yaml` has that in status.applicationStatus"
        yield Gap(f"{reason}: whether they wait for their turn was not asked", hint)


def _horizon(
    applications: dict[tuple[str, str], Application], window: Window, settings: ArgocdSettings
) -> Iterator[Gap | Seen]:
    """How far back the histories go; older entries were overwritten."""
    cut = [
        application
        for application in applications.values()
        if len(application.history) >= application.limit
        and not application.parent
        and (not application.history or application.history[0].deployed.latest > window.start)
    ]
    of = f"deploys by argocd {settings.cluster}".rstrip()
    if cut:
        oldest = max((one.history[0].deployed.earliest for one in cut if one.history), default=window.end)
        names = ", ".join(sorted(one.name for one in cut)[:5]) + (" and more" if cut[5:] else "")
        until = min(max(oldest, window.start), window.end)
        reason = f"the history of {names} reaches back to {until:%Y-%m-%d %H:%M:%SZ} only"
        yield Gap(reason, "raise revisionHistoryLimit of the Application", about=of, span=(window.start, until))
    if not applications:
        yield Gap("no Applications at all", "does the account, or the token, see none?")
    else:
        yield Seen(of, "syncs", window.start, window.end, SECOND)
