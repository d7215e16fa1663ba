"""Deploys in exports: which start and end belong together, and what a single instant shows about a deploy."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from collector.event import Event, Identity, Subject
from collector.manner import Manner
from sources import deploy_facts as facts
from sources.events.entries import Entry
from sources.events.items import Item
from sources.events.settings import Meaning
from sources.fact import Fact, Moment, report

BEFORE = timedelta(minutes=30)
"""How long before its single instant, at which it was done, a deploy may have started."""
_LONGEST = timedelta(hours=24)
"""Maximum time from the start to the end of a deploy without an id."""
_INSTANTS: dict[Meaning, Manner] = {
    "deploy": Manner.PLAIN,
    "rollback": Manner.ROLLBACK,
    "restart": Manner.RESTART,
    "migration": Manner.MIGRATION,
    "infrastructure": Manner.INFRASTRUCTURE,
}
_STEPS: dict[Meaning, str] = {
    "deploy.requested": "requested",
    "deploy.waiting": "waiting",
    "deploy.approved": "approved",
    "deploy.started": "started",
    "deploy.succeeded": "succeeded",
    "deploy.failed": "failed",
    "deploy.cancelled": "cancelled",
    "deploy.superseded": "superseded",
    "deploy.refused": "refused",
    "rollback.started": "started",
    "rollback.succeeded": "succeeded",
    "rollback.failed": "failed",
}
_ENDS = ("succeeded", "failed", "cancelled", "superseded", "refused")


class _Step(NamedTuple):
    entry: Entry
    step: str
    """`started`, ...; empty for a deploy with a single instant."""
    manner: Manner
    deployment: str
    """An id shared by all steps of one deploy."""


def is_deploy(meaning: Meaning | None) -> bool:
    """Whether records with this meaning are about a deploy."""
    return meaning in _INSTANTS or meaning in _STEPS


def deploy_events(entries: Iterable[Entry], runs: dict[str, str], source: str) -> Iterator[Event]:
    """The Events of the deploy records, which are in order of time; `runs` has the only run of each chain."""
    steps = list(_steps(entries))
    started = {step.deployment for step in steps if step.step == "started"}
    for step in steps:
        run = runs.get(step.entry.event.chain, "") if step.entry.event else ""
        when = step.entry.when
        if step.step in ("", "succeeded", "failed") and step.deployment not in started:
            # A deploy that is done has also started.
            started.add(step.deployment)
            begun = Moment(when.earliest - BEFORE, when.latest)
            yield _event(step, facts.deploy_started(_named(step)), begun, run, source)
        yield _event(step, _fact(step), when, run, source)


def _steps(entries: Iterable[Entry]) -> Iterator[_Step]:
    open_: dict[tuple[str, str], list[_Step]] = {}
    for entry in entries:
        meaning, item = entry.meaning, entry.item
        if meaning in _INSTANTS:
            yield _Step(entry, "", _INSTANTS[meaning], entry.origin)
        elif meaning in _STEPS:
            ours = open_.setdefault((item.service, item.environment), [])
            last = None if item.id else _goes_on(ours, entry)
            manner = Manner.ROLLBACK if meaning.startswith("rollback") else Manner.PLAIN
            step = _Step(entry, _STEPS[meaning], manner, last.deployment if last else item.id or entry.origin)
            if last:
                ours.remove(last)
            if not item.id and step.step not in _ENDS:
                ours.append(step)
            yield step


def _goes_on(ours: Sequence[_Step], entry: Entry) -> _Step | None:
    """The latest step of a running deploy that this record may continue."""
    called = _called(entry.item)
    for last in reversed(ours):
        recent = entry.when.earliest - last.entry.when.latest <= _LONGEST
        same = not called or not _called(last.entry.item) or called == _called(last.entry.item)
        if recent and same and last.step != _STEPS.get(entry.meaning or "ignore"):
            return last
    return None


def _called(item: Item) -> str:
    return item.digest or item.version or item.commit


def _fact(step: _Step) -> Fact:
    deploy, item = _named(step), step.entry.item
    if step.step == "requested":
        return facts.deploy_requested(deploy)
    if step.step == "waiting":
        return facts.deploy_waiting(deploy)
    if step.step == "approved":
        return facts.deploy_approved(deploy, item.actor)
    if step.step == "started":
        return facts.deploy_started(deploy)
    if step.step == "failed":
        return facts.deploy_failed(deploy, item.text)
    if step.step == "cancelled":
        return facts.deploy_cancelled(deploy, item.actor)
    if step.step == "superseded":
        return facts.deploy_superseded(deploy)
    if step.step == "refused":
        return facts.deploy_refused(deploy, item.actor, item.text)
    return facts.deploy_succeeded(deploy)


def _named(step: _Step) -> facts.Deploy:
    item = step.entry.item
    return facts.Deploy(
        Subject(service=item.service, environment=item.environment),
        f"events {item.id}" if item.id else "",
        version=item.version or item.commit[:7] or item.digest[:19],
        manner=step.manner,
        details=(item.commit[:7] if item.version else "",),
        actor=item.actor,
    )


def _event(step: _Step, fact: Fact, when: Moment, run: str, source: str) -> Event:
    item, entry = step.entry.item, step.entry
    return report(
        fact,
        when,
        source=source,
        native_id=entry.origin,
        at=entry.when.earliest,
        keys=Identity(
            deployment=step.deployment,
            run=run,
            commit=item.commit,
            version=item.version,
            digest=item.digest,
        ),
        actor=item.actor,
        url=item.url,
        query=entry.origin,
        description=item.text,
    )
