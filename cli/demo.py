"""`pm-timeline demo`: the timeline of a recorded incident that ships with the package."""

from pathlib import Path
from typing import Annotated

import typer

from cli.render.formats import known

BUNDLE = Path(__file__).parents[1] / "fixtures" / "checkout-incident.zip"
"""The bundle is in a folder beside `cli/`, in the repository and in the wheel."""


def demo(
    format_: Annotated[str | None, typer.Option("--format", metavar="FORMAT", help="As for the timeline.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="As for the timeline.")] = None,
) -> int:
    """Show the timeline of a recorded incident; needs no system and no configuration."""
    from cli.extract import Options, extract
    from collector.request import Request

    return extract(Request(), Options(replay=BUNDLE, format=known(format_), output=output))
