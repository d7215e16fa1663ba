"""One run, from a plan to the timeline: gather what the sources report, keep it if asked to, and draft the rows."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial

from msgspec.structs import replace

from collector.capture import BundleWriter
from collector.errors import BundleError, Interrupted, NoAnswerError
from collector.gather import Gathered, Keep, Progress, gather
from collector.manifest import FORMAT, Manifest, StoredSource, StoredWindow
from collector.plan import Plan
from collector.reader_links import for_readers
from collector.result import Timeline
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap, Source
from collector.source_config import SourceConfig
from collector.timeline import draft
from collector.version import installed_version
from collector.zones import zone_name

Build = Callable[[SourceConfig, Scrubber], Source]
"""Makes a source from its configuration. Raises UsageError if its settings cannot be used."""
Fetched = Callable[[str], None]
"""Called with the name of a source once all its requests are done, from a thread of its own."""


def run(
    plan: Plan,
    build: Build,
    *,
    progress: Progress | None = None,
    fetched: Fetched | None = None,
    before_draft: Callable[[], None] | None = None,
) -> Timeline:
    """The timeline; with `capture` in the request, the evidence is also written to a bundle.

    `before_draft` is called once everything has been read.

    Raises NoAnswerError if no source could be asked, BundleError if the bundle cannot be written (with the timeline),
    Interrupted if the user did not want to wait (with a function that drafts a timeline from the answers so far), and
    whatever `build` raises. A source that fails raises nothing: its gaps are in the coverage.
    """
    request, scrubber = plan.request, Scrubber()
    capture = None
    if request.capture:
        capture = BundleWriter(request.capture, request.arguments.capture, force=request.force)
    try:
        keep = capture.keep if capture else None
        found = gathered(plan, build, scrubber, keep=keep, progress=progress, fetched=fetched)
        answered = not all(coverage.failed for coverage in found.coverage)
        if found.unfinished:
            raise Interrupted(found.unfinished, partial(draft, found, plan.window, plan.scope) if answered else None)
        if not answered:
            raise NoAnswerError(found.coverage)
        if before_draft:
            before_draft()
        timeline = draft(found, plan.window, plan.scope)
        if capture:
            _close(capture, plan, scrubber, timeline)
    finally:
        if capture:
            capture.discard()
    return timeline


def _close(capture: BundleWriter, plan: Plan, scrubber: Scrubber, timeline: Timeline) -> None:
    try:
        capture.close(_manifest(plan, capture, scrubber))
    except BundleError as error:
        error.timeline = timeline
        raise


def gathered(
    plan: Plan,
    build: Build,
    scrubber: Scrubber,
    *,
    keep: Keep | None = None,
    progress: Progress | None = None,
    fetched: Fetched | None = None,
) -> Gathered:
    """Everything that the sources of the plan give, live or from its bundle. Raises whatever `build` raises."""
    sources = [build(source, scrubber) for source in plan.sources]
    bundle = plan.bundle
    captured = {source.name for source in bundle.manifest.sources} if bundle else set()

    def feed(source: Source, deadline: Deadline) -> Iterator[Document | Gap]:
        try:
            if bundle and source.name in captured:
                yield from bundle.documents(source.name)
            else:
                yield from source.fetch(plan.window, deadline)
        finally:
            if fetched:
                fetched(source.name)

    found = gather(sources, plan.window, feed, scrubber, keep, progress, deadlines=bundle is None)
    return replace(found, events=for_readers(found.events, plan.sources, found.query_pages))


def gathered_whole(plan: Plan, build: Build, scrubber: Scrubber) -> Gathered:
    """Like `gathered`, for callers that need all of the evidence. Raises KeyboardInterrupt if it was interrupted."""
    found = gathered(plan, build, scrubber)
    if found.unfinished:
        raise KeyboardInterrupt
    return found


def _kept(settings: Mapping[str, object]) -> dict[str, object]:
    """Settings as a bundle keeps them: only the name of a command, because its arguments may contain a password.

    The value of a variable that the command assigns is not kept either, as in `TOKEN=secret vault` for a shell.
    """
    command = settings.get("token_command")
    if not isinstance(command, str) or not command.strip():
        return dict(settings)
    return {**settings, "token_command": command.split(maxsplit=1)[0].partition("=")[0]}


def _manifest(plan: Plan, writer: BundleWriter, scrubber: Scrubber) -> Manifest:
    stored = []
    for source in plan.sources:
        documents, gaps = writer.given_by(source.name)
        settings = json.loads(scrubber.scrub(json.dumps(_kept(source.settings))))
        stored.append(
            StoredSource(name=source.name, type=source.type, settings=settings, documents=documents, gaps=gaps)
        )
    window = {"from": plan.window.start, "to": plan.window.end, "tz": zone_name(plan.window.tz)}
    return Manifest(
        format=FORMAT,
        made_by=f"pm-timeline {installed_version()}",
        captured_at=datetime.now(UTC),
        window=StoredWindow.model_validate(window),
        services=plan.scope.services,
        namespaces=plan.scope.namespaces,
        aliases=dict(plan.scope.aliases),
        sources=tuple(stored),
    )
