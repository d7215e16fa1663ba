"""The types of sources, and how to make a source from its settings.

This is the only place where an adapter is registered. Adapters are imported when first used.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, Protocol

from pydantic import ValidationError

from collector.errors import UsageError
from collector.secrets import Scrubber
from collector.source import Source
from collector.source_config import SourceConfig
from collector.unknown_names import did_you_mean
from sources.problems import Problem, SettingsError, problems
from sources.settings import Settings

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "alertmanager": "alertmanager:AlertmanagerSource",
        "argocd": "argocd:ArgocdSource",
        "aws": "aws:AwsSource",
        "elasticsearch-events": "elasticsearch_events:ElasticsearchEventsSource",
        "events": "events:EventsSource",
        "flagsmith": "flagsmith:FlagsmithSource",
        "flux": "flux:FluxSource",
        "git": "git:GitSource",
        "github": "github:GithubSource",
        "gitlab": "gitlab:GitlabSource",
        "grafana": "grafana:GrafanaSource",
        "helm": "helm:HelmSource",
        "jenkins": "jenkins:JenkinsSource",
        "kube-state-metrics": "kube_state_metrics:KubeStateMetricsSource",
        "kubernetes": "kubernetes:KubernetesSource",
        "kubernetes-audit": "kubernetes_audit:KubernetesAuditSource",
        "launchdarkly": "launchdarkly:LaunchDarklySource",
        "loki-events": "loki_events:LokiEventsSource",
        "notes": "notes:NotesSource",
        "prometheus": "prometheus:PrometheusSource",
        "recorder": "recorder:RecorderSource",
        "tekton": "tekton:TektonSource",
        "terraform": "terraform:TerraformSource",
        "unleash": "unleash:UnleashSource",
    }
)
"""The module in this folder and its source class, by the `type` of a `[sources.NAME]` table."""


class Adapter(Protocol):
    """The interface of the classes in `TYPES`."""

    @property
    def Settings(self) -> type[Settings]:  # noqa: N802 - it is a class
        """The keys of a `[sources.NAME]` table of this type."""

    def __call__(self, name: str, settings: Any, scrubber: Scrubber) -> Source:
        """The source with this name. This sends no request."""


def adapter(type_: object) -> Adapter:
    """The source class of this type. Raises SettingsError if there is no such type."""
    if type_ is None:
        raise SettingsError((Problem("type", "missing", tuple(TYPES)),))
    if not isinstance(type_, str) or type_ not in TYPES:
        meant = did_you_mean(str(type_), TYPES)
        raise SettingsError((Problem("type", f"no such type of source{meant}", tuple(TYPES)),))
    module, _, name = TYPES[type_].partition(":")
    # In the wheel this package is not called `sources` but `pm_timeline.sources`.
    found: Adapter = getattr(import_module(f"{__package__}.{module}"), name)
    return found


def check(type_: object, settings: Mapping[str, object]) -> Settings:
    """The settings (without `type`) of a source of this type, validated. Raises SettingsError."""
    return _validated(adapter(type_).Settings, settings)


def build(name: str, type_: str, settings: Mapping[str, object], scrubber: Scrubber) -> Source:
    """The source with this name, ready to fetch and read. This sends no request. Raises SettingsError."""
    made = adapter(type_)
    return made(name, _validated(made.Settings, settings), scrubber)


def build_source(source: SourceConfig, scrubber: Scrubber) -> Source:
    """The source that this configuration describes. Raises UsageError, which names the source."""
    try:
        return build(source.name, source.type, source.settings, scrubber)
    except SettingsError as error:
        raise UsageError(f"sources.{source.name}: {error}") from None


def _validated(model: type[Settings], settings: Mapping[str, object]) -> Settings:
    try:
        return model.model_validate(dict(settings))
    except ValidationError as error:
        raise SettingsError(problems(error, model)) from None
