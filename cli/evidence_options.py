"""The options that select a timeline's evidence, for the commands that write or check a postmortem."""

from pathlib import Path
from typing import Annotated

import typer

_AS = "As for the timeline."

Start = Annotated[str | None, typer.Option("--from", metavar="TIME", help=_AS)]
End = Annotated[str | None, typer.Option("--to", metavar="TIME", help=_AS)]
Zone = Annotated[str | None, typer.Option("--tz", metavar="ZONE", help=_AS)]
Services = Annotated[list[str] | None, typer.Option("--service", metavar="NAME", help=_AS)]
Namespaces = Annotated[list[str] | None, typer.Option("--namespace", "-n", metavar="NAME", help=_AS)]
Sources = Annotated[list[str] | None, typer.Option("--source", metavar="NAME", help=_AS)]
Notes = Annotated[list[Path] | None, typer.Option("--notes", metavar="FILE", help=_AS)]
Config = Annotated[Path | None, typer.Option("--config", metavar="FILE", help=_AS)]
Replay = Annotated[Path | None, typer.Option("--replay", metavar="BUNDLE", help=_AS)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but what went wrong.")]
