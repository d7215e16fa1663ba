"""The options that select a timeline's evidence, for the commands that write or check a postmortem."""

from pathlib import Path
from typing import Annotated

import typer

_SAME_HELP = "As for the timeline."

Start = Annotated[str | None, typer.Option("--from", metavar="TIME", help=_SAME_HELP)]
End = Annotated[str | None, typer.Option("--to", metavar="TIME", help=_SAME_HELP)]
Zone = Annotated[str | None, typer.Option("--tz", metavar="ZONE", help=_SAME_HELP)]
Services = Annotated[list[str] | None, typer.Option("--service", metavar="NAME", help=_SAME_HELP)]
Namespaces = Annotated[list[str] | None, typer.Option("--namespace", "-n", metavar="NAME", help=_SAME_HELP)]
Sources = Annotated[list[str] | None, typer.Option("--source", metavar="NAME", help=_SAME_HELP)]
Notes = Annotated[list[Path] | None, typer.Option("--notes", metavar="FILE", help=_SAME_HELP)]
Config = Annotated[Path | None, typer.Option("--config", metavar="FILE", help=_SAME_HELP)]
Replay = Annotated[Path | None, typer.Option("--replay", metavar="BUNDLE", help=_SAME_HELP)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but what went wrong.")]
