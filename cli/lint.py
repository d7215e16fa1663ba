"""`pm-timeline lint`: does a postmortem follow the rules for a good one?"""

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.stdout import put
from collector.errors import UsageError

_FINDINGS = 1


def lint(
    file: Annotated[Path, typer.Argument(metavar="FILE.md", help="The postmortem.")],
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text (default) or json.")] = "text",
) -> int:
    """Check the actions, causes, sections and times of a postmortem. Exit code 1 if a rule is broken."""
    from cli.postmortem_file import read
    from cli.render.clean import one_line
    from collector.postmortem.lint import lint as apply

    if format_ not in ("text", "json"):
        raise UsageError(f"--format {format_}: no such format; there are: text, json")
    found = apply(read(file))
    if format_ == "json":
        content = [{"line": one.line, "rule": one.rule, "message": one_line(one.message)} for one in found]
        put(json.dumps({"findings": content}, ensure_ascii=False, indent=2) + "\n")
    else:
        put("".join(one_line(f"{file}:{one.line}: {one.rule}: {one.message}") + "\n" for one in found))
    return _FINDINGS if found else 0
