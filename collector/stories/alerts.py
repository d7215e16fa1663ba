"""Folds alert instances into stories that people would call one alert."""

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field

from collector.event import Kind
from collector.merge import Occurrence
from collector.services.resolve import Directory
from collector.services.service import Service
from collector.stories.story import Step, Story, StoryType

KINDS = frozenset({Kind.ALERT_FIRING, Kind.ALERT_RESOLVED})
FLAPPING = timedelta(minutes=10)
"""An alert that fires again within this time after it resolved is the same trouble."""
_Instance = tuple[str, str]
_SEVERITY = re.compile(r'\b(?:severity|priority|level)="?(\w+)', re.IGNORECASE)


_NAMES = {
    Kind.ERRORS_ROSE: re.compile(r"err(?:or|s)|5xx|fail|exception|unavailab|success", re.IGNORECASE),
    Kind.LATENCY_ROSE: re.compile(
        r"slow|latenc|duration|response.?time|apdex|quantile|p9\d|(?:T|_t)imeouts?$", re.IGNORECASE
    ),
    Kind.TRAFFIC_FELL: re.compile(r"traffic|throughput|no.?requests|request.?rate|low.?(?:rps|qps)", re.IGNORECASE),
}
_WORDS = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]+")
_PLATFORM = re.compile(
    r"autoscaler|backlog|cert(?:s|ificates?)?|containers?|cpu|crash(?:e[sd]|ing|loop(?:ing)?)?|cron(?:job)?|daemonset|"
    r"deadlocks?|deployment|disk|etcd|evict(?:ed|ions?)|filesystem|heap|hpa|inodes?|jobs?|kubelet|lag|maxed|memory|nodes?|"
    r"oom|oomkill(?:ed|s)?|pods?|pvc|queue|quota|replicas?|replication|restart(?:s|ed|ing)?|rollout|statefulset|"
    r"throttl(?:ed|ing)|volumes?"
)
"""Words in the names of alerts about the platform under a service, not about its requests."""


class _Firings(Struct):
    """One alert of one service, while it is being built."""

    firing: list[Occurrence]
    resolved: list[Occurrence] = field(default_factory=list)
    last: datetime | None = None
    """The latest of `resolved`."""

    def add_ends(self, ends: Sequence[Occurrence]) -> None:
        """Add resolved instances."""
        self.resolved += ends
        self.last = max([*([self.last] if self.last else []), *(one.best.at for one in ends)], default=None)

    def until(self) -> datetime | None:
        """When the last instance resolved; None while one fires."""
        return self.last if len(self.resolved) >= len(self.firing) else None


def alerts(occurrences: Iterable[Occurrence], directory: Directory) -> list[Story]:
    """All alerts that fired, folded by name and service; `manner` is the severity, if known."""
    occurrences = list(occurrences)
    ends: dict[_Instance, list[Occurrence]] = {}
    for one in occurrences:
        if one.kind == Kind.ALERT_RESOLVED:
            for name in _instances(one):
                ends.setdefault(name, []).append(one)
    # Running maxima, which a bisection needs to find the first end that may be after a moment.
    seen = {name: list(itertools.accumulate((one.best.latest for one in ours), max)) for name, ours in ends.items()}
    latest: dict[tuple[str, Service], _Firings] = {}
    found: list[tuple[str, Service, _Firings]] = []
    for one in occurrences:
        if one.kind != Kind.ALERT_FIRING:
            continue
        key = (one.best.keys.alert, directory.resolve(one.best.subject).service)
        alert = latest.get(key)
        until = alert.until() if alert else None
        if alert is None or (until is not None and one.best.at > until + FLAPPING):
            alert = latest[key] = _Firings([one])
            found.append((*key, alert))
        else:
            alert.firing.append(one)
        alert.add_ends(_end(one, ends, seen))
    return [_alert(name, service, alert) for name, service, alert in found]


def instances(alert: Story) -> int:
    """How many label sets fired."""
    return len({one.best.merge_key or one.best.keys.episode for one in alert.at(Step.STARTED)})


def kind_named(alert: Story) -> Kind | None:
    """The subject that its name shows: errors, latency or traffic; None if the name has none of these, or several."""
    named = [kind for kind, words in _NAMES.items() if words.search(alert.about)]
    return named[0] if len(named) == 1 else None


def is_of_requests(alert: Story) -> bool:
    """Whether its name may be about the requests of a service: it names a symptom, or nothing of the platform."""
    words = _WORDS.findall(alert.about.replace("OOMK", "OOM_K"))
    return kind_named(alert) is not None or not any(_PLATFORM.fullmatch(word.lower()) for word in words)


def _end(
    firing: Occurrence, ends: Mapping[_Instance, Sequence[Occurrence]], seen: Mapping[_Instance, Sequence[datetime]]
) -> Sequence[Occurrence]:
    """The first end of this firing that any source saw after it began."""
    for name in _instances(firing):
        at = bisect_left(seen.get(name, ()), firing.best.earliest)
        if at < len(ends.get(name, ())):
            return ends[name][at : at + 1]
    return ()


def _instances(one: Occurrence) -> list[_Instance]:
    """The id of this firing in each source that saw it; any of them may have seen its end."""
    return [(event.source, event.keys.episode) for event in one.events]


def _alert(name: str, service: Service, alert: _Firings) -> Story:
    firing, resolved = tuple(alert.firing), tuple({id(one): one for one in alert.resolved}.values())
    if len(alert.resolved) < len(alert.firing):
        # While one instance fires, the ends of the others are not the end of the alert.
        steps = {Step.STARTED: firing, Step.RESUMED: resolved}
    else:
        steps = {Step.STARTED: firing, Step.ENDED: resolved}
    level = next((found[1].lower() for one in firing if (found := _SEVERITY.search(_labels(one)))), "")
    kept = {step: ours for step, ours in steps.items() if ours}
    return Story(StoryType.ALERT, service, name, kept, (), level, keys=firing[0].best.keys)


def _labels(one: Occurrence) -> str:
    """The texts in which the sources keep the labels of an alert."""
    return " ".join(f"{event.merge_key} {event.summary}" for event in one.events)
