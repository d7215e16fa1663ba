"""The output formats of a timeline: the name of each, its module, and its file endings.

Only the module of the chosen format is imported. Each module has `render(timeline, look)`, which returns the whole
text, or the bytes of a picture.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct

from collector.errors import UsageError

if TYPE_CHECKING:
    from cli.render.look import Look
    from collector.result import Timeline


class Form(Struct, frozen=True):
    """One format."""

    module: str
    """Name of the module beside this one."""
    endings: tuple[str, ...]
    """File endings that select this format."""
    needs: tuple[str, ...] = ()
    """Packages that are only installed with the extra named like the format."""
    text: bool = True
    """Whether the output is text, which a terminal can show."""


FORMATS: Mapping[str, Form] = MappingProxyType(
    {
        "markdown": Form("as_markdown", (".md", ".markdown")),
        "json": Form("as_json", (".json",)),
        "csv": Form("as_csv", (".csv",)),
        "table": Form("as_table", (".txt",)),
        "html": Form("as_html", (".html", ".htm")),
        "svg": Form("as_svg", (".svg",)),
        "png": Form("as_png", (".png",), ("resvg_py", "font_source_sans_pro"), text=False),
        "jsonl": Form("as_jsonl", (".jsonl", ".ndjson")),
        "confluence": Form("as_confluence", (".xhtml",)),
        "jira": Form("as_jira", (".jira",)),
        "mermaid": Form("as_mermaid", (".mmd", ".mermaid")),
    }
)
"""The formats by name, the most used first."""


def known(form: str | None) -> str | None:
    """`form` itself, the value of `--format`. Raises UsageError if it names no format."""
    if form is not None and form not in FORMATS:
        raise UsageError(f"--format {form}: no such format; there are: {', '.join(FORMATS)}")
    return form


def check_installed(form: str) -> None:
    """Raise UsageError if the format called `form` needs packages that are not installed."""
    from importlib.util import find_spec

    if not all(find_spec(package) for package in FORMATS[form].needs):
        extra = f"'pm-timeline[{form}]'"
        raise UsageError(
            f"--format {form}: is not installed with the rest: pipx install --force {extra}, or pip install {extra}"
        )


def format_of(file: Path) -> str | None:
    """The format that the ending of `file` selects; None if it selects none."""
    ending = file.suffix.lower()
    return next((name for name, form in FORMATS.items() if ending in form.endings), None)


def rendered(timeline: "Timeline", form: str, look: "Look") -> str | bytes:
    """The timeline in the format called `form`; bytes if the format is not text."""
    if look.roles:
        from cli.render.roles import as_roles

        timeline = as_roles(timeline)
    # Relative to __package__, because in the wheel this package is inside another one.
    made = import_module(f"{__package__}.{FORMATS[form].module}").render(timeline, look)
    assert isinstance(made, str if FORMATS[form].text else bytes)  # noqa: S101 - what every module returns
    return made
