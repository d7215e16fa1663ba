"""Alertmanager: the alerts that currently fire, with their annotations, and the silences that people made."""

from sources.alertmanager.settings import AlertmanagerSettings
from sources.alertmanager.source import AlertmanagerSource

__all__ = ["AlertmanagerSettings", "AlertmanagerSource"]
