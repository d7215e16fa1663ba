"""`pm-timeline new`: a postmortem with facts and timeline filled in, and prompts for the rest."""

from pathlib import Path
from typing import Annotated

import typer

from cli.evidence_options import Config, End, Namespaces, Notes, Quiet, Replay, Services, Sources, Start, Zone
from cli.messages import say, say_no_answer
from collector.errors import NoAnswerError, UsageError


def new(
    file: Annotated[Path, typer.Argument(metavar="FILE.md", help="The postmortem to write; nothing is overwritten.")],
    start: Start = None,
    end: End = None,
    tz: Zone = None,
    service: Services = None,
    namespace: Namespaces = None,
    source: Sources = None,
    notes: Notes = None,
    config: Config = None,
    replay: Replay = None,
    template: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own template, in Jinja2; else the configured one.")
    ] = None,
    quiet: Quiet = False,
) -> int:
    """Write a postmortem: summary and timeline filled in, prompts for what only people know."""
    from cli.postmortem_evidence import evidence, given_settings
    from cli.postmortem_file import create
    from cli.render.as_markdown import pieces
    from cli.render.facts import facts
    from cli.template import read_template
    from collector.postmortem.document import blocks, empty_block, updated

    if file.exists() or file.is_symlink():
        raise UsageError(f"{file}: exists already and is left as it is; pm-timeline update refreshes its timeline")
    if not file.parent.is_dir():
        raise UsageError(f"{file}: cannot be written (No such file or directory)")
    settings = given_settings(file.parent, start, end, tz, replay, service, namespace, source, notes, config)
    if "from" not in settings and "bundle" not in settings:
        raise UsageError("new: give --from and --to, or --replay")
    ours = read_template(*_template(template, config))
    try:
        found = evidence(settings, file.parent, quiet=quiet)
    except NoAnswerError as error:
        return say_no_answer(error, "no source could be asked, so there is no postmortem")
    text = ours.filled({**facts(found.timeline), "timeline": empty_block(found.settings)})
    for block in blocks(text):
        text = updated(text, block, found.settings, pieces(found.timeline, found.look), found.timeline.window)
    create(file, text)
    if not quiet:
        say(f"{file} is written")
    return 0


def _template(given: Path | None, config: Path | None) -> tuple[Path | None, str]:
    """The template as given, else as configured, else None for the default; and its name in messages."""
    if given is not None:
        return given, f"--template {given}"
    from sources.config import load

    loaded = load(config)
    return loaded.template, f"{loaded.path}: postmortem.template: {loaded.template}"
