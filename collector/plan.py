"""The plan of a run: the window, and the sources to read, live or from a bundle."""

from datetime import UTC, datetime, tzinfo
from pathlib import Path

from msgspec import Struct

from collector.errors import UsageError
from collector.parse_window import describe, resolve
from collector.replay import BundleReader
from collector.request import Request
from collector.scope import Scope, scope_of
from collector.source_config import SourceConfig
from collector.unknown_names import did_you_mean
from collector.window import Window
from collector.zones import parse_zone

STDIN = Path("-")
TYPING = 600.0
"""Deadline in seconds for notes from stdin, which somebody may be typing."""


class Plan(Struct, frozen=True, kw_only=True):
    """Everything that a run needs to know. `sources.live.plan_live` makes the plan that asks live systems."""

    request: Request
    window: Window
    scope: Scope
    sources: tuple[SourceConfig, ...]
    bundle: BundleReader | None = None
    """The bundle with the documents of its sources; None if the systems themselves are asked."""
    notices: tuple[str, ...] = ()
    """Notices for the user about how the request was understood, one line each."""


def plan_replay(request: Request, path: Path, now: datetime) -> Plan:
    """The plan for reading the bundle at `path`: as it was captured, except where the request differs.

    Raises UsageError and BundleError.
    """
    names = request.arguments
    if request.capture is not None:
        raise UsageError(f"{names.capture} {request.capture}: has no use with {names.replay}; leave one of the two out")
    bundle = BundleReader(path, names.replay)
    bundle.verify()
    manifest = bundle.manifest
    zone = read_zone(request.tz, names.tz) or parse_zone(manifest.window.tz, f"{names.replay} {path}: tz of its window")
    captured = Window(manifest.window.start.astimezone(UTC), manifest.window.end.astimezone(UTC), zone)
    window, notices = captured, []
    if request.start is not None or request.end is not None:
        start = captured.start if request.start is None else request.start
        end = captured.end if request.end is None else request.end
        resolved = resolve(start, end, zone, now, names, near=captured)
        window = resolved.window
        notices = [f"notice: {notice}" for notice in resolved.notices]
        if window.start < captured.start or window.end > captured.end:
            notices.append(f"warning: the bundle was captured for another {describe(captured)}")
    sources = (*_captured_sources(request, bundle), *notes_sources(request, "notes-now"))
    known = Scope(manifest.services, manifest.namespaces, aliases=manifest.aliases)
    return Plan(
        request=request,
        window=window,
        scope=scope_of(request, [source.name for source in sources], known),
        sources=sources,
        bundle=bundle,
        notices=tuple(notices),
    )


def notes_sources(request: Request, name: str = "notes") -> tuple[SourceConfig, ...]:
    """The sources for the notes in the request, one for each file: `name`, `name-2`. Raises UsageError."""
    option = request.arguments.notes
    if request.notes.count(STDIN) > 1:
        raise UsageError(f"{option} -: stdin can be read once; leave the other out")
    for path in request.notes:
        if path != STDIN and not path.exists():
            raise UsageError(f"{option} {path}: no such file; give the path of a text or Markdown file, or - for stdin")
        if path.is_dir():
            raise UsageError(f"{option} {path}: is a folder; give the path of a text or Markdown file, or - for stdin")
    # One file is read once, however often and in whatever way it is named.
    files = {path if path == STDIN else path.resolve(): path for path in reversed(request.notes)}
    files = dict(reversed(files.items()))
    lines: dict[str, object] = {"lines": list(request.note)} if request.note else {}
    settings: list[dict[str, object]] = [
        {"file": str(path), **({"deadline": TYPING} if path == STDIN else {})} for path in files.values()
    ]
    every = [{**settings[0], **lines}, *settings[1:]] if settings else [lines] if lines else []
    return tuple(
        SourceConfig(name if number == 1 else f"{name}-{number}", "notes", each)
        for number, each in enumerate(every, start=1)
    )


def read_zone(zone: str | tzinfo | None, argument: str) -> tzinfo | None:
    """The zone with this name. Raises UsageError, which names `argument`, if there is none."""
    return parse_zone(zone, argument) if isinstance(zone, str) else zone


def _captured_sources(request: Request, bundle: BundleReader) -> list[SourceConfig]:
    # Times in notes are in the zone that the table had at capture, whatever zone it has now.
    zone = {"tz": bundle.manifest.window.tz}
    known = [
        SourceConfig(source.name, source.type, {**(zone if source.type == "notes" else {}), **source.settings})
        for source in bundle.manifest.sources
    ]
    names = [source.name for source in known]
    for name in request.sources:
        if name not in names:
            meant = did_you_mean(name, names)
            raise UsageError(
                f"{request.arguments.sources} {name}: not in the bundle{meant}; it has: {', '.join(names)}"
            )
    return [source for source in known if not request.sources or source.name in request.sources]
