"""Helm: which revision of which release was installed, upgraded, rolled back or uninstalled when, and how it ended."""

from sources.helm.source import HelmSource

__all__ = ["HelmSource"]
