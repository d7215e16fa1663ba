"""GitLab: deployments with approvals, environments, pipelines and jobs, of projects or of a whole group."""

from sources.gitlab.settings import GitlabSettings
from sources.gitlab.source import GitlabSource

__all__ = ["GitlabSettings", "GitlabSource"]
