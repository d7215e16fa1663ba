"""Drafts the timeline that a marker in a postmortem describes."""

import io
import logging
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from cli.messages import say
from cli.progress import Progress
from cli.render.as_json import instant
from cli.render.look import Look
from collector.plan import plan_replay
from collector.postmortem.marker import Settings
from collector.request import Arguments, Request
from collector.result import Timeline
from collector.run import run
from collector.zones import zone_name

OPTIONS = Arguments("--from", "--to", "--tz", "--source", "--notes", "--capture", "--replay", "--clock-offset")


class Found(Struct, frozen=True):
    """A timeline, the settings that reproduce it, and how it is rendered."""

    timeline: Timeline
    settings: Settings
    look: Look


def evidence(settings: Settings, folder: Path, *, quiet: bool) -> Found:
    """Draft the timeline of the settings; their paths are relative to `folder`, the folder of the document.

    Raises UsageError, BundleError, and NoAnswerError if no source could be asked.
    """
    from sources.config import load
    from sources.live import plan_live
    from sources.registry import build_source

    logging.getLogger().addHandler(logging.NullHandler())
    single = {name: values[0] for name, values in settings.items() if values}
    request = Request(
        start=single.get("from"),
        end=single.get("to"),
        tz=single.get("tz"),
        services=settings.get("service", ()),
        namespaces=settings.get("namespace", ()),
        sources=settings.get("source", ()),
        notes=tuple(folder / file for file in settings.get("notes", ())),
        arguments=OPTIONS,
    )
    now = datetime.now(UTC).replace(microsecond=0)
    bundle = single.get("bundle")
    if bundle is not None:
        plan = plan_replay(request, folder / bundle, now)
    else:
        configured = load(folder / single["config"] if "config" in single else None)
        plan = plan_live(request, configured, now)
        for remark in () if quiet else configured.remarks:
            say(remark)
    if not quiet:
        for notice in plan.notices:
            say(notice)
    names = [source.name for source in plan.sources]
    progress = Progress(io.StringIO() if quiet else sys.stderr, names, verbose=False)
    try:
        timeline = run(plan, build_source, progress=progress, fetched=progress.fetched)
    finally:
        progress.done()
    window = plan.window
    exact = {"from": (instant(window.start),), "to": (instant(window.end),), "tz": (zone_name(window.tz),)}
    look = Look(stable_labels=True, bundle=Path(bundle).name if bundle else "")
    return Found(timeline, {**settings, **exact}, look)


def from_folder(path: Path, folder: Path) -> str:
    """The `path` as a marker has it: relative to the document's folder, so that both can be moved together."""
    try:
        return Path(os.path.relpath(path.absolute(), folder.absolute())).as_posix()
    except ValueError:  # on another drive
        return str(path.absolute())


def given_settings(
    folder: Path,
    start: str | None,
    end: str | None,
    tz: str | None,
    replay: Path | None,
    service: Sequence[str] | None,
    namespace: Sequence[str] | None,
    source: Sequence[str] | None,
    notes: Sequence[Path] | None,
    config: Path | None,
) -> Settings:
    """The options that were given, in the form of a marker of a document in `folder`."""
    given: dict[str, tuple[str, ...]] = {
        "from": (start,) if start else (),
        "to": (end,) if end else (),
        "tz": (tz,) if tz else (),
        "bundle": (from_folder(replay, folder),) if replay else (),
        "service": tuple(service or ()),
        "namespace": tuple(namespace or ()),
        "source": tuple(source or ()),
        "notes": tuple(from_folder(path, folder) for path in notes or ()),
        "config": (from_folder(config, folder),) if config else (),
    }
    return {name: values for name, values in given.items() if values}
