"""The recorder of clusters, `pm-timeline record`, and the source that reads its store."""

from sources.recorder.settings import RecorderSettings
from sources.recorder.source import RecorderSource

__all__ = ["RecorderSettings", "RecorderSource"]
