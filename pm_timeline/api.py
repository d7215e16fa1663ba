"""The functions of the library; see the package's own docstring."""

import os
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TypedDict

from msgspec.structs import replace

from collector.display import shown_by
from collector.errors import TimelineWarning
from collector.plan import Plan, plan_replay
from collector.request import Request
from collector.run import run
from collector.timeline import Timeline
from sources.config import load
from sources.live import plan_live
from sources.registry import build_source


def _notebook(timeline: Timeline) -> str:
    """The timeline as HTML for a notebook. The renderer is only imported when a notebook shows a timeline."""
    from cli.render.notebook import render

    return render(timeline)


shown_by[:] = [_notebook]

Notes = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
Offsets = str | Sequence[str] | Mapping[str, timedelta]


def timeline(
    start: str | datetime,
    end: str | datetime,
    *,
    config: str | os.PathLike[str] | Mapping[str, object] | None = None,
    tz: str | tzinfo | None = None,
    services: str | Sequence[str] = (),
    namespaces: str | Sequence[str] = (),
    sources: str | Sequence[str] = (),
    notes: Notes = (),
    note: str | Sequence[str] = (),
    full: bool = False,
    pins: str | Sequence[str] = (),
    drops: str | Sequence[str] = (),
    aliases: Mapping[str, str] | None = None,
    clock_offsets: Offsets = (),
    capture: str | os.PathLike[str] | None = None,
    force: bool = False,
) -> Timeline:
    """Ask the configured systems, and draft the timeline from `start` to `end`.

    `start` and `end` are datetimes (naive ones in `tz`), or text as after `--from` and `--to`: `14:00`,
    `2026-04-01 14:00`, RFC 3339, `now`, `-90m`; the end also `+30m`. `config` is a `pm-timeline.toml`, or a mapping
    with the same tables; by default the file is searched for as by the command. `tz` is the zone of times without one;
    it defaults to the configuration's, then to the system's.

    `services`, `namespaces` and `sources` restrict the query. `notes` are files, and `note` holds lines such as
    `14:12 text`. With `full`, every event has a row. `capture` is the path of an evidence bundle to write for `replay`;
    an existing bundle is only replaced with `force`.

    `pins` and `drops` are ids of rows or stories to show or to leave out, in addition to those of the configuration.
    `aliases` maps another name or a repository to a service: `{"shop-web": "checkout"}`. `clock_offsets` are added to
    the times of a source: `{"github": timedelta(seconds=3)}`, or lines such as `github=+3s`.

    Raises UsageError, NoAnswerError, and BundleError if `capture` cannot be written.
    """
    request = _request(start, end, tz, services, namespaces, sources, notes, note, full=full, capture=capture)
    request = replace(request, force=force, **_choices(pins, drops, aliases, clock_offsets))
    configuration = load(config if config is None or isinstance(config, Mapping) else Path(config))
    return _run(plan_live(request, configuration, _now()))


def replay(
    bundle: str | os.PathLike[str],
    *,
    start: str | datetime | None = None,
    end: str | datetime | None = None,
    tz: str | tzinfo | None = None,
    services: str | Sequence[str] = (),
    namespaces: str | Sequence[str] = (),
    sources: str | Sequence[str] = (),
    notes: Notes = (),
    note: str | Sequence[str] = (),
    full: bool = False,
    pins: str | Sequence[str] = (),
    drops: str | Sequence[str] = (),
    aliases: Mapping[str, str] | None = None,
    clock_offsets: Offsets = (),
) -> Timeline:
    """Draft the timeline again from an evidence bundle (zip or unpacked folder). No system is asked anything.

    The bundle has its own window, zone, services and namespaces. The arguments override them and mean the same as for
    `timeline`.

    Raises BundleError, UsageError, and NoAnswerError if no source could be asked when the bundle was captured.
    """
    request = _request(start, end, tz, services, namespaces, sources, notes, note, full=full)
    request = replace(request, **_choices(pins, drops, aliases, clock_offsets))
    return _run(plan_replay(request, Path(bundle), _now()))


def _request(
    start: str | datetime | None,
    end: str | datetime | None,
    tz: str | tzinfo | None,
    services: str | Sequence[str],
    namespaces: str | Sequence[str],
    sources: str | Sequence[str],
    notes: Notes,
    note: str | Sequence[str],
    *,
    full: bool,
    capture: str | os.PathLike[str] | None = None,
) -> Request:
    return Request(
        start=start,
        end=end,
        tz=tz,
        services=_texts(services),
        namespaces=_texts(namespaces),
        sources=_texts(sources),
        notes=tuple(map(Path, (notes,) if isinstance(notes, str | os.PathLike) else notes)),
        note=_texts(note),
        full=full,
        capture=None if capture is None else Path(capture),
    )


class _Choices(TypedDict):
    pins: tuple[str, ...]
    drops: tuple[str, ...]
    aliases: Mapping[str, str]
    clock_offsets: tuple[str, ...]


def _choices(
    pins: str | Sequence[str], drops: str | Sequence[str], aliases: Mapping[str, str] | None, offsets: Offsets
) -> _Choices:
    """The user's choices about rows, names and clocks, in the types of `Request`."""
    if isinstance(offsets, Mapping):
        offsets = [f"{source}={by / timedelta(seconds=1):+.6f}s" for source, by in offsets.items()]
    return _Choices(pins=_texts(pins), drops=_texts(drops), aliases=dict(aliases or {}), clock_offsets=_texts(offsets))


def _run(plan: Plan) -> Timeline:
    for notice in plan.notices:
        warnings.warn(notice.partition(": ")[2], TimelineWarning, stacklevel=3)
    return run(plan, build_source)


def _texts(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
