"""`pm-timeline redact`: a copy of a bundle that can leave the company: no people, hosts, addresses or free text."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collector.errors import UsageError

if TYPE_CHECKING:
    from collector.gather import Gathered
    from collector.plan import Plan


def redact(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="An evidence bundle, as --capture writes it.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The copy to write; another file.")],
    also: Annotated[
        list[str] | None, typer.Option(metavar="WORD", help="Replace this word as well, everywhere; may be repeated.")
    ] = None,
    list_: Annotated[
        Path | None,
        typer.Option("--list", metavar="FILE", help="Where to keep what was replaced; default: OUT.replaced.json."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace OUT and the list.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but what went wrong.")] = False,
) -> int:
    """Replace people, hosts, addresses and free text by aliases: person-1. What was replaced is kept apart."""
    from datetime import UTC, datetime

    from cli.messages import say
    from cli.private_file import PrivateFile
    from collector.capture import BundleWriter
    from collector.plan import plan_replay
    from collector.redaction.bundle import names_of
    from collector.redaction.bundle import redact as redacted
    from collector.request import Arguments, Request
    from collector.run import gathered_whole
    from collector.secrets import Scrubber
    from sources.registry import build_source

    names = list_ or names_of(out)
    words = tuple(word.strip() for word in also or ())
    if not all(len(word) > 1 for word in words):
        raise UsageError("--also: is shorter than two characters; name a word")
    if len({path.resolve() for path in (bundle, out, names)}) < 3:
        raise UsageError(
            f"redact {bundle}: the bundle, OUT and the list of what was replaced must be three different files"
        )
    now = datetime.now(UTC).replace(microsecond=0)
    plan = plan_replay(Request(arguments=Arguments(replay="redact")), bundle, now)
    assert plan.bundle is not None  # noqa: S101 - as plan_replay makes it
    found = gathered_whole(plan, build_source, Scrubber())
    writer = BundleWriter(out, "redact", force=force)
    try:
        with PrivateFile(names, force=force) as kept:
            made = redacted(plan.bundle, found.events, words, writer)
            try:
                kept.write(json.dumps(made.replaced, ensure_ascii=False, indent=2) + "\n")
            except UsageError:
                # Without the list nobody can tell what the aliases in the copy stand for.
                out.unlink(missing_ok=True)
                raise
    finally:
        writer.discard()
    if not quiet:
        counts = ", ".join(f"{number:,} {_KINDS[kind][number != 1]}" for kind, number in made.counts().items())
        say(f"{out}: replaced {counts or 'nothing'}; which these were is in {names}, which stays here")
        say("Services, namespaces, workloads, alerts, versions and labels are as they were; --also WORD replaces more")
    difference = _difference(plan, found, plan_replay(plan.request, out, now))
    if difference:
        say(f"pm-timeline: warning: replayed, {out} gives another table: {difference}")
    return 0


_KINDS = {
    "person": ("person", "people"),
    "host": ("host", "hosts"),
    "address": ("address", "addresses"),
    "text": ("piece of free text", "pieces of free text"),
    "word": ("word", "words"),
}


def _difference(plan: "Plan", found: "Gathered", other: "Plan") -> str:
    """How the rows of the two replays differ apart from their words; empty if they do not."""
    from collector.run import gathered_whole
    from collector.secrets import Scrubber
    from collector.timeline import draft
    from sources.registry import build_source

    old = draft(found, plan.window, plan.scope).rows
    new = draft(gathered_whole(other, build_source, Scrubber()), other.window, other.scope).rows
    if len(old) != len(new):
        return f"{len(new)} rows instead of {len(old)}"
    rows = [
        str(number)
        for number, (one, two) in enumerate(zip(old, new, strict=True), 1)
        if (one.at, one.end, one.kind, len(one.events)) != (two.at, two.end, two.kind, len(two.events))
    ]
    return f"row {', '.join(rows)}" if rows else ""
