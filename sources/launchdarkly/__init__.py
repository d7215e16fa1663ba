"""LaunchDarkly: the audit log of the flags and segments of some projects."""

from sources.launchdarkly.settings import LaunchDarklySettings
from sources.launchdarkly.source import LaunchDarklySource

__all__ = ["LaunchDarklySettings", "LaunchDarklySource"]
