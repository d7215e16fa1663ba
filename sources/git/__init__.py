"""A local clone of a git repository: merges, reverts and tags, as supporting evidence."""

from sources.git.settings import GitSettings
from sources.git.source import GitSource

__all__ = ["GitSettings", "GitSource"]
