"""`pm-timeline init`: write a configuration for the systems that are found."""

import os
from pathlib import Path
from typing import Annotated

import typer

from cli.stdout import put
from collector.errors import UsageError


def init(
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="Where to write it, - is stdout; nothing is overwritten."),
    ] = Path("pm-timeline.toml"),
) -> int:
    """Write a commented pm-timeline.toml from kubeconfig, git remote, environment, and what runs in the cluster."""
    from cli.render.clean import one_line
    from sources.suggest import as_toml, suggest, write

    if output == Path("-"):
        put(as_toml(list(suggest(os.environ, Path.cwd()))))
        return 0
    if output.exists() or output.is_symlink():
        raise UsageError(f"{output}: exists already and is left as it is; name another file with --output")
    try:
        found = list(suggest(os.environ, output.absolute().parent))
        write(output, found)
    except OSError as error:
        raise UsageError(f"{output}: cannot be written ({error.strerror or type(error).__name__})") from None
    lines = [
        "  " + one_line(f"{one.name} ({one.type}): {one.why}{'' if one.active else ' (as a comment)'}") for one in found
    ]
    nothing = "Nothing was found to ask: write a source into it. Then: pm-timeline check"
    then = "Next: pm-timeline check" if any(one.active for one in found) else nothing
    try:
        put("\n".join([f"{output} is written", *lines, then, ""]))
    except UsageError:
        # A command that fails leaves no file behind.
        output.unlink(missing_ok=True)
        raise
    return 0
