"""`pm-timeline explain`: why a row is in the table of a bundle, and why something else is not."""

from pathlib import Path
from typing import Annotated

import typer

from cli.stdout import put
from collector.errors import UsageError


def explain(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="An evidence bundle, as --capture writes it.")],
    what: Annotated[
        str, typer.Argument(metavar="[ROW|EVENT|TEXT]", help="Number or id of a row, id of an event, or any text.")
    ] = "",
    service: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="As for the timeline: only this service.")
    ] = None,
    pin: Annotated[list[str] | None, typer.Option(metavar="ID", help="As for the timeline.")] = None,
    drop: Annotated[list[str] | None, typer.Option(metavar="ID", help="As for the timeline.")] = None,
) -> int:
    """Show how a timeline came about: for a row its events, links and rule, for anything else why it has none."""
    from datetime import UTC, datetime

    from cli.render.clean import one_line
    from collector.explain import explain as explained
    from collector.plan import plan_replay
    from collector.request import Arguments, Request
    from collector.run import gathered_whole
    from collector.secrets import Scrubber
    from collector.timeline import explained_draft
    from sources.registry import build_source

    names = Arguments(replay="explain")
    request = Request(services=tuple(service or ()), pins=tuple(pin or ()), drops=tuple(drop or ()), arguments=names)
    plan = plan_replay(request, bundle, datetime.now(UTC).replace(microsecond=0))
    if not plan.sources:
        raise UsageError(f"explain {bundle}: it has no source")
    draft = explained_draft(gathered_whole(plan, build_source, Scrubber()), plan.window, plan.scope)
    lines = explained(draft, what)
    put("".join(f"{' ' * (len(line) - len(line.lstrip(' ')))}{one_line(line)}\n" for line in lines))
    return 0
