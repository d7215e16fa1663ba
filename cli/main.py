"""The command line: options in, exit code out. Everything heavy is imported only once there is work to do."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.check import check
from cli.demo import demo
from cli.explain import explain
from cli.init import init
from cli.record import record
from cli.render.look import Look, Show
from collector.errors import TimelineError, UsageError

app = typer.Typer(
    name="pm-timeline",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(record)
app.command()(explain)
app.command()(init)
app.command()(check)
app.command()(demo)


class Format(StrEnum):
    """What to write the timeline as."""

    MARKDOWN = "markdown"
    JSON = "json"
    CSV = "csv"
    TABLE = "table"


class Detail(StrEnum):
    """How much the table has."""

    SUMMARY = "summary"
    FULL = "full"


@app.callback(invoke_without_command=True)
def timeline(
    context: typer.Context,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="TIME", help='Start: 14:00, "2026-04-01 14:00", RFC 3339, now, -90m.'),
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="End: as for --from, or +30m after it.")
    ] = None,
    tz: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Zone of times without one, and of the table: Europe/Berlin."),
    ] = None,
    service: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this service; may be repeated.")
    ] = None,
    namespace: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this namespace; may be repeated.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Ask only this source; may be repeated.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Configuration; else pm-timeline.toml is looked for.")
    ] = None,
    notes: Annotated[Path | None, typer.Option(metavar="FILE", help="Lines like `14:12 what people did`.")] = None,
    note: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="One such line: `14:12 text`; may be repeated.")
    ] = None,
    format_: Annotated[
        Format | None,
        typer.Option("--format", help="Default: table on a terminal, else markdown."),
    ] = None,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write there instead of stdout.")] = None,
    detail: Annotated[Detail, typer.Option(help="full also lists every event that has no row.")] = Detail.SUMMARY,
    capture: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also keep all evidence in this bundle (zip).")
    ] = None,
    replay: Annotated[
        Path | None, typer.Option(metavar="BUNDLE", help="Read a bundle instead of the systems; no network.")
    ] = None,
    pin: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Give the row or story with this id a row; may be repeated.")
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Leave the row or story with this id out; may be repeated.")
    ] = None,
    clock_offset: Annotated[
        list[str] | None,
        typer.Option("--clock-offset", metavar="SOURCE=+3s", help="Shift the times of a source; may be repeated."),
    ] = None,
    evidence: Annotated[
        Show, typer.Option(help="Where the evidence stands: a column, behind the words, a list below, nowhere.")
    ] = Show.COLUMN,
    coverage: Annotated[
        bool, typer.Option("--coverage/--no-coverage", help="Say what could not be seen, and what was left out.")
    ] = True,
    seconds: Annotated[bool, typer.Option("--seconds", help="Print times with seconds.")] = False,
    plot: Annotated[bool, typer.Option("--plot", help="Add the series behind each row to the JSON.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 if anything could not be seen.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> int:
    """Draft the timeline table of a postmortem, each row with its evidence.

    Exit codes: 0 done, 2 wrong use, 3 something could not be seen (with --strict), 4 no source could be asked.
    """
    if version:
        from collector.version import installed_version

        print(f"pm-timeline {installed_version()}")  # noqa: T201 - this is the output
        return 0
    if context.invoked_subcommand is not None:
        _refuse_options(context)
        return 0
    from cli.extract import Options, extract
    from collector.request import Request

    request = Request(
        start=start,
        end=end,
        tz=tz,
        services=tuple(service or ()),
        namespaces=tuple(namespace or ()),
        sources=tuple(source or ()),
        notes=notes,
        note=tuple(note or ()),
        full=detail is Detail.FULL,
        pins=tuple(pin or ()),
        drops=tuple(drop or ()),
        clock_offsets=tuple(clock_offset or ()),
        capture=capture,
    )
    form = format_.value if format_ else None
    look = Look(evidence=evidence, coverage=coverage, seconds=seconds)
    options = Options(config=config, replay=replay, format=form, output=output, look=look, plot=plot, strict=strict)
    return extract(request, options)


def _refuse_options(context: typer.Context) -> None:
    """Options before the name of a command belong to the timeline, and would be ignored."""
    for parameter in context.command.params:
        given = context.get_parameter_source(parameter.name or "")
        if given is not None and given.name == "COMMANDLINE":
            command = context.invoked_subcommand
            raise UsageError(f"{parameter.opts[0]}: is no option of {command}, or comes after it; see {command} --help")


def run() -> None:
    """Entry point of the installed command: every failure is one line and an exit code."""
    sys.exit(_outcome())


def _outcome() -> int:
    try:
        code = app(standalone_mode=False)
    except TimelineError as error:
        return _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:
        # The reader of our output went away, as `head` does; Python must not complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        # typer does not export the base class of its errors about options, which have a message for users.
        message = getattr(error, "format_message", None)
        if message is None:
            raise
        return _fail(f"{message()} (see pm-timeline --help)")
    return code if isinstance(code, int) else 0


def _fail(message: str) -> int:
    line = " ".join(message.split())
    print(f"pm-timeline: {line}", file=sys.stderr)  # noqa: T201 - the one place that complains
    return 2
