"""Changes of ConfigMaps and Secrets, from their resource versions; there are no metrics of their content."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct

from collector.event import Event
from collector.source import Gap
from collector.window import Window
from sources.cluster.config_uses import why_no_configuration
from sources.cluster.facts.configs import Done, config_changed, config_kept
from sources.cluster.inference.configs import around
from sources.cluster.inventory import Key
from sources.fact import Moment
from sources.kube_state_metrics.event_factory import EventFactory
from sources.kube_state_metrics.inventory import services
from sources.kube_state_metrics.states import NONE, SKEW, State, Step, second, states, within
from sources.promql.series import Series

_KINDS = ("ConfigMap", "Secret")
_EXACT = 2.0**53
_MANY = 10
_PACE = 300.0
_NEARLY = 0.75
"""An object with this many changes, one per `_PACE` seconds or in nearly every sample, is a lock or a heartbeat."""
_VERSION = "metadata_resource_version"


class _Config(Struct, frozen=True):
    """A ConfigMap or Secret that was created or changed."""

    kind: str
    key: Key
    service: str
    made: Sequence[float]
    """Unix seconds of its creations."""
    versions: State

    @property
    def changes(self) -> list[Step]:
        """Every change other than a creation."""
        # Resource versions only grow; one of several kube-state-metrics may be late.
        steps = State(self.versions.times, np.maximum.accumulate(self.versions.values)).steps()
        return [step for step in steps if not any(step.last - SKEW <= at <= step.by for at in self.made)]

    @property
    def restless(self) -> bool:
        """Whether it changes all the time, as locks and heartbeats do."""
        times, many = self.versions.times, len(self.changes)
        return many >= _MANY and (many >= _NEARLY * (len(times) - 1) or times[-1] - times[0] <= many * _PACE)


def config_events(
    found: Mapping[str, Sequence[Series]], window: Window, cluster: str, factory: EventFactory
) -> Iterator[Event]:
    """Creations, to the second, and each change between two samples, around the window.

    An object that changes all the time is no configuration: its changes are counted in one Event of kind OTHER.
    """
    for config in _configs(found):
        for at in config.made:
            yield from _event(config, second(at), "created", window, cluster, factory)
        spans = [within(step.last, step.by) for step in config.changes]
        if config.restless:
            yield _restless(config, Moment(spans[0].earliest, spans[-1].latest), len(spans), cluster, factory)
            continue
        for when in spans:
            yield from _event(config, when, _VERSION, window, cluster, factory)


def config_gaps(found: Mapping[str, Sequence[Series]]) -> Iterator[Gap]:
    """The kinds with changes that may be missing."""
    for kind in _KINDS:
        versions = found.get(f"kube_{kind.lower()}_{_VERSION}", ())
        if any(not len(one.times) or one.values.max() >= _EXACT for one in versions):
            yield Gap(f"some resource versions of {kind}s are too large to be exact samples: changes may be missing")


def _configs(found: Mapping[str, Sequence[Series]]) -> Iterator[_Config]:
    for kind in _KINDS:
        name = kind.lower()
        made = states(found.get(f"kube_{name}_created", ()), "namespace", name)
        versions = states(found.get(f"kube_{name}_{_VERSION}", ()), "namespace", name)
        attribution = services(found.get(f"kube_{name}_labels", ()), name)
        for key in sorted({*made, *versions}):
            stamps = [value for value, _ in made.get(key, NONE).stamps()]
            yield _Config(
                kind, (key[0], key[1]), attribution.get((key[0], key[1]), ""), stamps, versions.get(key, NONE)
            )


def _event(
    config: _Config, when: Moment, what: str, window: Window, cluster: str, factory: EventFactory
) -> Iterator[Event]:
    if around(when, window):
        place = (cluster, config.key[0], config.kind, config.key[1])
        done: Done = "created" if what == "created" else "changed"
        why = why_no_configuration(f"{config.kind.lower()}s", config.key[1])
        yield factory.report(
            config_kept(*place, done, why) if why else config_changed(*place, done, service=config.service, by=""),
            when,
            f"{_place(config)}/{what}/{when.latest.timestamp():.3f}",
            _query(config, what, factory),
        )


def _restless(config: _Config, when: Moment, times: int, cluster: str, factory: EventFactory) -> Event:
    place = (cluster, config.key[0], config.kind, config.key[1])
    return factory.report(
        config_kept(*place, "changed", "which is written to as a lock is", times=times),
        when,
        f"{_place(config)}/changes",
        _query(config, _VERSION, factory),
        at=when.earliest,
        numbers={"count": times},
    )


def _place(config: _Config) -> str:
    return f"{config.kind}/{config.key[0]}/{config.key[1]}"


def _query(config: _Config, what: str, factory: EventFactory) -> str:
    labels = {"namespace": config.key[0], config.kind.lower(): config.key[1]}
    return factory.selector(f"kube_{config.kind.lower()}_{what}", **labels)
