"""Samples of ALERTS, one track for each alert that one Prometheus evaluates.

Each evaluation of a rule writes one sample of ALERTS with `alertstate` pending or firing, and one of
ALERTS_FOR_STATE whose value is the Unix second in which the alert became active; nothing while it is inactive.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from sources.alert_labels import stable
from sources.metric_labels import REPLICA_LABELS
from sources.prometheus.series import Array, Series

NEXT = 1.5
"""Up to so many intervals apart, two samples are of successive evaluations."""
_LONGEST_OFFSET = 300.0
"""Seconds by which a `query_offset` lets samples bear an earlier time than the evaluation."""
_NUMBER = r"(?<![\w.:/@-])[-+]?(\d+(\.\d+)?(e[-+]?\d+)?[a-zA-Zµ]{0,3}%?|Inf|NaN)(?![\w:/@-]|\.\d)"
_NUMBERS = re.compile(rf"{_NUMBER}(\s{_NUMBER})*")
"""A value as templates print it: `0.41`, `41.2%`, `1.2k`, `5m 3s`; not a part of an address, a version or a name."""
Key: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Track:
    """All samples of one alert from one Prometheus."""

    labels: Mapping[str, str]
    pending: Array
    firing: Array
    times: Array
    """Of both."""
    since: Array
    """For each of the times, since when it was active; NaN where unknown."""

    @property
    def evaluator(self) -> Key:
        """Which of several Prometheis."""
        return key_of({name: value for name, value in self.labels.items() if name in REPLICA_LABELS})


def tracks(alerts: Sequence[Series], for_state: Sequence[Series]) -> Iterator[Track]:
    """In order of labels."""
    yield from _without_values(_tracks(alerts, for_state))


def key_of(labels: Mapping[str, str]) -> Key:
    """What equal labels have in common, to sort and look up by."""
    return tuple(sorted(labels.items()))


def _tracks(alerts: Sequence[Series], for_state: Sequence[Series]) -> Iterator[Track]:
    states: dict[Key, dict[str, Array]] = {}
    for one in alerts:
        labels = dict(one.labels)
        state = labels.pop("alertstate", "")
        # Some servers keep old data in which 0 stands for inactive.
        states.setdefault(key_of(labels), {})[state] = one.times[one.values == 1]
    active = {key_of(one.labels): one for one in for_state}
    none = np.array([])
    for key, times in sorted(states.items()):
        pending, firing = times.get("pending", none), times.get("firing", none)
        every = np.union1d(pending, firing)
        if len(every):
            yield Track(dict(key), pending, firing, every, _since(every, active.get(key)))


def _since(times: Array, active: Series | None) -> Array:
    since = np.full(len(times), np.nan)
    if active is None or not len(active.times):
        return since
    index = np.minimum(np.searchsorted(active.times, times), len(active.times) - 1)
    values = active.values[index]
    # A value from outside: a time that cannot be is as good as none.
    known = (active.times[index] == times) & (values > 0) & (values <= times + _LONGEST_OFFSET)
    since[known] = values[known]
    # By the clock of the samples, which bear the time that was evaluated, not that of evaluating.
    return since - max(0.0, float(np.max((values - times)[known], initial=0.0)))


def _without_values(tracks: Iterable[Track]) -> Iterator[Track]:
    """Where a label holds the value at the time, each evaluation makes another series: these are one."""
    alike: dict[tuple[Key, Key], list[Track]] = {}
    for track in tracks:
        blank = {name: _NUMBERS.sub("#", value) for name, value in stable(track.labels).items()}
        alike.setdefault((track.evaluator, key_of(blank)), []).append(track)
    for _, found in sorted(alike.items()):
        if _follow_each_other(found):
            yield _together(found)
        else:
            yield from found


def _follow_each_other(tracks: Sequence[Track]) -> bool:
    """Whether hardly any lives longer than one evaluation, never two at once, and most begin where one ended."""
    if len(tracks) < 3:
        return False
    ordered = sorted(tracks, key=lambda track: float(track.times[0]))
    times = np.concatenate([track.times for track in ordered])
    steps = np.diff(times)
    if np.any(steps <= 0):
        return False
    turns = np.array([after.times[0] - before.times[-1] for before, after in itertools.pairwise(ordered)])
    prompt = turns <= NEXT * float(np.median(steps))
    return len(times) <= 3 * len(ordered) and float(np.mean(prompt)) >= 0.5


def _together(tracks: Sequence[Track]) -> Track:
    labels = dict(tracks[0].labels)
    for track in tracks:
        labels = {name: value for name, value in labels.items() if track.labels.get(name) == value}
    pending, firing = (np.sort(np.concatenate([getattr(t, state) for t in tracks])) for state in ("pending", "firing"))
    times = np.union1d(pending, firing)
    # Each series began anew: only where the first one did is what the value says.
    return Track(labels, pending, firing, times, np.full(len(times), np.nan))
