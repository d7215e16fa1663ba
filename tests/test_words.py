"""Identifiers are plain words: the worst of those that no colleague would say aloud are kept out of them."""

import ast
import re
from collections.abc import Iterable, Iterator

import pytest

from tests.source_files import ROOT, modules, nodes

PACKAGES = ("collector", "sources", "cli", "pm_timeline")
WORST = {"tell", "tells", "told", "said", "whose", "turn", "turns"}


def offenders() -> dict[str, set[str]]:
    """The identifiers of each file that have one of the worst words; the file's own name is one."""
    files = [file for package in PACKAGES for file in modules(package)]
    found = {
        str(file.relative_to(ROOT)): {name for name in (file.stem, *named(nodes(file))) if _bad(name)} for file in files
    }
    return {file: names for file, names in found.items() if names}


def named(code: Iterable[ast.AST]) -> Iterator[str]:
    """The names that code gives; not those that it only uses, which are somebody else's or given elsewhere."""
    for node in code:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            yield node.name


def _bad(name: str) -> bool:
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
    return not WORST.isdisjoint(word.lower() for word in words)


@pytest.mark.parametrize("name", ["told", "_Told", "told_of", "AsTold", "whose", "turns", "said_by"])
def test_a_word_is_found_wherever_it_stands_in_a_name(name: str) -> None:
    (found,) = named(ast.walk(ast.parse(f"{name} = 1")))
    assert _bad(found)


@pytest.mark.parametrize("code", ["def retold(): return 1", "returned = 1", "print(whose)", "untold, saids = 1, 2"])
def test_what_only_contains_its_letters_or_is_only_used_is_none(code: str) -> None:
    assert not [name for name in named(ast.walk(ast.parse(code))) if _bad(name)]


@pytest.mark.thorough
def test_no_identifier_has_one_of_the_worst_words() -> None:
    assert offenders() == {}
