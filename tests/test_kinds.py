"""Each kind of Event is made by one function, so that what a fact is called, and merged by, is written once."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.event import Kind
from tests.allowed import allowed, write_down

ROOT = Path(__file__).parents[1]
WHY = "Kinds that more than one function still makes, and how many do."


def makers() -> dict[Kind, set[str]]:
    """The functions that make each kind; of `Kind.OTHER`, which stands for any raw event, none is asked."""
    found: dict[Kind, set[str]] = defaultdict(set)
    for file in (ROOT / "sources").rglob("*.py"):
        for function, name in made(ast.parse(file.read_text())):
            if name in Kind.__members__ and Kind[name] != Kind.OTHER:
                found[Kind[name]].add(f"{file.relative_to(ROOT)}:{function}")
    return found


def made(tree: ast.AST, function: str = "") -> Iterator[tuple[str, str]]:
    """Each function, by its name, with a kind that it gives to something; not those that it compares with.

    A table by kind is no maker, nor is a collection of kinds: both are there to be looked up in.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield from made(node, f"{function}.{node.name}" if function else node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Kind":
            yield function, node.attr
        elif isinstance(node, ast.Dict):
            for value in node.values:
                yield from made(ast.Expr(value), function)
        elif not isinstance(node, (ast.Compare, ast.match_case)) and not _looked_up_in(node):
            yield from made(node, function)


def _looked_up_in(node: ast.AST) -> bool:
    """Whether it is a collection of nothing but kinds."""
    parts = node.elts if isinstance(node, (ast.Tuple, ast.Set, ast.List)) else []
    return bool(parts) and all(isinstance(part, ast.Attribute) for part in parts)


@pytest.mark.parametrize(
    ("code", "makes"),
    [
        ("def f(): return Event(kind=Kind.A)", {("f", "A")}),
        ("def f(): yield make(Kind.A if old else Kind.B, 1)", {("f", "A"), ("f", "B")}),
        ("class C:\n def f(self):\n  kind = Kind.A", {("C.f", "A")}),
        ("BY_REASON = {'Failed': Kind.A}", {("", "A")}),
        ("WORDS = {Kind.A: 'is evicted'}", set()),
        ("ENDS = (Kind.A, Kind.B)", set()),
        ("def f(event): return event.kind == Kind.A or event.kind in (Kind.B, Kind.C)", set()),
    ],
)
def test_who_makes_a_kind(code: str, makes: set[tuple[str, str]]) -> None:
    assert set(made(ast.parse(code))) == makes


def test_each_kind_is_made_by_one_function() -> None:
    several = {kind: places for kind, places in makers().items() if len(places) > 1}
    exceptions = {Kind(kind): int(number) for kind, number in (line.split() for line in allowed("kinds"))}
    more = {kind: sorted(places) for kind, places in several.items() if len(places) > exceptions.get(kind, 1)}
    assert more == {}
    fewer = {kind: number for kind, number in exceptions.items() if len(several.get(kind, ())) < number}
    assert fewer == {}, "these need no such exception any more: lower their numbers in the list, or take them out"


if __name__ == "__main__":
    several = ((kind, len(places)) for kind, places in makers().items() if len(places) > 1)
    write_down("kinds", (f"{kind.value} {number}" for kind, number in several), WHY, "tests.test_kinds")
