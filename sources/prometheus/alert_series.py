"""Samples of ALERTS, one series for each alert that one Prometheus evaluates.

Each evaluation of a rule writes one sample of ALERTS with `alertstate` pending or firing, and one of
ALERTS_FOR_STATE, the Unix second in which the alert became active; nothing while it is inactive.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from msgspec import Struct

from sources.alert_labels import stable
from sources.metric_labels import REPLICA_LABELS
from sources.promql.series import Array, Series
from sources.promql.sorted_numbers import distinct, median

NEXT = 1.5
"""Two samples up to this many intervals apart are of successive evaluations."""
_LONGEST_OFFSET = 300.0
"""Maximum seconds by which a `query_offset` makes the time of a sample earlier than its evaluation."""
_NUMBER = r"(?<![\w.:/@-])[-+]?(\d+(\.\d+)?(e[-+]?\d+)?[a-zA-Zµ]{0,3}%?|Inf|NaN)(?![\w:/@-]|\.\d)"
_NUMBERS = re.compile(rf"{_NUMBER}(\s{_NUMBER})*")
"""A value as templates print it: `0.41`, `41.2%`, `1.2k`, `5m 3s`; not part of an address, a version or a name."""
Key: TypeAlias = tuple[tuple[str, str], ...]


class AlertSeries(Struct, frozen=True):
    """All samples of one alert from one Prometheus."""

    labels: Mapping[str, str]
    pending: Array
    firing: Array
    times: Array
    """Of pending and firing together."""
    since: Array
    """When it became active, for each of the times; NaN if unknown."""

    @property
    def evaluator(self) -> Key:
        """The labels that identify one of several Prometheus servers."""
        return key_of({name: value for name, value in self.labels.items() if name in REPLICA_LABELS})


def alert_series(alerts: Sequence[Series], for_state: Sequence[Series]) -> Iterator[AlertSeries]:
    """The series in order of labels."""
    yield from _without_values(_series(alerts, for_state))


def key_of(labels: Mapping[str, str]) -> Key:
    """A key for labels, to sort and look up by."""
    return tuple(sorted(labels.items()))


def _series(alerts: Sequence[Series], for_state: Sequence[Series]) -> Iterator[AlertSeries]:
    states: dict[Key, dict[str, Array]] = {}
    for one in alerts:
        labels = dict(one.labels)
        state = labels.pop("alertstate", "")
        # Some servers keep old data in which 0 means inactive.
        states.setdefault(key_of(labels), {})[state] = one.times[one.values == 1]
    active = {key_of(one.labels): one for one in for_state}
    none = np.array([])
    for key, times in sorted(states.items()):
        pending, firing = times.get("pending", none), times.get("firing", none)
        every = distinct(np.concatenate((pending, firing)))
        if len(every):
            yield AlertSeries(dict(key), pending, firing, every, _since(every, active.get(key)))


def _since(times: Array, active: Series | None) -> Array:
    since = np.full(len(times), np.nan)
    if active is None or not len(active.times):
        return since
    index = np.minimum(np.searchsorted(active.times, times), len(active.times) - 1)
    values = active.values[index]
    # The value comes from outside, so an impossible time counts as unknown.
    known = (active.times[index] == times) & (values > 0) & (values <= times + _LONGEST_OFFSET)
    since[known] = values[known]
    # On the clock of the samples: their time is the evaluated one, not the time of the evaluation.
    return since - max(0.0, float(np.max((values - times)[known], initial=0.0)))


def _without_values(many: Iterable[AlertSeries]) -> Iterator[AlertSeries]:
    """Join the series of an alert if a label contains the current value, so that each evaluation makes a new series."""
    alike: dict[tuple[Key, Key], list[AlertSeries]] = {}
    for one in many:
        blank = {name: _NUMBERS.sub("#", value) for name, value in stable(one.labels).items()}
        alike.setdefault((one.evaluator, key_of(blank)), []).append(one)
    for _, found in sorted(alike.items()):
        if _follow_each_other(found):
            yield _together(found)
        else:
            yield from found


def _follow_each_other(many: Sequence[AlertSeries]) -> bool:
    """Whether the series are short, never overlap, and mostly begin where another one ended."""
    if len(many) < 3:
        return False
    ordered = sorted(many, key=lambda one: float(one.times[0]))
    times = np.concatenate([one.times for one in ordered])
    steps = np.diff(times)
    if np.any(steps <= 0):
        return False
    delays = np.array([after.times[0] - before.times[-1] for before, after in itertools.pairwise(ordered)])
    prompt = delays <= NEXT * median(steps)
    return len(times) <= 3 * len(ordered) and float(np.mean(prompt)) >= 0.5


def _together(many: Sequence[AlertSeries]) -> AlertSeries:
    labels = dict(many[0].labels)
    for one in many:
        labels = {name: value for name, value in labels.items() if one.labels.get(name) == value}
    pending, firing = (np.sort(np.concatenate([getattr(t, state) for t in many])) for state in ("pending", "firing"))
    times = distinct(np.concatenate((pending, firing)))
    # Each series has its own start, and only the first one's is the start of the alert, so none is used.
    return AlertSeries(labels, pending, firing, times, np.full(len(times), np.nan))
