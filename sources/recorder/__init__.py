"""What `pm-timeline record` keeps of clusters, and the source that reads it back."""

from sources.recorder.settings import RecorderSettings
from sources.recorder.source import RecorderSource

__all__ = ["RecorderSettings", "RecorderSource"]
