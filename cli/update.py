"""`pm-timeline update`: refresh the timeline in a postmortem, and keep people's edits."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.evidence_options import Config, End, Namespaces, Notes, Quiet, Replay, Services, Sources, Start, Zone
from cli.messages import say, say_no_answer
from cli.stdout import put
from collector.errors import NoAnswerError, UsageError

if TYPE_CHECKING:
    from collector.postmortem.marker import Settings

_STALE = 1


def update(
    file: Annotated[Path, typer.Argument(metavar="FILE.md", help="The postmortem.")],
    start: Start = None,
    end: End = None,
    tz: Zone = None,
    service: Services = None,
    namespace: Namespaces = None,
    source: Sources = None,
    notes: Notes = None,
    config: Config = None,
    replay: Replay = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 if the table is not up to date.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; print what would change.")] = False,
    quiet: Quiet = False,
) -> int:
    """Refresh the timeline between the markers of a postmortem, or put one below its heading Timeline.

    What people changed stays. The markers keep the options, so that they are given once.
    """
    from cli.postmortem_evidence import given_settings
    from cli.postmortem_file import read, replace
    from collector.postmortem.document import blocks, hidden_marker, with_block

    before = read(file)
    folder = file.parent
    given = given_settings(folder, start, end, tz, replay, service, namespace, source, notes, config)
    try:
        text = before
        found = blocks(text)
        if not found:
            if "from" not in given and "bundle" not in given:
                if hidden := hidden_marker(before):
                    raise UsageError(
                        f"{file}: line {hidden}: the marker stands in code, a quote or a deep list, where it is not"
                        " read; move the timeline out of it"
                    )
                raise UsageError(f"{file}: has no timeline yet; give --from and --to, or --replay")
            text = with_block(text, given)
        elif given and len(found) > 1:
            raise UsageError(
                f"{file}: has {len(found)} timelines; change the options in the marker of the one you mean"
            )
        after = _refreshed(text, given, folder, quiet=quiet)
    except NoAnswerError as error:
        return say_no_answer(error, f"{file} is left as it is: no source could be asked")
    except UsageError as error:
        message = str(error)
        raise UsageError(f"{file}: {message}" if message.startswith("line ") else message) from None
    if diff:
        put(_difference(before, after, file))
    elif not check and after != before:
        replace(file, before, after)
    if not quiet and not diff:
        state = "is up to date" if after == before else "is not up to date" if check else "is updated"
        say(f"{file} {state}")
    return _STALE if check and after != before else 0


def _refreshed(text: str, given: "Settings", folder: Path, *, quiet: bool) -> str:
    """The document with every timeline drafted again from its evidence."""
    from cli.postmortem_evidence import evidence
    from cli.render.as_markdown import pieces
    from collector.postmortem.document import blocks, updated

    for number in range(len(blocks(text))):
        # Parsed again each time: the position of the next block depends on the new length of this one.
        block = blocks(text)[number]
        found = evidence({**block.settings, **given}, folder, quiet=quiet)
        made = pieces(found.timeline, found.look)
        text = updated(text, block, found.settings, made, found.timeline.window)
    return text


def _difference(before: str, after: str, file: Path) -> str:
    from difflib import unified_diff

    from cli.render.clean import REPLACEMENT
    from collector.postmortem.lines import split

    lines = unified_diff(split(before), split(after), str(file), str(file))
    # Control characters are replaced by a mark, to protect the terminal.
    plain = (
        "".join(char if char.isprintable() or char == "\t" else REPLACEMENT for char in _bare(line)) for line in lines
    )
    return "".join(f"{line}\n" for line in plain)


def _bare(line: str) -> str:
    return line.rstrip("\r\n")
