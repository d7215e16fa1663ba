"""Applies `--context`, the name of a context of the kubeconfig, to the configuration."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from collector.errors import UsageError
from collector.source import SourceError
from collector.unknown_names import did_you_mean

if TYPE_CHECKING:
    from sources.config import Config


def with_context(config: "Config", context: str | None) -> "Config":
    """The configuration with this context set in the only source of type kubernetes; unchanged if it is None.

    Raises UsageError if there is not exactly one such source, or if its kubeconfig has no such context.
    """
    if context is None:
        return config
    clusters = [source for source in config.sources if source.type == "kubernetes"]
    if not clusters:
        raise UsageError(f"--context {context}: no source of type kubernetes is configured")
    if len(clusters) > 1:
        names = ", ".join(source.name for source in clusters)
        raise UsageError(
            f"--context {context}: several sources are of type kubernetes; set `context` of {names} instead"
        )
    _refuse_unknown(context, clusters[0].settings.get("kubeconfig"))
    sources = (
        replace(source, settings={**source.settings, "context": context}) if source is clusters[0] else source
        for source in config.sources
    )
    return replace(config, sources=tuple(sources))


def _refuse_unknown(context: str, kubeconfig: object) -> None:
    """Raise UsageError if the kubeconfig has no such context. If it cannot be read, the source itself reports that."""
    from sources.kube_api.connect import contexts
    from sources.kube_api.settings import ClusterSettings

    try:
        known, _ = contexts(ClusterSettings.model_validate({"kubeconfig": kubeconfig}))
    except SourceError:
        return
    if known and context not in known:
        meant = did_you_mean(context, known)
        raise UsageError(f"--context {context}: no such context{meant}; there are: {', '.join(known)}")
