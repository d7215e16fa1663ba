"""Converts the revisions of a release to deploys."""

from collections.abc import Iterator
from urllib.parse import quote

from msgspec.structs import replace

from collector.event import Event, Identity, Subject
from sources.cluster.facts.workloads import workload_deleted
from sources.deploy_facts import Deploy, deploy_failed, deploy_started, deploy_succeeded
from sources.fact import Fact, Moment, report
from sources.gitops.images import shipped
from sources.gitops.services import Workload
from sources.helm.items import Record
from sources.helm.revisions import Revision
from sources.helm.settings import HelmSettings


def deploy_events(revision: Revision, subject: Subject, source: str, settings: HelmSettings) -> Iterator[Event]:
    """Start and end of one revision, and the removal of the release if its records were kept."""
    record = revision.record
    keys = keys_of(record, subject)
    before = keys_of(revision.before, subject).version if revision.before is not None else ""
    keys = replace(keys, replaces=before if before != keys.version else "")
    deploy = _deploy(revision, subject, keys)

    def event(fact: Fact, when: Moment, reason: str = "") -> Event:
        return report(
            fact,
            when,
            source=source,
            native_id=f"{record.namespace}/{record.release} v{record.number}",
            keys=keys,
            query=path(record, settings),
            reason=reason,
        )

    yield event(deploy_started(deploy), record.created)
    if revision.end is not None and revision.outcome == "succeeded":
        yield event(deploy_succeeded(deploy), revision.end)
    elif revision.end is not None and revision.outcome == "failed":
        yield event(deploy_failed(deploy, record.why), revision.end, record.why)
    gone = (record.deleted or record.modified) if record.status == "uninstalled" else None
    if gone is not None:
        yield from _uninstalled(record, subject, gone, source, settings)


def _uninstalled(
    record: Record, subject: Subject, gone: Moment, source: str, settings: HelmSettings
) -> Iterator[Event]:
    """The deletion of the release's workloads; of the release itself if these are not known."""
    for one in record.workloads or (Workload(record.namespace, "Release", record.release),):
        about = replace(subject, namespace=one.namespace, workload=f"{one.kind}/{one.name}")
        yield report(
            workload_deleted(about, one.kind, one.name, by="helm uninstall"),
            gone,
            source=source,
            native_id=f"{record.namespace}/{record.release} {one.kind}/{one.name}",
            keys=keys_of(record, subject),
            query=path(record, settings),
        )


def keys_of(record: Record, subject: Subject) -> Identity:
    """The ids of one revision of a release."""
    release = f"{record.namespace}/{record.release}"
    return replace(
        shipped(record.images, subject.service, record.release),
        release=release,
        chart=record.chart,
        revision=str(record.number),
        deployment=f"helm {release} v{record.number}",
    )


def path(record: Record, settings: HelmSettings) -> str:
    """The API path of the record."""
    kind = "secrets" if settings.driver == "secret" else "configmaps"
    return f"/api/v1/namespaces/{quote(record.namespace)}/{kind}/{quote(record.name)}"


def _deploy(revision: Revision, subject: Subject, keys: Identity) -> Deploy:
    record = revision.record
    release = f"{record.namespace}/{record.release}"
    return Deploy(
        subject,
        f"helm {subject.cluster} {release} v{record.number}",
        version=keys.version or keys.commit[:7],
        manner=revision.manner,
        details=(
            f"release {release} revision {record.number}",
            f"chart {record.chart}" if record.chart else "",
            f"back to revision {record.back_to}" if record.back_to is not None else "",
            record.status if record.status.startswith("pending") else "",
            f"right after revision {record.number - 1} failed" if revision.after_failure else "",
        ),
    )
