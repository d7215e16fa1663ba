"""Short ways to write events down in tests. All times are on 2026-04-01, in UTC."""

from datetime import UTC, datetime, timedelta
from typing import Any

from collector.event import Event, Identity, Kind, Subject
from collector.window import Window

WINDOW = Window(datetime(2026, 4, 1, 14, 0, tzinfo=UTC), datetime(2026, 4, 1, 14, 30, tzinfo=UTC))
_IDENTITY = set(Identity.__struct_fields__)
_SUBJECT = set(Subject.__struct_fields__)


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-04-01T{clock}+00:00").astimezone(UTC)


def event(kind: Kind, clock: str, summary: str = "", *, source: str = "", seconds: float = 1, **known: Any) -> Event:
    """An event that happened within `seconds` after `clock`; identity and subject fields by their names."""
    moment = at(clock)
    keys = Identity(**{name: known.pop(name) for name in list(known) if name in _IDENTITY})
    subject = Subject(**{name: known.pop(name) for name in list(known) if name in _SUBJECT})
    source = source or {"ci": "github", "de": "github", "al": "prom", "er": "prom", "no": "notes"}.get(kind[:2], "k8s")
    native = known.pop("native_id", f"{kind}/{clock}/{subject.pod or subject.service}{keys.run}{keys.deployment}")
    return Event(
        kind=kind,
        at=moment,
        earliest=moment,
        latest=moment + timedelta(seconds=seconds),
        summary=summary or f"{kind} at {clock}",
        source=source,
        native_id=native,
        subject=subject,
        keys=keys,
        **known,
    )


def deploy(start: str, end: str, number: int, commit: str, version: str, actor: str, **known: Any) -> list[Event]:
    """What CI tells of a deploy: the run and its deployment record."""
    keys = {"service": "checkout", "run": f"90{number}", "commit": commit * 40, "version": version, "actor": actor}
    keys |= {"environment": "production", "run_number": str(number), **known}
    return [
        event(Kind.RUN_STARTED, start, **keys),
        event(Kind.DEPLOY_STARTED, start, deployment=f"7{number}", **keys),
        event(Kind.DEPLOY_SUCCEEDED, end, deployment=f"7{number}", **keys),
        event(Kind.RUN_SUCCEEDED, end, **keys),
    ]


def rollout(kind: Kind, start: str, ready: str, end: str, version: str, replaces: str, **known: Any) -> list[Event]:
    """What a cluster tells of a rollout of 3 pods that replaces 3 others."""
    whose = {"service": "checkout", "namespace": "shop", "workload": "Deployment/checkout", **known}
    new, old = (f"{whose['service']}-{name}" for name in (version, replaces))
    done = Kind.ROLLBACK_COMPLETED if kind == Kind.ROLLBACK_STARTED else Kind.ROLLOUT_COMPLETED
    return [
        event(kind, start, replica_set=new, version=version, replaces=replaces, merge_key=f"rs/{new}", **whose),
        *(event(Kind.POD_READY, ready, pod=f"{new}-{n}", replica_set=new, numbers={"of": 3}, **whose) for n in "abc"),
        *(event(Kind.POD_TERMINATED, end, pod=f"{old}-{n}", replica_set=old, **whose) for n in "abc"),
        event(done, end, replica_set=new, numbers={"replicas": 3}, **whose),
    ]


def alert(name: str, fires: str, resolves: str | None, episode: str = "e", **known: Any) -> list[Event]:
    known = {"service": "checkout", "alert": name, "episode": episode, "merge_key": f"alert {name} {episode}", **known}
    known = {"numbers": {"since": at(fires).timestamp()}, **known}
    fired = [event(Kind.ALERT_FIRING, fires, **known)]
    return fired + ([event(Kind.ALERT_RESOLVED, resolves, **known)] if resolves else [])


def errors(rise: str, fall: str | None, before: float = 0.001, after: float = 0.4, **known: Any) -> list[Event]:
    known = {"service": "checkout", "namespace": "shop", "measure": "5xx ratio", **known}
    peak = {"peak": 0.412, "peak_at": at("14:09:00").timestamp()}
    numbers = {"before": before, "after": after, **peak, "errors": 5412.0, "requests": 13004.0}
    rose = [event(Kind.ERRORS_ROSE, rise, numbers=numbers, **known)]
    fell = {"before": after, "after": 0.0}
    return rose + ([event(Kind.ERRORS_FELL, fall, numbers=fell, **known)] if fall else [])
