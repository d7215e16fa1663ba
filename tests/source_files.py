"""The modules of the project taken apart, once for all tests that look at how they are written."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


@cache
def parsed(file: Path) -> ast.Module:
    """The syntax tree of a module; not to be changed."""
    return ast.parse(file.read_text())


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """All nodes of it, the outermost first."""
    return tuple(ast.walk(parsed(file)))


@cache
def modules(package: str) -> tuple[Path, ...]:
    """The modules of a package and of all packages in it."""
    return tuple(sorted((ROOT / package).rglob("*.py")))
