"""`pm-timeline verify`: does a postmortem agree with the evidence?"""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.evidence_options import Config, End, Namespaces, Notes, Quiet, Replay, Services, Sources, Start
from cli.messages import say, say_no_answer
from cli.stdout import put
from collector.errors import NoAnswerError, UsageError

if TYPE_CHECKING:
    from collector.postmortem.marker import Settings
    from collector.postmortem.verify.finding import Finding

_CONTRADICTED = 1


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE.md", help="The postmortem, whoever wrote it.")],
    start: Start = None,
    end: End = None,
    tz: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Zone of times that state none; default: that of the timeline.")
    ] = None,
    service: Services = None,
    namespace: Namespaces = None,
    source: Sources = None,
    notes: Notes = None,
    config: Config = None,
    replay: Replay = None,
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text (default) or json.")] = "text",
    quiet: Quiet = False,
) -> int:
    """Look up every time, number and name of a postmortem in the evidence. Exit code 1 if one is contradicted.

    Without options the evidence is that which the marker of its timeline names.
    """
    from cli.postmortem_evidence import evidence, given_settings
    from cli.postmortem_file import read
    from collector.postmortem.verify.check import verify as look_up

    if format_ not in ("text", "json"):
        raise UsageError(f"--format {format_}: no such format; there are: text, json")
    text = read(file)
    given = given_settings(file.parent, start, end, tz, replay, service, namespace, source, notes, config)
    try:
        found = evidence(_settings(file, text, given), file.parent, quiet=quiet)
    except NoAnswerError as error:
        return say_no_answer(error, f"{file} is not verified: no source could be asked")
    findings = look_up(text, found.timeline)
    put(_as_json(findings) if format_ == "json" else _as_text(findings, file))
    counts = Counter(finding.verdict.value for finding in findings)
    if not quiet:
        say(f"{file}: {', '.join(f'{counts[each]} {each}' for each in _verdicts())}")
    return _CONTRADICTED if counts["contradicted"] else 0


def _settings(file: Path, text: str, given: "Settings") -> "Settings":
    """The given settings, completed by those of the marker if they do not name the evidence. Raises UsageError."""
    from collector.postmortem.document import blocks

    if "bundle" in given or "from" in given:
        return given
    try:
        found = blocks(text)
    except UsageError as error:
        raise UsageError(f"{file}: {error}") from None
    if not found:
        raise UsageError(f"{file}: has no timeline whose marker names the evidence; give --replay, or --from and --to")
    if any(block.settings != found[0].settings for block in found):
        raise UsageError(f"{file}: has {len(found)} timelines; give --replay, or --from and --to")
    return {**found[0].settings, **given}


def _verdicts() -> list[str]:
    from collector.postmortem.verify.finding import Verdict

    return [verdict.value for verdict in Verdict]


def _as_text(findings: "Sequence[Finding]", file: Path) -> str:
    from cli.render.clean import one_line

    lines = (
        f"{file}:{one.line}: {one.verdict.value}: {one.type} {_shortened(one.text)}: {one.evidence}" for one in findings
    )
    return "".join(f"{one_line(line)}\n" for line in lines)


def _as_json(findings: "Sequence[Finding]") -> str:
    from cli.render.clean import one_line

    content = [
        {
            "line": one.line,
            "type": one.type,
            "text": one_line(one.text),
            "verdict": one.verdict.value,
            "evidence": one_line(one.evidence),
        }
        for one in findings
    ]
    return json.dumps({"findings": content}, ensure_ascii=False, indent=2) + "\n"


def _shortened(text: str) -> str:
    from textwrap import shorten

    return repr(shorten(text, 80, placeholder="..."))
