"""Helm: when each revision of a release was installed, upgraded, rolled back or uninstalled, and with which result."""

from sources.helm.source import HelmSource

__all__ = ["HelmSource"]
