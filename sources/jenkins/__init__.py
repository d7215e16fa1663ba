"""Jenkins: builds of jobs in folders and multibranch projects, the stages of Pipelines, and the queue."""

from sources.jenkins.settings import JenkinsSettings
from sources.jenkins.source import JenkinsSource

__all__ = ["JenkinsSettings", "JenkinsSource"]
