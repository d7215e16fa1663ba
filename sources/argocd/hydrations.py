"""Applications of which Argo CD commits the rendered manifests to a branch before a sync (`spec.sourceHydrator`).

People commit to the dry source; what is synced is a commit that Argo CD made from it. Argo CD keeps only the latest
hydration, and the latest successful one.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from collector.event import Event, Identity, Subject
from sources.cluster.fields import get, moment, text
from sources.deploy_facts import Deploy, deploy_failed, deploy_started
from sources.fact import Moment, report

FIELDS = ("startedAt", "finishedAt", "phase", "message", "drySHA", "hydratedSHA")
_NONE: tuple[tuple[str, str], ...] = ()


class Hydrations(Struct, frozen=True):
    """The hydrations that are still in the status of an Application."""

    sources: tuple[tuple[str, str], ...] = _NONE
    """Commits that were synced, each with the commit that it was rendered from."""
    failed: "FailedHydration | None" = None

    def dry(self, hydrated: str) -> str:
        """The commit that this one was rendered from; empty if unknown."""
        return dict(self.sources).get(hydrated, "")


class FailedHydration(Struct, frozen=True):
    """The latest hydration, if it failed: nothing was committed, so nothing was synced."""

    started: Moment
    ended: Moment
    dry: str
    """The commit that could not be rendered; empty if Argo CD failed before it knew the commit."""
    message: str


def read_hydrations(status: Any) -> Hydrations:
    """The hydrations in the status of an Application; any field may be missing."""
    last, now = (get(status, "sourceHydrator", key) for key in ("lastSuccessfulOperation", "currentOperation"))
    pairs = {(text(one, "hydratedSHA"), text(one, "drySHA")) for one in (last, now)}
    started, ended = moment(get(now, "startedAt")), moment(get(now, "finishedAt"))
    failed = None
    if text(now, "phase") == "Failed" and started is not None and ended is not None:
        failed = FailedHydration(started, ended, text(now, "drySHA"), text(now, "message"))
    return Hydrations(tuple(sorted(pair for pair in pairs if all(pair))), failed)


def failure_events(
    failed: FailedHydration, subject: Subject, where: tuple[str, str], query: str, source: str, instance: str
) -> Iterator[Event]:
    """Start and end of a deploy that failed before any sync; `where` is the namespace and name of the Application."""
    namespace, name = where
    key = f"{namespace}/{name}/hydration/{failed.started.earliest:%Y-%m-%dT%H:%M:%SZ}"
    commit = f"config commit {failed.dry[:7]}" if failed.dry else ""
    deploy = Deploy(subject, f"{instance} {key}", details=(f"application {name}", commit))
    keys = Identity(application=f"{namespace}/{name}", config_commit=failed.dry, deployment=key)
    for fact, when, reason in (
        (deploy_started(deploy), failed.started, ""),
        (deploy_failed(deploy, failed.message), failed.ended, failed.message),
    ):
        yield report(fact, when, source=source, native_id=key, keys=keys, query=query, reason=reason)
