"""Unleash: the events about flags in the event log of one instance."""

from sources.unleash.settings import UnleashSettings
from sources.unleash.source import UnleashSource

__all__ = ["UnleashSettings", "UnleashSource"]
