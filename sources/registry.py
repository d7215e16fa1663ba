"""The types of sources there are. An adapter is imported when it is used, not before."""

import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError

from collector.secrets import Scrubber
from collector.source import Source
from sources.settings import Settings

_SECRET = re.compile(r"token|passw|secret|credential|api_?key|authorization|bearer", re.IGNORECASE)


class Adapter(Protocol):
    """What a module in `sources/` offers: the class of its source."""

    @property
    def Settings(self) -> type[Settings]:  # noqa: N802 - it is a class
        """The keys of a `[sources.NAME]` table of this type."""

    def __call__(self, name: str, settings: Any, scrubber: Scrubber) -> Source:
        """The source called `name`; asks nothing of anybody yet."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with some settings."""

    location: str
    """Dotted path to the key; empty if it is about the keys together."""
    problem: str
    """What is wrong; never the value, which may be a secret."""
    allowed: tuple[str, ...] = ()
    """What may be there instead, where that can be listed."""

    def __str__(self) -> str:
        """All of it on one line."""
        allowed = f"; allowed: {', '.join(self.allowed)}" if self.allowed else ""
        return f"{self.location}{': ' if self.location else ''}{self.problem}{allowed}"


class SettingsError(Exception):
    """The settings of a source cannot be used."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """There is at least one problem."""
        super().__init__("; and ".join(str(problem) for problem in problems))
        self.problems = problems


def check(type_: object, settings: Mapping[str, object]) -> Settings:
    """The settings (without `type`) of a source of that type, validated. Raises SettingsError."""
    return _validated(_adapter(type_).Settings, settings)


def build(name: str, type_: str, settings: Mapping[str, object], scrubber: Scrubber) -> Source:
    """The source `name`, ready to fetch and read; it asks nothing yet. Raises SettingsError."""
    adapter = _adapter(type_)
    return adapter(name, _validated(adapter.Settings, settings), scrubber)


def problems(error: ValidationError, model: type[BaseModel]) -> tuple[Problem, ...]:
    """What pydantic found wrong with data for `model`, without the data."""
    return tuple(_problem(part["type"], part["loc"], part["msg"], model) for part in error.errors())


def _prometheus() -> Adapter:
    from sources.prometheus import PrometheusSource

    return PrometheusSource


def _kubernetes() -> Adapter:
    from sources.kubernetes import KubernetesSource

    return KubernetesSource


def _kubernetes_audit() -> Adapter:
    from sources.kubernetes_audit import KubernetesAuditSource

    return KubernetesAuditSource


def _github() -> Adapter:
    from sources.github import GithubSource

    return GithubSource


def _alertmanager() -> Adapter:
    from sources.alertmanager import AlertmanagerSource

    return AlertmanagerSource


def _grafana() -> Adapter:
    from sources.grafana import GrafanaSource

    return GrafanaSource


def _loki_events() -> Adapter:
    from sources.loki_events import LokiEventsSource

    return LokiEventsSource


def _elasticsearch_events() -> Adapter:
    from sources.elasticsearch_events import ElasticsearchEventsSource

    return ElasticsearchEventsSource


def _kube_state_metrics() -> Adapter:
    from sources.kube_state_metrics import KubeStateMetricsSource

    return KubeStateMetricsSource


def _recorder() -> Adapter:
    from sources.recorder import RecorderSource

    return RecorderSource


def _notes() -> Adapter:
    from sources.notes import NotesSource

    return NotesSource


TYPES: Mapping[str, Callable[[], Adapter]] = types.MappingProxyType(
    {
        "alertmanager": _alertmanager,
        "elasticsearch-events": _elasticsearch_events,
        "github": _github,
        "grafana": _grafana,
        "kube-state-metrics": _kube_state_metrics,
        "kubernetes": _kubernetes,
        "kubernetes-audit": _kubernetes_audit,
        "loki-events": _loki_events,
        "notes": _notes,
        "prometheus": _prometheus,
        "recorder": _recorder,
    }
)


def _adapter(type_: object) -> Adapter:
    if type_ is None:
        raise SettingsError((Problem("type", "missing", tuple(TYPES)),))
    if not isinstance(type_, str) or type_ not in TYPES:
        raise SettingsError((Problem("type", "no such type of source", tuple(TYPES)),))
    return TYPES[type_]()


def _validated(model: type[Settings], settings: Mapping[str, object]) -> Settings:
    try:
        return model.model_validate(dict(settings))
    except ValidationError as error:
        raise SettingsError(problems(error, model)) from None


def _problem(type_: str, path: tuple[str | int, ...], message: str, model: type[BaseModel]) -> Problem:
    location = ".".join(str(part) for part in path)
    if type_ == "missing":
        return Problem(location, "missing")
    if type_ == "extra_forbidden":
        allowed = tuple(sorted(_keys(model, path[:-1])))
        if _SECRET.search(str(path[-1])) and "token_env" in allowed:
            return Problem(location, "secrets are not kept here; use token_env, token_file or token_command", allowed)
        return Problem(location, "unknown key", allowed)
    said = message.removeprefix("Value error, ").replace("valid dictionary", "table")
    return Problem(location, said[:1].lower() + said[1:])


def _keys(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """The keys that may stand at `path` in data for `model`."""
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model that an annotation such as `list[Query] | None` is about."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in typing.get_args(annotation) if (found := _model_in(part))), None)
