"""`pm-timeline demo`: the timeline of a recorded incident, which the package carries."""

from pathlib import Path
from typing import Annotated

import typer

from collector.errors import UsageError

BUNDLE = Path(__file__).parents[1] / "fixtures" / "checkout-incident.zip"
"""Beside the packages, in the repository as in the wheel."""


def demo(
    format_: Annotated[
        str | None, typer.Option("--format", metavar="FORMAT", help="As for the timeline: markdown, json, csv, table.")
    ] = None,
) -> int:
    """Show the timeline of a recorded incident; needs no system and no configuration."""
    from cli.extract import Options, extract
    from cli.output import FORMATS
    from collector.request import Request

    if format_ is not None and format_ not in FORMATS:
        raise UsageError(f"--format {format_}: no such format; there are: {', '.join(FORMATS)}")
    return extract(Request(), Options(replay=BUNDLE, format=format_))
