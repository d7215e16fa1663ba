"""One deploy by Flux, or one attempt, and its Events."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from collector.event import Event, Identity
from collector.manner import Manner
from sources.deploy_facts import (
    Deploy,
    deploy_failed,
    deploy_requested,
    deploy_started,
    deploy_succeeded,
    deploy_superseded,
)
from sources.fact import Fact, Moment, report
from sources.flux.items import Deployer

_STAMPED = timedelta(seconds=5)
"""A start in a shorter interval than this comes from a timestamp."""


class Applied(Struct, frozen=True, kw_only=True):
    """One deploy of a Kustomization or HelmRelease."""

    id: str
    """Unique within its Kustomization or HelmRelease."""
    keys: Identity
    start: Moment | None = None
    end: Moment | None = None
    end_known: bool = True
    """Whether `end` is a timestamp; else every time in that interval is equally likely."""
    outcome: str = "succeeded"
    """`succeeded`, `failed`, `superseded`, `running`, `requested` or `unknown`."""
    why: str = ""
    manner: Manner = Manner.PLAIN
    details: tuple[str, ...] = ()
    query: str = ""


def events(applied: Applied, deployer: Deployer, path: str, source: str) -> Iterator[Event]:
    """Its start and end, if known."""
    subject = deployer.subject
    deploy = Deploy(
        subject,
        f"flux {subject.cluster} {deployer.label} {applied.id}",
        version=applied.keys.version,
        manner=applied.manner,
        details=(deployer.label, *applied.details),
    )

    def event(fact: Fact, when: Moment, *, at: datetime | None = None, reason: str = "") -> Event:
        return report(
            fact,
            when,
            source=source,
            native_id=f"{deployer.label} {applied.id}",
            at=at,
            keys=applied.keys,
            query=applied.query or path,
            reason=reason,
        )

    if applied.start is not None:
        fact = deploy_requested(deploy) if applied.outcome == "requested" else deploy_started(deploy)
        # If nothing shows when it began, that was most likely shortly before its end.
        unknown = applied.end is not None and applied.start.latest - applied.start.earliest > _STAMPED
        yield event(fact, applied.start, at=applied.end.earliest if applied.end is not None and unknown else None)
    if applied.end is not None and applied.outcome == "succeeded":
        yield event(deploy_succeeded(deploy), applied.end)
    elif applied.end is not None and applied.outcome == "superseded":
        yield event(deploy_superseded(deploy), applied.end)
    elif applied.end is not None and applied.outcome == "failed":
        yield event(deploy_failed(deploy, applied.why), applied.end, reason=applied.why)
