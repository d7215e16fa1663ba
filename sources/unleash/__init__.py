"""Unleash: the event log of one instance, as far as it is about flags."""

from sources.unleash.settings import UnleashSettings
from sources.unleash.source import UnleashSource

__all__ = ["UnleashSettings", "UnleashSource"]
