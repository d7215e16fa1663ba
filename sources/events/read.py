"""Makes a fact of each record by its meaning; records that are not understood are counted and named."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from collector.event import Event, Identity, Subject
from collector.services.service import is_lower
from collector.source import Document, Gap
from sources.alert_facts import alert_firing, alert_resolved
from sources.cluster.facts.configs import config_changed
from sources.cluster.facts.workloads import workload_deleted
from sources.deploy_facts import Run, run_failed, run_mentioned, run_started, run_succeeded
from sources.events.deploys import deploy_events, is_deploy
from sources.events.entries import Entry, entries
from sources.events.items import Item
from sources.events.settings import EventsSettings
from sources.fact import Fact, report
from sources.flag_facts import OFF, ON, Author, Flag, flag_changed, numbers
from sources.remark_facts import annotated, noted

_SHOWN = 5
"""Maximum number of unknown kinds that are named."""
_FLAGS = {"flag.on": ON, "flag.off": OFF, "flag.changed": "changed"}


def read(documents: Iterable[Document], source: str, settings: EventsSettings) -> Iterator[Event | Gap]:
    """The Events of all records in order of time, then Gaps for anything that could not be read."""
    found, gaps = entries(documents, settings)
    yield from deploy_events([one for one in found if is_deploy(one.meaning)], _runs(found), source)
    fired: dict[str, float] = {}
    for one in found:
        fact = None if is_deploy(one.meaning) or one.meaning == "ignore" else _fact(one)
        if fact is not None:
            yield _event(one, fact, fired, source)
    yield from _unknown(found)
    yield from sorted(gaps, key=repr)


def _fact(one: Entry) -> Fact | None:
    """The fact of a record that is not about a deploy; None if it is not understood."""
    item, meaning = one.item, one.meaning
    subject = Subject(service=item.service, environment=item.environment)
    words = item.text or f"{item.kind} {item.service}".strip()
    if meaning in _FLAGS:
        return flag_changed(_flag(item), _FLAGS[meaning], Author(item.actor))
    if meaning == "config.changed":
        name = item.text or item.service or item.id or "of no name"
        fact = config_changed("", "", "Configuration", name, "changed", service=item.service, by=item.actor)
        return fact._replace(subject=replace(fact.subject, environment=item.environment))
    if meaning == "removed":
        place = f" in {item.environment}" if item.environment else ""
        return workload_deleted(replace(subject, workload=f"Service/{item.service}"), "Service", item.service + place)
    if meaning in ("alert.firing", "alert.resolved"):
        labels = {"alertname": item.text or item.kind} | ({"service": item.service} if item.service else {})
        return (alert_firing if meaning == "alert.firing" else alert_resolved)(subject, labels)
    if meaning == "note":
        # Remarks about environments without users are too frequent to count as notes.
        return annotated(words, subject) if is_lower(item.environment) else noted(words, subject)
    if meaning == "annotation":
        return annotated(words, subject)
    return _run(one, subject)


def _run(one: Entry, subject: Subject) -> Fact | None:
    name = one.event.run if one.event else one.item.id or one.item.text
    title = one.event.title if one.event else one.item.text if one.item.id else ""
    called = f"Run {name}".rstrip() + (f' "{title}"' if title else "")
    key = f"events run {name} {one.event.scope if one.event else ''}".rstrip() if name else ""
    run = Run(subject, key, called, actor=one.item.actor)
    if one.meaning == "run.started":
        return run_started(run)
    if one.meaning == "run.succeeded":
        return run_succeeded(run)
    if one.meaning == "run.failed":
        return run_failed(run, (one.event.how if one.event else "") or "fails")
    # A type of the specification that reports no deploy is neither news nor an error.
    mentioned = run_mentioned(Run(subject, "", one.item.text or one.item.kind), "")
    return mentioned._replace(words=mentioned.words.strip()) if one.event else None


def _event(one: Entry, fact: Fact, fired: dict[str, float], source: str) -> Event:
    """The Event; `fired` has the start of each firing alert, collected from the entries before this one."""
    item = one.item
    is_flag = one.meaning in _FLAGS
    is_alert = one.meaning in ("alert.firing", "alert.resolved")
    episode = (item.id or fact.merge_key) if is_alert else ""
    if one.meaning == "alert.firing":
        fired[episode] = one.when.earliest.timestamp()
    known = numbers(_FLAGS[one.meaning], Author(item.actor)) if one.meaning in _FLAGS else {}
    if is_alert and episode in fired:
        known = {"since": fired[episode]}
    return report(
        fact,
        one.when,
        source=source,
        native_id=one.origin,
        keys=Identity(
            commit=item.commit,
            version=item.version,
            digest=item.digest,
            flag=_flag(item).name if is_flag else "",
            alert=(item.text or item.kind) if is_alert else "",
            episode=episode,
            run=_run_id(one) if one.meaning in ("run.started", "run.succeeded", "run.failed") else "",
        ),
        numbers=known,
        actor=item.actor,
        url=item.url,
        query=one.origin,
    )


def _flag(item: Item) -> Flag:
    return Flag(item.text or item.id or "of no name", item.service, item.environment)


def _run_id(one: Entry) -> str:
    return one.event.run if one.event else one.item.id


def _runs(found: Sequence[Entry]) -> dict[str, str]:
    """The pipeline run of each chain that has only one."""
    of: dict[str, set[str]] = {}
    for one in found:
        if one.event and one.event.chain and one.event.name.startswith("pipelinerun.") and one.event.run:
            of.setdefault(one.event.chain, set()).add(one.event.run)
    return {chain: next(iter(runs)) for chain, runs in of.items() if len(runs) == 1}


def _unknown(found: Sequence[Entry]) -> Iterator[Gap]:
    strange = [one for one in found if one.meaning is None and one.event is None]
    if not strange:
        return
    counts = Counter(one.item.kind or "none" for one in strange)
    first = {one.item.kind or "none": one.origin for one in reversed(strange)}
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    shown = ", ".join(f"{kind} ({count}, first at {first[kind]})" for kind, count in ordered[:_SHOWN])
    more = f" and {len(ordered) - _SHOWN} more kinds" if len(ordered) > _SHOWN else ""
    events = "1 event is" if len(strange) == 1 else f"{len(strange)} events are"
    yield Gap(f"{events} of a kind that is not understood: {shown}{more}", "say in `kinds` what it means, or `ignore`")
