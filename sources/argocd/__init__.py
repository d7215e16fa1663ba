"""Argo CD: which Applications were synced, to which revision of their configuration, when, and by whom."""

from sources.argocd.source import ArgocdSource

__all__ = ["ArgocdSource"]
