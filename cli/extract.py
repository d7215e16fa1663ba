"""One run of the bare command: from the options to the written timeline."""

import gc
import logging
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cli.output import write
from cli.progress import Progress
from cli.render.look import Look
from collector.errors import NoAnswerError, UsageError
from collector.parse_window import describe
from collector.plan import Plan, plan_replay
from collector.request import Arguments, Request
from collector.run import run
from sources.config import build_source, load
from sources.live import plan_live

PARTIAL = 3
NOTHING = 4
OPTIONS = Arguments("--from", "--to", "--tz", "--source", "--notes", "--capture", "--replay", "--clock-offset")
_GARBAGE = 100_000
"""New objects between two searches for cycles among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the command that are not part of the Request; see `--help` for what each means."""

    config: Path | None
    replay: Path | None
    format: str | None
    output: Path | None
    look: Look
    plot: bool
    strict: bool


def extract(request: Request, options: Options) -> int:
    """Draft the timeline and write it; returns the exit code. Raises UsageError and BundleError."""
    # Libraries log warnings with addresses in them; what matters of these is in the coverage.
    logging.getLogger().addHandler(logging.NullHandler())
    # Nearly every object that is made from here on is kept until the end: searching them as often as Python does by
    # default takes as long as making them.
    gc.set_threshold(_GARBAGE, 20, 20)
    if options.plot and options.format != "json":
        raise UsageError("--plot: only JSON has the series; add --format json")
    plan = _plan(replace(request, arguments=OPTIONS), options)
    for notice in plan.notices:
        _print(notice)
    _print(describe(plan.window))
    progress = Progress(sys.stderr)
    try:
        timeline = run(plan, build_source, progress=progress)
    except NoAnswerError as error:
        progress.done()
        _print("pm-timeline: no source could be asked, so there is no table")
        for reason in error.reasons:
            _print(f"  {reason}")
        return NOTHING
    progress.done()
    bundle = options.replay or request.capture
    look = replace(options.look, bundle=bundle.name if bundle else "")
    write(timeline, options.format, options.output, look, plots=options.plot)
    incomplete = any(source.gaps for source in timeline.coverage)
    return PARTIAL if options.strict and incomplete else 0


def _plan(request: Request, options: Options) -> Plan:
    now = datetime.now(UTC).replace(microsecond=0)
    if options.replay is None:
        return plan_live(request, load(options.config), now)
    if options.config is not None:
        raise UsageError(f"--config {options.config}: has no use with --replay; leave one of the two out")
    return plan_replay(request, options.replay, now)


def _print(line: str) -> None:
    printable = "".join(char if char.isprintable() else " " for char in line)
    print(printable, file=sys.stderr)  # noqa: T201 - stderr is for what is not the result
