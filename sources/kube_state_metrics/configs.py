"""Changes of ConfigMaps and Secrets, from their resource versions: of what they hold there are no metrics."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from collector.event import Event, Kind, Subject
from collector.source import Gap
from collector.window import Window
from sources.kube_state_metrics.inventory import services
from sources.kube_state_metrics.states import NONE, SKEW, State, Step, second, states, within
from sources.kube_state_metrics.told import Teller
from sources.kubernetes.configs import around, changed, fact_of
from sources.kubernetes.inventory import Key
from sources.kubernetes.objects import Moment
from sources.prometheus.series import Series

_KINDS = ("ConfigMap", "Secret")
_EXACT = 2.0**53
_MANY = 10
_PACE = 300.0
_NEARLY = 0.75
"""What changes so many times, each so many seconds on average or at nearly each sample, is a lock or a heartbeat."""
_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Config:
    """A ConfigMap or Secret that was made or changed."""

    kind: str
    key: Key
    service: str
    made: Sequence[float]
    """Unix seconds."""
    versions: State

    @property
    def changes(self) -> list[Step]:
        """Every change of it that was not its making."""
        # Resource versions only grow; one of several kube-state-metrics may be late to know.
        steps = State(self.versions.times, np.maximum.accumulate(self.versions.values)).steps()
        return [step for step in steps if not any(step.last - SKEW <= at <= step.by for at in self.made)]

    @property
    def restless(self) -> bool:
        """Whether it changes all the time, for its own sake."""
        times, many = self.versions.times, len(self.changes)
        return many >= _MANY and (many >= _NEARLY * (len(times) - 1) or times[-1] - times[0] <= many * _PACE)


def config_events(
    found: Mapping[str, Sequence[Series]], window: Window, cluster: str, teller: Teller
) -> Iterator[Event]:
    """That they were made, to the second, and each change between two samples, around the window."""
    for config in _configs(found):
        for at in config.made:
            yield from _event(config, second(at), "created", window, cluster, teller)
        for step in () if config.restless else config.changes:
            when = within(step.last, step.by)
            yield from _event(config, when, "metadata_resource_version", window, cluster, teller)


def config_gaps(found: Mapping[str, Sequence[Series]]) -> Iterator[Gap]:
    """Those whose changes are not told, or may be missed."""
    restless = [f"{config.key[0]}/{config.key[1]}" for config in _configs(found) if config.restless]
    if restless:
        more = f" and {len(restless) - _NAMED} more" if len(restless) > _NAMED else ""
        yield Gap(f"left out as they change all the time: {', '.join(restless[:_NAMED])}{more}")
    for kind in _KINDS:
        versions = found.get(f"kube_{kind.lower()}_metadata_resource_version", ())
        if any(not len(one.times) or one.values.max() >= _EXACT for one in versions):
            yield Gap(f"some resource versions of {kind}s are too large to be exact samples: changes may be missing")


def _configs(found: Mapping[str, Sequence[Series]]) -> Iterator[_Config]:
    for kind in _KINDS:
        name = kind.lower()
        made = states(found.get(f"kube_{name}_created", ()), "namespace", name)
        versions = states(found.get(f"kube_{name}_metadata_resource_version", ()), "namespace", name)
        whose = services(found.get(f"kube_{name}_labels", ()), name)
        for key in sorted({*made, *versions}):
            stamps = [value for value, _ in made.get(key, NONE).stamps()]
            yield _Config(kind, (key[0], key[1]), whose.get((key[0], key[1]), ""), stamps, versions.get(key, NONE))


def _event(config: _Config, when: Moment, what: str, window: Window, cluster: str, teller: Teller) -> Iterator[Event]:
    namespace, name = config.key
    labels = {"namespace": namespace, config.kind.lower(): name}
    if around(when, window):
        yield teller.event(
            Kind.CONFIG_CHANGED,
            when,
            changed(config.kind, name, made=what == "created"),
            f"{config.kind}/{namespace}/{name}/{what}/{when.latest.timestamp():.3f}",
            teller.selector(f"kube_{config.kind.lower()}_{what}", **labels),
            subject=Subject(
                service=config.service, cluster=cluster, namespace=namespace, workload=f"{config.kind}/{name}"
            ),
            fact=fact_of(cluster, namespace, config.kind, name),
        )
