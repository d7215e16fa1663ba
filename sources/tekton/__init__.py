"""Tekton: its PipelineRuns and TaskRuns, and which of them deploy."""

from sources.tekton.source import TektonSource

__all__ = ["TektonSource"]
