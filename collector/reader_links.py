"""Links that work for a reader: where a system is asked through a port-forward, pages of it are elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from collector.event import Event
from collector.source_config import SourceConfig


def for_readers(events: Sequence[Event], sources: Iterable[SourceConfig]) -> tuple[Event, ...]:
    """The same Events; where `link_url` of their source is set, their pages begin with it instead of with `url`."""
    bases = {source.name: base for source in sources if (base := _bases(source.settings))}
    if not bases:
        return tuple(events)
    return tuple(_linked(event, *bases[event.source]) if event.source in bases else event for event in events)


def _bases(settings: Mapping[str, object]) -> tuple[str, str] | None:
    asked, shown = settings.get("url"), settings.get("link_url")
    return (asked.rstrip("/"), shown.rstrip("/")) if isinstance(asked, str) and isinstance(shown, str) else None


def _linked(event: Event, asked: str, shown: str) -> Event:
    rest = event.url.removeprefix(asked)
    begins = event.url.startswith(asked) and rest[:1] in ("", "/", "?", "#")
    return replace(event, url=f"{shown}{rest}") if begins else event
