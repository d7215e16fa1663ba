"""Builds the wheel: its one package is `pm_timeline`, with the repository's import packages inside it.

In the repository the code is in `collector/`, `sources/` and `cli/` and is imported by these plain names. Installed
that way, they would collide with any project that has a folder of the same name. The wheel therefore contains them as
`pm_timeline/collector/` and so on, and every import of them is rewritten: `from collector.event import Event` becomes
`from pm_timeline.collector.event import Event`. An editable installation uses the repository unchanged.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "pm_timeline"
INNER = ("cli", "collector", "sources")
DEMO = Path("fixtures", "checkout-incident.zip")
"""The recorded incident that `pm-timeline demo` shows."""
_FROM = re.compile(rb"from[ \t]+")


class BuildHook(BuildHookInterface[BuilderConfig]):
    """The hook that hatchling calls; see https://hatch.pypa.io/latest/plugins/build-hook/reference/."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the rewritten package to a temporary folder, from which the wheel is packed."""
        if version == "editable":
            return
        self._folder = TemporaryDirectory(prefix="pm-timeline-wheel-")
        root = Path(self.root)
        for file in sorted(packaged(root)):
            target = Path(self._folder.name) / wheel_path(file.relative_to(root))
            target.parent.mkdir(parents=True, exist_ok=True)
            body = file.read_bytes()
            target.write_bytes(rewritten(body, str(file)) if file.suffix == ".py" else body)
            target.chmod(0o644)
        build_data["force_include"][str(Path(self._folder.name) / PACKAGE)] = PACKAGE

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - the interface
        """Remove the temporary folder."""
        if version != "editable":
            self._folder.cleanup()


def packaged(root: Path) -> Iterator[Path]:
    """The files of the repository at `root` that belong in the wheel: packages and demo, no .pyc or hidden files."""
    for package in (PACKAGE, *INNER):
        for file in (root / package).rglob("*"):
            if file.is_file() and file.suffix != ".pyc" and not file.name.startswith("."):
                yield file
    yield root / DEMO


def wheel_path(file: Path) -> Path:
    """The path in the wheel of a file of the repository; both are relative to the root."""
    return file if file.parts[0] == PACKAGE else PACKAGE / file


def rewritten(source: bytes, name: str) -> bytes:
    """The module's source with absolute imports of the inner packages redirected to `pm_timeline`.

    Line numbers stay the same. Raises ValueError for imports that cannot be rewritten: with a line break between `from`
    and the name, or `import collector.event` without `as`: it binds the name `collector`, which the wheel lacks.
    """
    lines = source.splitlines(keepends=True)
    places = [place for node in ast.walk(ast.parse(source, name)) for place in _places(node, lines, name)]
    # From the end to the start, because an insertion shifts every place after it.
    for line, column in sorted(places, reverse=True):
        lines[line] = lines[line][:column] + f"{PACKAGE}.".encode() + lines[line][column:]
    return b"".join(lines)


def _places(node: ast.AST, lines: list[bytes], name: str) -> Iterator[tuple[int, int]]:
    """Line index and column, in bytes, of each inner package name that the import statement `node` contains."""
    if isinstance(node, ast.ImportFrom) and not node.level and _is_inner(node.module or ""):
        found = _FROM.match(lines[node.lineno - 1], node.col_offset)
        if found is None or not lines[node.lineno - 1][found.end() :].startswith((node.module or "").encode()):
            raise ValueError(f"{name}:{node.lineno}: write `from {node.module} import ...` on one line")
        yield node.lineno - 1, found.end()
    elif isinstance(node, ast.Import):
        for alias in node.names:
            if _is_inner(alias.name):
                if alias.asname is None:
                    raise ValueError(f"{name}:{node.lineno}: write `from {alias.name} import ...`, or add `as NAME`")
                yield alias.lineno - 1, alias.col_offset


def _is_inner(module: str) -> bool:
    return module.partition(".")[0] in INNER
