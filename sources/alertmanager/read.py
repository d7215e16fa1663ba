"""Makes Events from documents: which alerts fire, and who silenced which alerts."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from msgspec import Struct, field

from collector.event import Event, Identity, Subject
from collector.source import BadAnswer, Document, Gap, each
from collector.window import Window
from sources import alert_labels
from sources.alert_facts import alert_firing, alert_resolved, silence_ended, silence_started
from sources.alert_labels import always_fires, subject
from sources.alertmanager import items
from sources.alertmanager.settings import AlertmanagerSettings
from sources.fact import Fact
from sources.text import one_line

Item = TypeVar("Item", items.Alert, items.Silence)

_LEAD = timedelta(hours=1)
_CHRONIC = timedelta(days=1)
"""An alert that fired this long before, and still fires, is no news."""
_MOMENT = timedelta(milliseconds=1)
"""Precision of the times, which are truncated."""
_AT_ONCE = timedelta(seconds=5)
"""Two times at most this far apart belong to the same action of a person."""


class _Inventory(Struct):
    """Everything in the documents, each item once, with the time of the latest answer that contains it."""

    alerts: dict[tuple[str, datetime], tuple[datetime, items.Alert]] = field(default_factory=dict)
    silences: dict[str, tuple[datetime, items.Silence]] = field(default_factory=dict)


def read(
    documents: Iterable[Document], window: Window, source: str, settings: AlertmanagerSettings
) -> Iterator[Event | Gap]:
    """See `AlertmanagerSource.read`."""
    inventory = _Inventory()
    for document in documents:
        try:
            if document.call == "alerts":
                yield from _keep(
                    document, items.alert, inventory.alerts, lambda one: (alert_labels.fact(one.labels), one.starts)
                )
            elif document.call == "silences":
                yield from _keep(document, items.silence, inventory.silences, lambda one: one.id)
        except BadAnswer as error:
            yield Gap(error.reason, error.hint)
    factory = _EventFactory(inventory, window, source, settings)
    for _, (at, alert) in sorted(inventory.alerts.items()):
        yield from factory.alert(alert, at)
    for _, (at, silence) in sorted(inventory.silences.items()):
        yield from factory.silence(silence, at)


Key = TypeVar("Key")


def _keep(
    document: Document,
    parse: Callable[[dict[str, object]], Iterator[Item]],
    into: dict[Key, tuple[datetime, Item]],
    key: Callable[[Item], Key],
) -> Iterator[Gap]:
    for found in each(document.json(), parse, document.call):
        if isinstance(found, Gap):
            yield found
        else:
            old = into.get(key(found))
            if old is None or (old[0], repr(old[1])) < (document.at, repr(found)):
                into[key(found)] = (document.at, found)


class _EventFactory:
    """Makes the Events of one source."""

    def __init__(self, inventory: _Inventory, window: Window, source: str, settings: AlertmanagerSettings) -> None:
        self.window = window
        self.source = source
        self.settings = settings
        self.silences = {key: silence for key, (_, silence) in inventory.silences.items()}
        self.names = {alert.fingerprint: alert.labels.get("alertname", "") for _, alert in inventory.alerts.values()}

    def alert(self, alert: items.Alert, at: datetime) -> Iterator[Event]:
        """Firing, and resolved if it was resolved at the time `at` of the answer."""
        over = alert.ends <= at
        chronic = not over and alert.starts < self.window.start - _LEAD - _CHRONIC
        if always_fires(alert.labels) or chronic or alert.starts > self.window.end:
            return
        own = {name: value for name, value in alert.labels.items() if name not in self.settings.external_labels}
        about = subject(alert.labels, self.settings.service_label)
        firing = (alert.starts, alert.starts, alert.starts + _MOMENT)
        yield self._alert(alert_firing(about, own, details=self._muted(alert, at)), firing, alert)
        if not over or alert.ends < alert.starts:
            return
        if alert.updated < alert.ends:
            # Nobody reported its end: reports about the alert only stopped.
            lapsed = (max(alert.starts, alert.updated), alert.ends, alert.ends + _MOMENT)
            yield self._alert(alert_resolved(about, own, reported=False), lapsed, alert)
        else:
            ended = (alert.ends, alert.ends, alert.ends + _MOMENT)
            yield self._alert(alert_resolved(about, own), ended, alert)

    def silence(self, silence: items.Silence, at: datetime) -> Iterator[Event]:
        """Its start and its end, if they had happened at the time `at` of the answer."""
        # The state, if known, is by Alertmanager's own clock; our clock may be slightly behind.
        over = silence.ends <= at or silence.state == "expired"
        begun = silence.starts <= at or silence.state in ("active", "expired")
        near = self.window.widened(lead=_LEAD, tail=timedelta()).overlaps(silence.starts, silence.ends)
        if not (begun and near) or silence.starts >= silence.ends:
            return
        about = subject(silence.equal, self.settings.service_label)
        named = (about, silence.id, silence.matchers)
        made = silence.updated if _MOMENT < silence.updated - silence.starts <= _AT_ONCE else silence.starts + _MOMENT
        ahead = silence.updated < silence.starts - _AT_ONCE
        planned = f"{silence.updated:%Y-%m-%d %H:%M:%S}" if ahead else ""
        started = silence_started(*named, by=silence.actor, planned=planned, comment=silence.comment)
        yield self._silence(started, (silence.starts, silence.starts, made), silence, silence.actor)
        if over:
            by_hand = abs(silence.updated - silence.ends) <= _AT_ONCE
            ended = silence_ended(*named, by=silence.actor, by_hand=by_hand, comment=silence.comment)
            # Alertmanager does not record who expired it.
            yield self._silence(ended, (silence.ends, silence.ends, silence.ends + _MOMENT), silence, "")

    def _muted(self, alert: items.Alert, at: datetime) -> str:
        """Why it notifies nobody at the time of the answer."""
        why = []
        for id_ in alert.silenced_by:
            by = self.silences.get(id_)
            why.append(f'silenced by {by.actor} ("{by.comment}")' if by else f"silenced by {id_}")
        why += [f"inhibited by {self.names.get(other) or other}" for other in alert.inhibited_by]
        why += [f"muted by the time interval {one_line(name)}" for name in alert.muted_by]
        return f"; at {at:%H:%M:%S} UTC it is {' and '.join(why)}" if why else ""

    def _alert(self, fact: Fact, span: tuple[datetime, datetime, datetime], alert: items.Alert) -> Event:
        shown = urlencode({"filter": fact.merge_key})
        id_ = f"{alert.fingerprint or alert_labels.fact(alert.labels)}-{alert.starts.timestamp():.3f}"
        return Event(
            kind=fact.kind,
            earliest=span[0],
            at=span[1],
            latest=span[2],
            summary=fact.words,
            source=self.source,
            native_id=f"{id_}/{fact.kind.value}",
            subject=fact.subject,
            keys=Identity(alert=alert.labels.get("alertname", ""), episode=id_),
            numbers={"since": alert.starts.timestamp()},
            url=f"{self.settings.url}/#/alerts?{shown}",
            query=alert.expression or f"GET /api/v2/alerts?{shown}",
            description=alert.description,
            merge_key=fact.merge_key,
        )

    def _silence(
        self, fact: Fact, span: tuple[datetime, datetime, datetime], silence: items.Silence, actor: str
    ) -> Event:
        return Event(
            kind=fact.kind,
            earliest=span[0],
            at=span[1],
            latest=span[2],
            summary=fact.words,
            source=self.source,
            native_id=f"{silence.id}/{fact.kind.value}",
            subject=fact.subject,
            keys=Identity(alert=silence.equal.get("alertname", ""), episode=silence.id),
            numbers={"whole": 1} if _is_whole(fact.subject, silence) else {},
            actor=actor,
            url=f"{self.settings.url}/#/silences/{silence.id}",
            query=f"GET /api/v2/silence/{silence.id}",
            description=silence.comment,
            merge_key=fact.merge_key,
        )


def _is_whole(about: Subject, silence: items.Silence) -> bool:
    """Whether the name of the alert and what the silence is about are all that it asks of an alert."""
    known = (silence.equal.get("alertname"), about.service, about.namespace, about.cluster)
    return silence.conditions == sum(map(bool, known)) == len(silence.equal)
