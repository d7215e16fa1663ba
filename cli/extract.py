"""One run of `pm-timeline` without a subcommand: from the options to the written timeline."""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cli.memory import give_back_freed_memory, give_back_large_blocks
from cli.messages import say, say_no_answer
from cli.output import check_output, format_for, write
from cli.progress import Progress
from cli.render.look import PLAIN, Look
from collector.errors import BundleError, Interrupted, NoAnswerError, UsageError
from collector.parse_window import describe
from collector.plan import STDIN, Plan, plan_replay
from collector.request import Arguments, Request
from collector.run import run
from sources.registry import build_source

if TYPE_CHECKING:
    from sources.config import Config

INCOMPLETE_EXIT_CODE = 3
INTERRUPTED = 130
OPTIONS = Arguments("--from", "--to", "--tz", "--source", "--notes", "--capture", "--replay", "--clock-offset")


class Options(Struct, frozen=True, kw_only=True):
    """The options of the command that are not part of the Request; see `--help` for what each means."""

    config: Path | None = None
    context: str | None = None
    replay: Path | None = None
    format: str | None = None
    output: Path | None = None
    look: Look = PLAIN
    plot: bool = False
    strict: bool = False
    partial: bool = False
    quiet: bool = False
    verbose: bool = False


def extract(request: Request, options: Options) -> int:
    """Draft the timeline and write it; returns the exit code. Raises UsageError and BundleError."""
    if options.replay is None:
        _keep_libraries_silent()
        give_back_large_blocks()
    form = format_for(options.format, options.output)
    if options.plot and form != "json":
        raise UsageError("--plot: only JSON has the series; add --format json")
    others = {"--replay": options.replay, "--capture": request.capture, "--config": options.config}
    check_output(form, options.output, others | {f"--notes {file}": file for file in request.notes})
    plan = _plan(replace(request, arguments=replace(OPTIONS, start=request.arguments.start)), options)
    if not options.quiet:
        if STDIN in request.notes and sys.stdin is not None and sys.stdin.isatty():
            say("notice: type or paste the notes, and end them with Ctrl-D in a line of its own")
        for notice in (*plan.notices, describe(plan.window)):
            say(notice)
    progress = Progress(
        io.StringIO() if options.quiet else sys.stderr, [each.name for each in plan.sources], verbose=options.verbose
    )
    bundle = options.replay or request.capture
    look = replace(options.look, bundle=bundle.name if bundle else "", plots=options.plot)
    try:
        before_draft = give_back_freed_memory if options.replay is None else None
        timeline = run(plan, build_source, progress=progress, fetched=progress.fetched, before_draft=before_draft)
    except NoAnswerError as error:
        progress.done()
        return say_no_answer(error, "no source could be asked, so there is no table")
    except Interrupted as stopped:
        progress.done()
        return _interrupted(stopped, progress, form, options, look)
    except BundleError as error:
        progress.done()
        if error.timeline is not None:
            write(error.timeline, form, options.output, look)
        raise
    finally:
        # Also if a signal ends the run.
        progress.done()
    write(timeline, form, options.output, look)
    for line in timeline.unknown:
        say(f"pm-timeline: {line}")
    failed = [source for source in timeline.coverage if source.failed]
    for source in failed:
        reason = source.gaps[0].reason if source.gaps else "no answer"
        say(f"pm-timeline: {source.source} gave nothing: {reason}")
    incomplete = any(source.gaps for source in timeline.coverage)
    return INCOMPLETE_EXIT_CODE if options.strict and incomplete else 0


def _keep_libraries_silent() -> None:
    """Discard the log messages of libraries: they contain addresses, and the coverage reports what matters."""
    import logging

    logging.getLogger().addHandler(logging.NullHandler())


def _interrupted(stopped: Interrupted, progress: Progress, form: str, options: Options, look: Look) -> int:
    """Report the answers received before Ctrl-C, and with --partial write their table; returns the exit code."""
    counts = ", ".join(f"{name} ({progress.answers.get(name, 0)} answers)" for name in stopped.unfinished)
    shown = options.partial and stopped.draft is not None
    what = "the table has what came until then" if shown else "there is no table; --partial shows what came until then"
    if options.partial and not shown:
        what = "there is no table, because nothing had come until then"
    say(f"pm-timeline: interrupted while asking {counts}: {what}")
    if shown and stopped.draft is not None:
        write(stopped.draft(), form, options.output, look)
    return INTERRUPTED


def _plan(request: Request, options: Options) -> Plan:
    now = datetime.now(UTC).replace(microsecond=0)
    if options.replay is None:
        from sources.live import plan_live

        config = _configured(options)
        if request.start is None and config.sources:
            raise UsageError("--from missing: give the window, for example --since 1h, or --from 14:00 --to 14:30")
        return plan_live(request, config, now)
    for option, given in (("--config", options.config), ("--context", options.context)):
        if given is not None:
            raise UsageError(f"{option} {given}: has no use with --replay; leave one of the two out")
    return plan_replay(request, options.replay, now)


def _configured(options: Options) -> "Config":
    """The configuration, with --context applied to the only source of type kubernetes."""
    from cli.kube_context import with_context
    from sources.config import load

    config = load(options.config)
    if config.sources and not options.quiet:
        for remark in config.remarks:
            say(remark)
    return with_context(config, options.context)
