"""One run of the bare command: from the options to the written timeline."""

import gc
import json
import logging
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from importlib.metadata import version
from pathlib import Path

from cli.config import Configured, load, select
from cli.errors import UsageError
from cli.output import write
from cli.progress import Progress
from cli.times import describe, resolve
from cli.zones import parse_zone, system_zone, zone_name
from collector.capture import BundleWriter
from collector.coverage import Coverage
from collector.gather import Gathered, gather
from collector.manifest import FORMAT, BundleError, Manifest, StoredSource, StoredWindow
from collector.replay import BundleReader
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap, Source
from collector.timeline import Scope, draft
from collector.window import Window
from sources.registry import SettingsError, build

PARTIAL = 3
NOTHING = 4
_GARBAGE = 100_000
"""New objects between two looks for cycles among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The options, as given; see `--help` for what each means."""

    start: str | None
    end: str | None
    tz: str | None
    services: tuple[str, ...]
    namespaces: tuple[str, ...]
    sources: tuple[str, ...]
    config: Path | None
    notes: Path | None
    note: tuple[str, ...]
    format: str | None
    output: Path | None
    full: bool
    capture: Path | None
    replay: Path | None
    plot: bool
    strict: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be read, from where, for which window."""

    window: Window
    scope: Scope
    sources: tuple[Configured, ...]
    bundle: BundleReader | None = None


def extract(request: Request) -> int:
    """Make the timeline that was asked for and write it; returns the exit code. Raises UsageError."""
    # Libraries warn by way of logging, with addresses in it; what matters of it is in the coverage.
    logging.getLogger().addHandler(logging.NullHandler())
    # Nearly all that is made from here on lives until the end: to look through it as often as Python does by default
    # takes as long as to make it.
    gc.set_threshold(_GARBAGE, 20, 20)
    scrubber = Scrubber()
    if request.plot and request.format != "json":
        raise UsageError("--plot: only JSON holds the series; add --format json")
    try:
        plan = _replayed(request) if request.replay else _asked(request)
        _say(describe(plan.window))
        gathered = _gathered(plan, request, scrubber)
    except BundleError as error:
        raise UsageError(str(error)) from None
    if all(coverage.failed for coverage in gathered.coverage):
        _say_nothing_was_seen(gathered.coverage, scrubber)
        return NOTHING
    timeline = draft(gathered, plan.window, plan.scope)
    write(timeline, request.format, request.output, plots=request.plot)
    incomplete = any(coverage.gaps for coverage in gathered.coverage)
    return PARTIAL if request.strict and incomplete else 0


def _asked(request: Request) -> _Plan:
    """The plan for asking the systems."""
    config = load(request.config)
    zone = request.tz or config.tz
    tz = parse_zone(zone) if zone else system_zone()
    if request.start is None or request.end is None:
        missing = " and ".join(name for name, text in (("--from", request.start), ("--to", request.end)) if not text)
        raise UsageError(f"{missing} missing: give the window, for example --from 14:00 --to 14:30")
    window = _resolved(request.start, request.end, tz)
    scope = Scope(request.services, request.namespaces, request.full)
    # What the user wrote by hand is never left out, whichever sources were chosen.
    written = tuple(_notes(request, "notes"))
    if written and not config.sources:
        _say("notice: no system is configured, so only the notes are read")
    chosen = select(replace(config, sources=(*config.sources, *written)), request.sources)
    return _Plan(window, scope, (*(source for source in chosen if source not in written), *written))


def _replayed(request: Request) -> _Plan:
    """The plan for reading a bundle: as it was captured, unless the options say otherwise."""
    for name, given in (("--capture", request.capture), ("--config", request.config)):
        if given:
            raise UsageError(f"{name} {given}: has no use with --replay; leave one of the two out")
    bundle = BundleReader(Path(request.replay or ""))
    bundle.verify()
    manifest = bundle.manifest
    tz = parse_zone(request.tz or manifest.window.tz)
    captured = Window(manifest.window.start.astimezone(UTC), manifest.window.end.astimezone(UTC), tz)
    window = captured
    if request.start or request.end:
        start = request.start or captured.local(captured.start).isoformat()
        window = _resolved(start, request.end or captured.local(captured.end).isoformat(), tz)
        if window.start < captured.start or window.end > captured.end:
            _say(f"warning: the bundle was captured for another window: {describe(captured)}")
    scope = Scope(request.services or manifest.services, request.namespaces or manifest.namespaces, request.full)
    known = tuple(Configured(source.name, source.type, source.settings) for source in manifest.sources)
    unknown = sorted(set(request.sources) - {source.name for source in known})
    if unknown:
        names = ", ".join(source.name for source in known)
        raise UsageError(f"--source {unknown[0]}: not in the bundle, which has {names}")
    chosen = tuple(source for source in known if not request.sources or source.name in request.sources)
    return _Plan(window, scope, (*chosen, *_notes(request, "notes-now")), bundle)


def _resolved(start: str, end: str, tz: tzinfo) -> Window:
    resolved = resolve(start, end, tz, datetime.now(UTC).replace(microsecond=0))
    for notice in resolved.notices:
        _say(f"notice: {notice}")
    return resolved.window


def _notes(request: Request, name: str) -> Iterable[Configured]:
    """The source for --notes and --note, if either was given."""
    if request.notes is not None and not request.notes.exists():
        raise UsageError(f"--notes {request.notes}: no such file; give the path of a text or Markdown file")
    if request.notes is not None or request.note:
        file = {"file": str(request.notes)} if request.notes is not None else {}
        yield Configured(name, "notes", {**file, "lines": list(request.note)})


def _gathered(plan: _Plan, request: Request, scrubber: Scrubber) -> Gathered:
    built = [_built(source, scrubber) for source in plan.sources]
    writer = BundleWriter(request.capture) if request.capture else None
    bundle = plan.bundle

    def feed(source: Source, deadline: Deadline) -> Iterable[Document | Gap]:
        if bundle and any(stored.name == source.name for stored in bundle.manifest.sources):
            return bundle.documents(source.name)
        return source.fetch(plan.window, deadline)

    progress = Progress(sys.stderr)
    keep = writer.keep if writer else None
    gathered = gather(built, plan.window, feed, scrubber, keep, progress, hurry=bundle is None)
    progress.done()
    if writer:
        writer.close(_manifest(plan, writer, scrubber))
    return gathered


def _built(source: Configured, scrubber: Scrubber) -> Source:
    try:
        return build(source.name, source.type, source.settings, scrubber)
    except SettingsError as error:
        raise UsageError(f"sources.{source.name}: {error}") from None


def _manifest(plan: _Plan, writer: BundleWriter, scrubber: Scrubber) -> Manifest:
    stored = []
    for source in plan.sources:
        documents, gaps = writer.given_by(source.name)
        # A token_command may hold the token that it prints.
        settings = json.loads(scrubber.scrub(json.dumps(source.settings)))
        stored.append(
            StoredSource(name=source.name, type=source.type, settings=settings, documents=documents, gaps=gaps)
        )
    window = {"from": plan.window.start, "to": plan.window.end, "tz": zone_name(plan.window.tz)}
    return Manifest(
        format=FORMAT,
        made_by=f"pm-timeline {version('pm-timeline')}",
        captured_at=datetime.now(UTC),
        window=StoredWindow.model_validate(window),
        services=plan.scope.services,
        namespaces=plan.scope.namespaces,
        sources=tuple(stored),
    )


def _say_nothing_was_seen(coverage: Sequence[Coverage], scrubber: Scrubber) -> None:
    _say("pm-timeline: no source could be asked, so there is no table")
    for source in coverage:
        for gap in source.gaps:
            hint = f" ({gap.hint})" if gap.hint else ""
            _say(scrubber.scrub(f"  {source.source}: {gap.reason}{hint}"))


def _say(line: str) -> None:
    printable = "".join(char if char.isprintable() else " " for char in line)
    print(printable, file=sys.stderr)  # noqa: T201 - stderr is where the user is spoken to
