"""Events of the syncs of one Application, as deploys."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from msgspec.structs import replace

from collector.event import SECOND, Event, Identity, Subject
from sources.argocd.items import Application
from sources.argocd.settings import ArgocdSettings
from sources.argocd.syncs import Sync
from sources.deploy_facts import (
    Deploy,
    deploy_cancelled,
    deploy_failed,
    deploy_requested,
    deploy_started,
    deploy_succeeded,
    deploy_waiting,
)
from sources.fact import Fact, Moment, report
from sources.gitops.images import shipped
from sources.gitops.revisions import chart_version, config_commit


def deploy_events(
    application: Application, subject: Subject, syncs: Sequence[Sync], source: str, settings: ArgocdSettings
) -> Iterator[Event]:
    """Start and end of each sync."""
    before = ""
    for sync in syncs:
        keys = _keys(application, subject, sync, latest=_is_latest(application, syncs, sync))
        # If the version of a sync is unknown, it is also unknown whether it replaced another one.
        if before and keys.version and before != keys.version:
            keys = replace(keys, replaces=before)
        deploy = _deploy(application, subject, sync, keys, settings)
        for step in _steps(deploy, sync):
            yield report(
                step.fact,
                step.when,
                source=source,
                native_id=f"{application.namespace}/{application.name}/{sync.id}",
                at=sync.end.earliest if sync.end is not None and not _is_stamp(step.when) else None,
                keys=keys,
                numbers={"count": sync.count} if sync.count > 1 else {},
                actor=step.actor,
                url=sync.link or _page(application, settings),
                query=path_of(application),
                reason=step.reason,
            )
        if sync.outcome == "succeeded" and sync.whole:
            before = keys.version


class _Step(NamedTuple):
    fact: Fact
    when: Moment
    actor: str
    reason: str = ""


def _steps(deploy: Deploy, sync: Sync) -> Iterator[_Step]:
    if sync.outcome == "waiting":
        yield _Step(deploy_waiting(deploy, "its sync window"), sync.start, deploy.actor, sync.why)
        return
    if sync.outcome == "requested":
        yield _Step(deploy_requested(deploy), sync.start, deploy.actor)
        return
    yield _Step(deploy_started(deploy), sync.start, deploy.actor)
    if sync.end is None:
        return
    if sync.outcome == "succeeded":
        yield _Step(deploy_succeeded(deploy), sync.end, deploy.actor)
    elif sync.outcome == "cancelled":
        yield _Step(deploy_cancelled(deploy, sync.ended_by), sync.end, sync.ended_by)
    elif sync.outcome == "failed":
        yield _Step(deploy_failed(deploy, sync.why), sync.end, deploy.actor, sync.why)


def _is_stamp(when: Moment) -> bool:
    """Whether this is one timestamp, to the second. A start without a timestamp was probably shortly before the end."""
    return when.latest - when.earliest <= SECOND


def _deploy(application: Application, subject: Subject, sync: Sync, keys: Identity, settings: ArgocdSettings) -> Deploy:
    revisions = [
        _commit_words(config_commit(one.revision), application)
        if config_commit(one.revision)
        else f"chart {chart_version(one.chart, one.revision)}"
        if one.chart and one.revision
        else f"revision {one.revision}"
        if one.revision
        else ""
        for one in sync.origins
    ]
    return Deploy(
        subject,
        f"{settings.url or 'argocd'} {settings.cluster} {application.namespace}/{application.name} {sync.id}",
        version=keys.version or keys.commit[:7],
        manner=sync.manner,
        details=(
            f"application {application.name}" + (f" of ApplicationSet {application.set}" if application.set else ""),
            *dict.fromkeys(revisions),
            f"back to history {sync.back_to}" if sync.back_to else "",
            f"{sync.count} times" if sync.count > 1 else "",
            f"only {', '.join(sync.only[:3])}" + (" and more" if sync.only[3:] else "") if sync.only else "",
            ", ".join(sync.hooks[:3]),
            f"attempt {sync.retries + 1}" if sync.retries else "",
            "automated" if sync.by.automated else "",
        ),
        # An automated sync follows the policy of the Application, so it has no actor.
        actor=sync.by.name,
    )


def _commit_words(commit: str, application: Application) -> str:
    dry = application.hydrations.dry(commit)
    return f"config commit {dry[:7]}, rendered as {commit[:7]}" if dry else f"config commit {commit[:7]}"


def _is_latest(application: Application, syncs: Sequence[Sync], sync: Sync) -> bool:
    """Whether this sync applied what runs now: no later whole sync succeeded, and the cluster is in sync."""
    whole = [each for each in syncs if each.whole and each.outcome == "succeeded"]
    revisions = tuple(origin.revision for origin in sync.origins)
    status, wanted = application.synced
    return bool(whole) and whole[-1] is sync and status == "Synced" and revisions == wanted


def _keys(application: Application, subject: Subject, sync: Sync, *, latest: bool) -> Identity:
    # If a parameter names only the tag, the image is that of the service.
    named = [f"{subject.service}{image}" if image.startswith(":") else image for image in sync.images]
    known = shipped(named or (application.images if latest else ()), subject.service, application.name)
    # People and pipelines know a rendered commit by the commit that it was rendered from.
    commits = [origin for origin in sync.origins if config_commit(origin.revision)]
    with_path = [origin for origin in commits if origin.path]
    commit = config_commit((with_path or commits)[0].revision) if commits else ""
    chart = next((chart_version(one.chart, one.revision) for one in sync.origins if one.chart), "")
    return replace(
        known,
        application=f"{application.namespace}/{application.name}",
        config_commit=application.hydrations.dry(commit) or commit,
        chart=chart,
        deployment=f"{application.namespace}/{application.name}/{sync.id}",
    )


def path_of(application: Application) -> str:
    """Path of the Application in the API of its cluster."""
    namespace, name = quote(application.namespace), quote(application.name)
    return f"/apis/argoproj.io/v1alpha1/namespaces/{namespace}/applications/{name}"


def _page(application: Application, settings: ArgocdSettings) -> str:
    if settings.url is None:
        return ""
    return f"{settings.url}/applications/{quote(application.namespace)}/{quote(application.name)}"
