"""Events in files: CDEvents, and any JSON, JSON Lines or CSV with configured fields."""

from sources.events.settings import EventsSettings
from sources.events.source import EventsSource

__all__ = ["EventsSettings", "EventsSource"]
