"""GitHub: Deployments with their statuses, and Actions runs, of one or several repositories."""

from sources.github.settings import GithubSettings
from sources.github.source import GithubSource

__all__ = ["GithubSettings", "GithubSource"]
