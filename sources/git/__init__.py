"""A local clone of a git repository: what was merged, reverted and tagged, as supporting evidence."""

from sources.git.settings import GitSettings
from sources.git.source import GitSource

__all__ = ["GitSettings", "GitSource"]
