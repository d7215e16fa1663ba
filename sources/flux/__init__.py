"""Flux: what its Kustomizations and HelmReleases applied, when, from which revision, and what it put back."""

from sources.flux.source import FluxSource

__all__ = ["FluxSource"]
