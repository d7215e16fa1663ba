"""The command line: options in, exit code out. Heavy modules are only imported once there is work to do."""

import contextlib
import functools
import signal
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.check import check
from cli.demo import demo
from cli.explain import explain
from cli.init import init
from cli.lint import lint
from cli.messages import say
from cli.new import new
from cli.record import record
from cli.recurrences import recurrences
from cli.redact import redact
from cli.render.formats import FORMATS, known
from cli.render.look import Look, Show
from cli.stderr import Unfailing
from cli.stdout import put, silence
from cli.update import update
from cli.verify import verify
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
app.command()(update)
app.command()(lint)
app.command()(new)
app.command()(verify)
app.command()(recurrences)
app.command()(redact)


class Detail(StrEnum):
    """How much the table contains."""

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
        str | None, typer.Option("--to", metavar="TIME", help="End: as for --from, or +30m after it; default: now.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="SPAN", help="Instead of --from: so long before now, 1h or 90m.")
    ] = None,
    tz: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Zone of times without one, and of the table: Europe/Berlin."),
    ] = None,
    service: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this service; may be repeated.")
    ] = None,
    namespace: Annotated[
        list[str] | None,
        typer.Option("--namespace", "-n", metavar="NAME", help="Only this namespace; may be repeated."),
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Ask only this source; may be repeated.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Configuration; else pm-timeline.toml is looked for.")
    ] = None,
    kube_context: Annotated[
        str | None, typer.Option("--context", metavar="NAME", help="Context of the kubeconfig to ask.")
    ] = None,
    notes: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Lines like `14:12 what people did`, - for stdin; may be repeated."),
    ] = None,
    note: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="One such line: `14:12 text`; may be repeated.")
    ] = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            autocompletion=lambda: list(FORMATS),
            help=f"{', '.join(FORMATS)}; default: table on a terminal, else markdown.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write there, in the format of its ending; - is stdout."),
    ] = None,
    detail: Annotated[Detail, typer.Option(help="full also lists every event that has no row.")] = Detail.SUMMARY,
    capture: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also keep all evidence in this bundle (zip).")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Let --capture replace a bundle.")] = False,
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
    roles: Annotated[bool, typer.Option("--roles", help="Show people as roles: deployer, on-call.")] = False,
    plot: Annotated[bool, typer.Option("--plot", help="Add the series behind each row to the JSON.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 if anything could not be seen.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="After Ctrl-C show what had come until then.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but what went wrong.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say what is asked, and when.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> int:
    """Draft the timeline table of a postmortem, each row with its evidence.

    Exit codes: 0 done, 2 wrong use, 3 something could not be seen (with --strict), 4 no source could be asked.
    """
    if version:
        from collector.version import installed_version

        put(f"pm-timeline {installed_version()}\n")
        return 0
    if context.invoked_subcommand is not None:
        _refuse_options(context)
        return 0
    _refuse_empty(context)
    from cli.extract import Options, extract
    from collector.parse_window import back
    from collector.request import Arguments, Request

    if since is not None and start is not None:
        raise UsageError(f"--since {since}: is another way to say --from; leave one of the two out")
    request = Request(
        start=start if since is None else back(since, "--since"),
        end=end,
        tz=tz,
        services=tuple(service or ()),
        namespaces=tuple(namespace or ()),
        sources=tuple(source or ()),
        notes=tuple(notes or ()),
        note=tuple(note or ()),
        full=detail is Detail.FULL,
        pins=tuple(pin or ()),
        drops=tuple(drop or ()),
        clock_offsets=tuple(clock_offset or ()),
        capture=capture,
        force=force,
        arguments=Arguments(start="--from" if since is None else "--since"),
    )
    look = Look(evidence=evidence, coverage=coverage, seconds=seconds, roles=roles)
    options = Options(
        config=config,
        context=kube_context,
        replay=replay,
        format=known(format_),
        output=output,
        look=look,
        plot=plot,
        strict=strict,
        partial=partial,
        quiet=quiet,
        verbose=verbose,
    )
    return extract(request, options)


def _refuse_empty(context: typer.Context) -> None:
    """Raise UsageError for an empty value: without it, a variable that is not set would remove a restriction."""
    for parameter in context.command.params:
        given = context.params.get(parameter.name or "")
        values = given if isinstance(given, list | tuple) else (given,)
        if "" in [value for value in values if isinstance(value, str)] and parameter.name != "note":
            raise UsageError(f"{parameter.opts[0]}: is empty; give a value, or leave it out")


def _refuse_options(context: typer.Context) -> None:
    """Raise UsageError for options before the name of a subcommand: they would be ignored."""
    for parameter in context.command.params:
        given = context.get_parameter_source(parameter.name or "")
        if given is not None and given.name == "COMMANDLINE":
            command = context.invoked_subcommand
            raise UsageError(f"{parameter.opts[0]}: is no option of {command}, or comes after it; see {command} --help")


@functools.cache
def _command() -> Callable[..., object]:
    """The command that typer builds from the declarations above; cached for processes that run it often, like tests."""
    return typer.main.get_command(app)


def run() -> None:
    """Entry point of the installed command: every failure is one line and an exit code."""
    with contextlib.redirect_stderr(Unfailing(sys.stderr)):
        code = _outcome()
    sys.exit(code)


def _outcome() -> int:
    # A signal must not leave a half-written file behind either.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, _end)
    try:
        code = _command()(standalone_mode=False)
    except TimelineError as error:
        return _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:
        # The reader of our output is gone, as with `head`. Python must not complain when it flushes at exit.
        silence()
        return 141
    except FileNotFoundError as error:
        if error.filename is not None:
            return _fail(f"{error.filename}: {error.strerror}")
        # Only for a deleted working folder does the error name no file. No caller knows which paths are relative.
        return _fail("the working folder was deleted; change to another one")
    except PermissionError as error:
        if error.filename is None:
            raise
        # Even checking whether a file exists can be refused, by a folder above it.
        return _fail(f"{error.filename}: {error.strerror}; may you read its folder?")
    except OSError as error:
        if {"--help", "-h"} & set(sys.argv):
            # typer writes the help itself, without `put`.
            silence()
            return _fail(f"stdout: cannot be written ({error.strerror})")
        if error.filename is None:
            raise
        # Such as the start-up file of a shell that --install-completion writes.
        return _fail(f"{error.filename}: {error.strerror}")
    except Exception as error:
        # Errors about options carry a message for users, but typer does not export their base class.
        message = getattr(error, "format_message", None)
        if message is None:
            raise
        used = getattr(error, "ctx", None)
        command = used.command_path if used else "pm-timeline"
        # typer marks what its own types refuse.
        return _fail(f"{message().replace('Value error, ', '')} (see {command} --help)")
    return code if isinstance(code, int) else 0


def _end(number: int, frame: object) -> None:  # noqa: ARG001 - as Python calls it
    raise SystemExit(128 + number)


def _fail(message: str) -> int:
    say(f"pm-timeline: {' '.join(message.split())}")
    return 2
