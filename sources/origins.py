"""Where the sources of a run are configured, in the user's terms."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from collector.source_config import SourceConfig
from sources.discovery import from_environment
from sources.registry import adapter

_VARIABLES = {"prometheus": "PROMETHEUS_URL", "kubernetes": "KUBECONFIG", "github": "GITHUB_REPOSITORY"}


def of_environment(environ: Mapping[str, str], home: Path) -> Iterator[str]:
    """Variables, files and accounts in the environment that define sources, in the order of the sources."""
    for type_, _ in from_environment(environ, home):
        if type_ != "kubernetes" or environ.get("KUBECONFIG"):
            yield f"${_VARIABLES[type_]}"
        else:
            yield "~/.kube/config" if os.path.isfile(home / ".kube" / "config") else "the account of this pod"


def replaced(environ: Mapping[str, str], home: Path, sources: Iterable[SourceConfig]) -> Iterator[str]:
    """The variables that would define a source but that none of these sources uses."""
    configured = list(sources)
    for type_, settings in from_environment(environ, home):
        variable = _VARIABLES[type_]
        if environ.get(variable) and not any(_uses(one, type_, settings) for one in configured):
            yield f"${variable}"


def _uses(one: SourceConfig, type_: str, settings: Mapping[str, object]) -> bool:
    if type_ == "kubernetes":
        fields = adapter(one.type).Settings.model_fields
        # Argo CD may be asked through its own API instead, at a `url`.
        return "kubeconfig" in fields and not one.settings.get("kubeconfig") and not one.settings.get("url")
    if type_ == "github":
        many = one.settings.get("repositories")
        named = [one.settings.get("repository"), *(many if isinstance(many, list) else ())]
        return one.type == type_ and str(settings["repository"]).lower() in [str(each).lower() for each in named]
    return str(one.settings.get("url", "")).rstrip("/") == str(settings["url"]).rstrip("/")
