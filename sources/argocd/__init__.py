"""Argo CD: which Applications were synced to which revision of their configuration, when, and who asked for it."""

from sources.argocd.source import ArgocdSource

__all__ = ["ArgocdSource"]
