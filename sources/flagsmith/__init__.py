"""Flagsmith: the audit log of an organisation or of some of its projects."""

from sources.flagsmith.settings import FlagsmithSettings
from sources.flagsmith.source import FlagsmithSource

__all__ = ["FlagsmithSettings", "FlagsmithSource"]
