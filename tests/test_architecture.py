"""Data flows one way, and heavy packages stay where they are needed."""

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter

import pytest

from sources.registry import TYPES
from tests.source_files import ROOT, imported, modules, parsed

_MAY_IMPORT = {
    "collector": {"collector"},
    "sources": {"collector", "sources"},
    "cli": {"collector", "sources", "cli"},
    "pm_timeline": {"collector", "sources", "cli", "pm_timeline"},
}


_IMPORTS_OF_TESTS = re.compile(r"^(?:from|import) tests[^\n(]*(?:\([^)]*)?", re.MULTILINE)


@pytest.mark.parametrize("package", _MAY_IMPORT)
def test_each_package_imports_only_what_stands_before_it(package: str) -> None:
    for file in modules(package):
        ours = {name.split(".")[0] for name in imported(file)} & _MAY_IMPORT.keys()
        assert ours <= _MAY_IMPORT[package], f"{file} imports {ours}"


def test_the_core_imports_in_no_circle() -> None:
    """Not for types either; but a timeline shows itself, by modules that draw timelines."""
    graph = {".".join(file.relative_to(ROOT).with_suffix("").parts): imported(file) for file in modules("collector")}
    draws = {"collector.display", "collector.frame"}
    TopologicalSorter({name: {*others} - draws for name, others in graph.items()}).prepare()  # raises CycleError


def test_adapters_do_not_import_each_other() -> None:
    """What several of them need is a library beside them, which imports no adapter either."""
    adapters = {entry.partition(":")[0] for entry in TYPES.values()}
    for file in modules("sources"):
        own = file.relative_to(ROOT / "sources").with_suffix("").parts[0]
        for name in imported(file):
            module = name.split(".")
            other = module[1] if module[:1] == ["sources"] and len(module) > 1 else ""
            assert other == own or other not in adapters, f"{file} imports sources.{other}"


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from pm_timeline.__main__ import run; sys.argv = ['pm-timeline', '--help']\n"
    code += "try: run()\nexcept SystemExit: pass\n"
    code += "print(sorted({'pandas', 'numpy', 'kubernetes', 'prometheus_api_client', 'pydantic', 'requests', 'rich',"
    code += " 'jinja2',"
    code += " 'sqlalchemy', 'prometheus_client'}"
    code += " & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.endswith("\n[]\n")
    assert "--from" in done.stdout


@pytest.mark.thorough
def test_a_replay_imports_nothing_that_only_other_runs_need() -> None:
    others = {"pandas", "kubernetes", "prometheus_api_client", "requests", "urllib3", "rich", "jinja2", "sqlalchemy"}
    others |= {"sources.config", "sources.live", "tomllib", "logging", "numpy.ma"}
    code = "import sys; from pm_timeline.__main__ import run; sys.argv = ['pm-timeline', 'demo', '--format', 'csv']\n"
    code += f"try: run()\nexcept SystemExit: pass\nprint(sorted({others} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "Deploy of checkout 1.5.0" in done.stdout
    assert done.stdout.endswith("\n[]\n")


def test_records_are_structs() -> None:
    """To define a dataclass takes a millisecond, of which a short run would spend a quarter."""
    for package in _MAY_IMPORT:
        assert [str(file) for file in modules(package) if "dataclasses" in imported(file)] == []


def test_no_module_gathers_everything() -> None:
    sizes = {file: len(file.read_text().splitlines()) for package in _MAY_IMPORT for file in modules(package)}
    assert {str(file): size for file, size in sizes.items() if size > 300} == {}
    core = {str(file): size for file, size in sizes.items() if file.is_relative_to(ROOT / "collector")}
    assert {file: size for file, size in core.items() if size > 200} == {}


@pytest.mark.parametrize("library", ["alert_facts.py", "alert_labels.py", "fact.py", "metric_labels.py"])
def test_what_adapters_share_knows_none_of_them(library: str) -> None:
    adapters = {f"sources.{folder.name}" for folder in (ROOT / "sources").iterdir() if folder.is_dir()}
    assert not {
        module for module in imported(ROOT / "sources" / library) if ".".join(module.split(".")[:2]) in adapters
    }


def test_what_tests_share_is_in_modules_beside_them() -> None:
    """Whoever changes a module of tests then sees all that depends on it."""
    for file in modules("tests"):
        # Most need not be parsed for it.
        if not any("test_" in found for found in _IMPORTS_OF_TESTS.findall(file.read_text())):
            continue
        for node in parsed(file).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            ours = [name for name in names if name.startswith("tests.")]
            helpers = [name for name in ours if any(part.startswith("test_") for part in name.split("."))]
            assert not helpers, f"{file} imports {helpers}"
