"""Hooks of a release that migrate a database: their times are kept even when their Jobs are long gone."""

from collections.abc import Iterator
from datetime import timedelta

from collector.event import Event, Identity, Subject
from collector.manner import Manner
from sources.deploy_facts import Deploy, deploy_failed, deploy_started, deploy_succeeded
from sources.fact import Fact, Moment, report
from sources.gitops.migrations import is_migration
from sources.helm.deploys import path
from sources.helm.items import Hook
from sources.helm.revisions import Revision, ran_in
from sources.helm.settings import HelmSettings

_RUNS = ("pre-install", "post-install", "pre-upgrade", "post-upgrade", "pre-rollback", "post-rollback")


def migration_events(revision: Revision, subject: Subject, source: str, settings: HelmSettings) -> Iterator[Event]:
    """Start and end of each migration that ran in this revision, by the clock of the machine that ran Helm."""
    record = revision.record
    for hook in record.hooks:
        if not _is_migration(hook) or hook.started is None or not ran_in(revision, hook):
            continue
        release = f"{record.namespace}/{record.release}"
        about = f"{release} v{record.number} {hook.name}"
        details = (f"{hook.kind} {hook.name}", f"release {release} revision {record.number}")
        # A migration ships no version by itself, and its end is not the end of the release.
        keys = Identity(release=release, deployment=f"helm {about}", component=f"migration {hook.name}")
        migration = Deploy(subject, f"helm {subject.cluster} {about}", "", Manner.MIGRATION, details)
        for fact, when in _facts(migration, hook, hook.started):
            yield report(fact, when, source=source, native_id=about, keys=keys, query=path(record, settings))


def _is_migration(hook: Hook) -> bool:
    # Only Jobs and Pods do something.
    return hook.kind in ("Job", "Pod") and is_migration(hook.name) and any(event in _RUNS for event in hook.events)


def _facts(migration: Deploy, hook: Hook, started: Moment) -> Iterator[tuple[Fact, Moment]]:
    yield deploy_started(migration), started
    completed = hook.completed
    if completed is None or completed.earliest < started.earliest - timedelta(seconds=1):
        return
    if hook.phase == "Succeeded":
        yield deploy_succeeded(migration), completed
    elif hook.phase == "Failed":
        yield deploy_failed(migration), completed
