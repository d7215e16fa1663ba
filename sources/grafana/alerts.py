"""Episodes of alert instances, derived from their transitions."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from collector.event import Event, Identity, Subject
from sources.alert_facts import alert_changed, alert_firing, alert_pending, alert_resolved
from sources.alert_labels import always_fires, subject
from sources.fact import Fact
from sources.grafana.states import Phase, State, Transition

TRUNCATED = timedelta(milliseconds=1)
"""Grafana rounds its times down to whole milliseconds."""
_FOLDER = "grafana_folder"
"""A label that only Grafana adds, to every alert."""


def alert_events(transitions: Iterable[Transition], start: datetime, source: str) -> Iterator[Event]:
    """Pending, firing and resolved of every episode, and every other change of state during it.

    `start` is the time from which transitions are known. `numbers["since"]` is the Unix second when the alert became
    pending, or, on resolved events, when it fired. On firing events, `numbers["fired"]` is when it began to fire. Each
    is missing if unknown.
    """
    instances: dict[tuple[str, tuple[tuple[str, str], ...]], list[Transition]] = {}
    for one in sorted(transitions, key=repr):
        instances.setdefault((one.rule, tuple(sorted(one.labels.items()))), []).append(one)
    for _, ours in sorted(instances.items()):
        if not always_fires({**ours[-1].labels, "alertname": ours[-1].title}):
            yield from _Instance(sorted(ours, key=lambda one: one.at), start, source).events()


class _Episode(Struct, frozen=True):
    """One period in which the alert is pending or firing."""

    id: str
    name: str
    active: datetime | None
    """When it became pending or firing; None if unknown."""
    fired: datetime | None = None
    """None if it does not fire, or began to fire before the first known transition."""


class _Instance:
    """One alert with one set of labels."""

    def __init__(self, transitions: Sequence[Transition], start: datetime, source: str) -> None:
        self._transitions = transitions
        self._start = start
        self._source = source
        last = transitions[-1]
        self._title = last.title
        self._labels = {name: value for name, value in last.labels.items() if name != _FOLDER}
        self._where = subject(last.labels, "")
        self._digest = hashlib.sha256(repr((last.rule, sorted(last.labels.items()))).encode()).hexdigest()[:12]

    def events(self) -> Iterator[Event]:
        """The Events in order of time. The same change reported again by another replica of Grafana is ignored."""
        first = self._transitions[0]
        now, episode = first.before, None
        if now.phase is Phase.FIRING:
            at = min(self._start, first.at)
            episode = _Episode(f"{self._title}-{self._digest}-before", self._name(now), None)
            already = f"{at:%Y-%m-%d %H:%M:%S}"
            fires = alert_firing(*self._about(episode), already=already, details=", since when is unknown")
            yield self._event(fires, at, first, episode, since=None)
        for one in self._changes():
            was, now = now, one.after
            if now.phase is not was.phase:
                if was.phase is Phase.FIRING and episode is not None:
                    resolved = alert_resolved(*self._about(episode), details=_because(now))
                    yield self._event(resolved, one.at, one, episode, since=episode.fired)
                    episode = None
                if now.phase is Phase.PENDING:
                    episode = self._begun(one)
                    pending = alert_pending(*self._about(episode), details=_because(now))
                    yield self._event(pending, one.at, one, episode, since=episode.active)
                elif now.phase is Phase.FIRING:
                    episode = self._fires(episode, one)
                    fires = alert_firing(*self._about(episode), details=_because(now))
                    yield self._event(fires, one.at, one, episode, since=episode.active, fired=one.at)
            elif now.text != was.text and now.phase is Phase.FIRING and episode is not None:
                changed = alert_changed(*self._about(episode), now.text)
                event = self._event(changed, one.at, one, episode, since=episode.active)
                yield replace(event, native_id=f"{event.native_id}/{one.at.isoformat()}")

    def _changes(self) -> Iterator[Transition]:
        """One transition per evaluation: the one that continues from the state before it."""
        now = self._transitions[0].before
        for _, reported in groupby(self._transitions, key=lambda one: one.at):
            together = list(reported)
            one = next((one for one in together if one.before.text == now.text), together[0])
            now = one.after
            yield one

    def _name(self, state: State) -> str:
        return f"{self._title} ({state.cause})" if state.cause else self._title

    def _begun(self, one: Transition) -> _Episode:
        at = int(one.at.timestamp() * 1000)
        return _Episode(f"{self._title}-{self._digest}-{at}", self._name(one.after), one.at)

    def _fires(self, pending: _Episode | None, one: Transition) -> _Episode:
        episode = replace(self._begun(one), fired=one.at)
        if pending is not None:
            return replace(episode, id=pending.id, active=pending.active)
        # It was pending before the first known transition.
        return replace(episode, active=None) if one.before.phase is Phase.PENDING else episode

    def _about(self, episode: _Episode) -> tuple[Subject, dict[str, str]]:
        return self._where, {**self._labels, "alertname": episode.name}

    def _event(self, fact: Fact, at: datetime, one: Transition, episode: _Episode, **numbers: datetime | None) -> Event:
        return Event(
            kind=fact.kind,
            at=at,
            earliest=at,
            latest=at + TRUNCATED,
            summary=fact.words,
            source=self._source,
            native_id=f"{episode.id}/{fact.kind.value}",
            subject=fact.subject,
            keys=Identity(alert=episode.name, episode=episode.id),
            numbers={name: moment.timestamp() for name, moment in numbers.items() if moment is not None},
            url=one.url,
            query=one.query,
            description=one.error,
            merge_key=fact.merge_key,
        )


def _because(state: State) -> str:
    return f" ({state.why})" if state.why else ""
