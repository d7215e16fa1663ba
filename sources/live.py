"""The plan for asking the configured systems."""

from datetime import datetime

from msgspec.structs import replace

from collector.errors import UsageError
from collector.parse_window import resolve
from collector.plan import Plan, notes_sources, read_zone
from collector.request import Request
from collector.scope import scope_of
from collector.source_config import SourceConfig
from collector.zones import system_zone, unknown_zone, zone_name
from sources.config import Config, select
from sources.registry import adapter


def plan_live(request: Request, config: Config, now: datetime) -> Plan:
    """The plan for asking the configured sources, or those that the request names. Raises UsageError."""
    names = request.arguments
    given = read_zone(request.tz or config.tz, names.tz)
    zone = given or system_zone()
    notes = notes_sources(request)
    asked = select(config, request.sources, notes, names.sources)
    if request.start is None:
        raise UsageError(f"{names.start} missing: give the window, for example {names.start} 14:00 {names.end} 14:30")
    resolved = resolve(request.start, "now" if request.end is None else request.end, zone, now, names)
    notices = [f"notice: {notice}" for notice in resolved.notices]
    if given is None and (unknown := unknown_zone()):
        notices.append(f"warning: TZ {unknown[:60]!r} names no time zone, so {zone_name(zone)} is used all year")
    if notes and not config.sources:
        notices.append("notice: no system is configured, so only the notes are read")
    sources = tuple(_asked(each, request) for each in asked)
    scope = scope_of(request, [source.name for source in sources], config.scope)
    return Plan(request=request, window=resolved.window, scope=scope, sources=sources, notices=tuple(notices))


def _asked(source: SourceConfig, request: Request) -> SourceConfig:
    """The source with the namespaces of the request, for types that may lack the right to list all namespaces."""
    if not request.namespaces or "asked_namespaces" not in adapter(source.type).Settings.model_fields:
        return source
    return replace(source, settings={**source.settings, "asked_namespaces": list(request.namespaces)})
