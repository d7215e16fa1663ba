"""Flux: what its Kustomizations and HelmReleases applied, when, from which revision, and which drift it reverted."""

from sources.flux.source import FluxSource

__all__ = ["FluxSource"]
