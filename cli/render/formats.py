"""The formats that a timeline can be written in: the name of each, its module, and the endings of its files.

Nothing is imported but what is asked for. Each module has `render(timeline, look)`, which returns the whole text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from collector.errors import UsageError

if TYPE_CHECKING:
    from cli.render.look import Look
    from collector.result import Timeline


@dataclass(frozen=True, slots=True)
class Form:
    """One format."""

    module: str
    """Name of the module beside this one."""
    endings: tuple[str, ...]
    """Files that end so are written in it."""


FORMATS: Mapping[str, Form] = MappingProxyType(
    {
        "markdown": Form("as_markdown", (".md", ".markdown")),
        "json": Form("as_json", (".json",)),
        "csv": Form("as_csv", (".csv",)),
        "table": Form("as_table", (".txt",)),
        "html": Form("as_html", (".html", ".htm")),
        "svg": Form("as_svg", (".svg",)),
        "jsonl": Form("as_jsonl", (".jsonl", ".ndjson")),
        "confluence": Form("as_confluence", (".xhtml",)),
        "jira": Form("as_jira", (".jira",)),
        "mermaid": Form("as_mermaid", (".mmd", ".mermaid")),
    }
)
"""By name, the most used first."""


def known(form: str | None) -> str | None:
    """`form` itself, as `--format` names it. Raises UsageError if it is none of the formats."""
    if form is not None and form not in FORMATS:
        raise UsageError(f"--format {form}: no such format; there are: {', '.join(FORMATS)}")
    return form


def format_of(file: Path) -> str | None:
    """The format that the ending of `file` stands for; None if it stands for none."""
    ending = file.suffix.lower()
    return next((name for name, form in FORMATS.items() if ending in form.endings), None)


def rendered(timeline: "Timeline", form: str, look: "Look") -> str:
    """The timeline in the format called `form`."""
    if look.roles:
        from cli.render.roles import as_roles

        timeline = as_roles(timeline)
    # Through __package__, because the wheel has this package inside another.
    text = import_module(f"{__package__}.{FORMATS[form].module}").render(timeline, look)
    assert isinstance(text, str)  # noqa: S101 - what every module of the registry returns
    return text
