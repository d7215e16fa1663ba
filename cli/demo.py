"""`pm-timeline demo`: the timeline of a recorded incident that ships with the package."""

from pathlib import Path
from typing import Annotated

import typer

from cli.evidence_options import Quiet
from cli.render.formats import known
from cli.render.look import Look, Show

BUNDLE = Path(__file__).parents[1] / "fixtures" / "checkout-incident.zip"
"""The bundle is in a folder beside `cli/`, in the repository and in the wheel."""


_SAME_HELP = "As for the timeline."


def demo(
    format_: Annotated[str | None, typer.Option("--format", metavar="FORMAT", help=_SAME_HELP)] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help=_SAME_HELP)] = None,
    evidence: Annotated[Show, typer.Option(help=_SAME_HELP)] = Show.COLUMN,
    coverage: Annotated[bool, typer.Option("--coverage/--no-coverage", help=_SAME_HELP)] = True,
    seconds: Annotated[bool, typer.Option("--seconds", help=_SAME_HELP)] = False,
    roles: Annotated[bool, typer.Option("--roles", help=_SAME_HELP)] = False,
    plot: Annotated[bool, typer.Option("--plot", help=_SAME_HELP)] = False,
    quiet: Quiet = False,
) -> int:
    """Show the timeline of a recorded incident; needs no system and no configuration."""
    from cli.extract import Options, extract
    from collector.request import Request

    look = Look(evidence=evidence, coverage=coverage, seconds=seconds, roles=roles)
    options = Options(replay=BUNDLE, format=known(format_), output=output, look=look, plot=plot, quiet=quiet)
    return extract(Request(), options)
