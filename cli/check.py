"""`pm-timeline check`: can every source be used, and what can it not see?"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.messages import say
from cli.progress import Progress
from cli.render.clean import one_line
from cli.stdout import put
from collector.errors import Interrupted, UsageError

if TYPE_CHECKING:
    from collector.check import Checked

_UNUSABLE = 1
_INTERRUPTED = 130


def check(
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Configuration; else pm-timeline.toml is looked for.")
    ] = None,
    source: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this source; may be repeated.")] = None,
    kube_context: Annotated[
        str | None, typer.Option("--context", metavar="NAME", help="Context of the kubeconfig to ask.")
    ] = None,
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text (default) or json.")] = "text",
) -> int:
    """Ask every source once: what it is connected to, what it cannot see, and what to do. Exit code 1 if one fails."""
    from datetime import UTC, datetime

    from cli.kube_context import with_context
    from collector.check import State
    from collector.check import check as ask
    from collector.secrets import Scrubber
    from sources.config import load, select
    from sources.registry import build_source

    if format_ not in ("text", "json"):
        raise UsageError(f"--format {format_}: no such format; there are: text, json")
    scrubber = Scrubber()
    configured = with_context(load(config), kube_context)
    wanted = select(configured, source or (), argument="--source")
    for remark in configured.remarks:
        say(remark)
    sources = [build_source(each, scrubber) for each in wanted]
    progress = Progress(sys.stderr, [each.name for each in wanted])
    try:
        found = ask(sources, datetime.now(UTC), scrubber, progress=progress, fetched=progress.fetched)
    except Interrupted as stopped:
        progress.done()
        say(f"pm-timeline: interrupted while asking {', '.join(stopped.unfinished)}")
        return _INTERRUPTED
    finally:
        # Also if a signal ends the run.
        progress.done()
    put(_json(found) if format_ == "json" else "".join(f"{line}\n" for line in _lines(found)))
    return _UNUSABLE if any(each.state is State.FAILED for each in found) else 0


def _lines(found: Sequence["Checked"]) -> Iterator[str]:
    """A line for each source, followed by one line for each of its gaps."""
    width = max(len(one_line(each.name)) for each in found)
    for each in found:
        target = f"{each.type}: {one_line(each.target)}" if each.target else each.type
        kept = f"keeps {one_line(each.retention)}" if each.retention else ""
        about = "; ".join(filter(None, (target, _reach(each), kept)))
        yield f"{one_line(each.name):<{width}}  {each.state.value:<7}  {about}"
        for gap in each.gaps:
            hint = f" ({one_line(gap.hint)})" if gap.hint else ""
            yield f"{'':<{width}}  - {one_line(gap.reason)}{hint}"


def _reach(each: "Checked") -> str:
    """How far back the source sees; empty if its gaps leave that unknown."""
    if each.since:
        return f"sees nothing before {each.since:%Y-%m-%d %H:%M} UTC"
    return "" if each.gaps else "sees all of the last hour"


def _json(found: Sequence["Checked"]) -> str:
    content = [
        {
            "source": one_line(each.name),
            "type": each.type,
            "target": one_line(each.target),
            "state": each.state.value,
            "since": f"{each.since:%Y-%m-%dT%H:%M:%SZ}" if each.since else None,
            "keeps": one_line(each.retention) or None,
            "answers": each.documents,
            "gaps": [{"reason": one_line(gap.reason), "hint": one_line(gap.hint)} for gap in each.gaps],
        }
        for each in found
    ]
    return json.dumps({"sources": content}, ensure_ascii=False, indent=2) + "\n"
