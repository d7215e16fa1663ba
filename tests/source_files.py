"""The modules of the project taken apart, once for all tests that look at how they are written."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
_IMPORT = re.compile(r"^\s*(?:from ([\w.]+) import |import ([\w.]+(?:, [\w.]+)*))", re.MULTILINE)


@cache
def parsed(file: Path) -> ast.Module:
    """The syntax tree of a module; not to be changed."""
    return ast.parse(file.read_text())


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """All nodes of it, the outermost first."""
    return tuple(ast.walk(parsed(file)))


@cache
def imported(file: Path) -> tuple[str, ...]:
    """What it imports, by the names of the modules; found without parsing it, which takes twenty times as long."""
    return tuple(name for line in _IMPORT.finditer(file.read_text()) for name in (line[1] or line[2]).split(", "))


@cache
def modules(package: str) -> tuple[Path, ...]:
    """The modules of a package and of all packages in it."""
    return tuple(sorted((ROOT / package).rglob("*.py")))
