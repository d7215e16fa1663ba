"""Each kind of Event is made by one function, so that what a fact is called, and merged by, is written once."""

import ast
import functools
from collections import defaultdict
from collections.abc import Iterator

import pytest

from collector.event import Kind
from tests.source_files import ROOT, modules, parsed

FACTS = "sources/cluster/facts/"
CLUSTER = ("cluster", "kubernetes", "kube_state_metrics", "recorder", "shipped_events", "elasticsearch", "loki")
"""How the packages begin that read what happens in a cluster: they have all their facts from FACTS."""
ANY = "any"
"""A kind that is not written down where it is made: `Kind(text)`."""


@functools.cache
def makers() -> dict[str, set[str]]:
    """The places that make each kind, as `sources/notes/read.py:_events`."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in modules("sources"):
        for place, kind in made(parsed(file)):
            found[kind].add(f"{file.relative_to(ROOT)}:{place}")
    return found


def made(tree: ast.Module) -> set[tuple[str, str]]:
    """Each function, or name outside of functions, and a kind that is made there.

    Whoever names a kind makes it, be it for an Event, a Fact, a helper, a variable or a table, unless something is
    compared with it. A collection of kinds under a name of its own is none if nothing is done with that name but to
    look whether something is in it.
    """
    return set(_made(tree, "", _only_looked_up_in(tree)))


def _made(tree: ast.AST, place: str, looked_up_in: set[str]) -> Iterator[tuple[str, str]]:
    for node in ast.iter_child_nodes(tree):
        inside = place
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            inside = f"{place}.{node.name}" if place else node.name
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and not place:
            inside = node.targets[0].id
        if isinstance(node, ast.Attribute) and _is_kind(node.value):
            yield place, node.attr
        elif (
            (isinstance(node, ast.Call) and _is_kind(node.func))
            or (isinstance(node, ast.Subscript) and _is_kind(node.value))
            or (isinstance(node, ast.alias) and node.name == Kind.__name__ and node.asname not in (None, Kind.__name__))
        ):
            yield place, ANY
        elif isinstance(node, ast.Compare):
            others = [each for each in (node.left, *node.comparators) if not _are_kinds(each)]
            yield from _made(ast.Tuple(others), inside, looked_up_in)
        elif not isinstance(node, ast.pattern) and _name_of_kinds(node) not in looked_up_in:
            yield from _made(node, inside, looked_up_in)


def _is_kind(node: ast.AST) -> bool:
    """Whether it is `Kind`, or `event.Kind`."""
    return (isinstance(node, ast.Name) and node.id == "Kind") or (
        isinstance(node, ast.Attribute) and node.attr == "Kind"
    )


def _are_kinds(node: ast.AST) -> bool:
    """Whether it is a kind, or a collection of nothing but kinds."""
    parts = node.elts if isinstance(node, (ast.Tuple, ast.Set, ast.List)) else [node]
    return all(isinstance(part, ast.Attribute) and _is_kind(part.value) for part in parts)


def _name_of_kinds(node: ast.AST) -> str:
    """The name that is given to a kind, or to a collection of nothing but kinds; empty for all else."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _are_kinds(node.value):
        return node.targets[0].id
    return ""


def _only_looked_up_in(tree: ast.AST) -> set[str]:
    """The names of kinds that are used for nothing but comparisons."""
    names = {_name_of_kinds(node) for node in ast.walk(tree)} - {""}
    within = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Compare) for part in node.comparators}
    used = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return names - {node.id for node in used if id(node) not in within}


@pytest.mark.parametrize(
    ("code", "makes"),
    [
        pytest.param("def f(): return Event(kind=Kind.A)", {("f", "A")}, id="an Event"),
        pytest.param("def f(subject): yield report(Fact(Kind.A, subject, '', ''), at)", {("f", "A")}, id="a Fact"),
        pytest.param("def f(event): return replace(event, kind=Kind.A)", {("f", "A")}, id="a changed Event"),
        pytest.param(
            "def f(): yield make(Kind.A if old else Kind.B, 1)\ndef make(kind, n): return Event(kind=kind)",
            {("f", "A"), ("f", "B")},
            id="by a helper",
        ),
        pytest.param("class C:\n def f(self):\n  kind = Kind.A\n  return Event(kind)", {("C.f", "A")}, id="a variable"),
        pytest.param("def f(kind=Kind.A): return Event(kind=kind)", {("f", "A")}, id="a default"),
        pytest.param(
            "ENDS = {'Failed': Kind.A}\ndef f(why): return Event(kind=ENDS[why])", {("ENDS", "A")}, id="a table's value"
        ),
        pytest.param(
            "WORDS = {Kind.A: 'ends'}\nEVENTS = [Event(k) for k in WORDS]", {("WORDS", "A")}, id="a table's key"
        ),
        pytest.param(
            "BOTH = (Kind.A, Kind.B)\ndef f(): return [Event(kind=kind) for kind in BOTH]",
            {("BOTH", "A"), ("BOTH", "B")},
            id="a collection that is gone through",
        ),
        pytest.param("def f():\n for k in (Kind.A, Kind.B): yield k", {("f", "A"), ("f", "B")}, id="a loop"),
        pytest.param("def f(x):\n match x:\n  case 1: return Event(kind=Kind.A)", {("f", "A")}, id="a case"),
        pytest.param("def f(e): return Event(kind=Kind.A) == e", {("f", "A")}, id="in a comparison"),
        pytest.param("def f(text): return Event(kind=Kind(text))", {("f", ANY)}, id="from a text"),
        pytest.param("def f(name): return Event(kind=Kind[name])", {("f", ANY)}, id="from a name"),
        pytest.param("from collector.event import Kind as K", {("", ANY)}, id="by another name"),
        pytest.param("def f(): return Event(kind=event.Kind.A)", {("f", "A")}, id="by its module"),
        pytest.param("def f(e): return e.kind == Kind.A or e.kind in (Kind.B, Kind.C)", set(), id="compared"),
        pytest.param("def f(e):\n match e.kind:\n  case Kind.A: return 1", set(), id="matched"),
        pytest.param("ENDS = (Kind.A, Kind.B)\ndef f(event): return event.kind in ENDS", set(), id="looked up in"),
        pytest.param("def f(kind: Kind) -> dict[Kind, int]: return {kind: 1}", set(), id="an annotation"),
    ],
)
def test_who_makes_a_kind(code: str, makes: set[tuple[str, str]]) -> None:
    assert made(ast.parse(code)) == makes


@pytest.mark.thorough
def test_each_kind_is_made_by_one_function() -> None:
    """`Kind.OTHER` stands for any raw event, so that many make it."""
    asked = {kind: places for kind, places in makers().items() if kind != Kind.OTHER.name}
    assert {kind: sorted(places) for kind, places in asked.items() if len(places) > 1 or kind == ANY} == {}


@pytest.mark.thorough
def test_the_kinds_of_what_happens_in_a_cluster_are_made_where_its_facts_are() -> None:
    of_clusters = tuple(f"sources/{package}" for package in CLUSTER)
    places = {(place, kind) for kind, places in makers().items() for place in places}
    assert {each for each in places if each[0].startswith(of_clusters) and not each[0].startswith(FACTS)} == set()
