"""Runs the installed command where nothing but the wheel and its dependencies is installed, and no test tool is.

`python -m tests.wheel.alone COMMAND`, with the Python of that environment, in a folder with the demo's bundle.
"""

import json
import os
import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

RECORDING = ("sqlalchemy", "prometheus_client")
INNER = ("cli", "collector", "sources")


def main(command: str) -> None:
    everything_can_be_imported()
    with TemporaryDirectory() as name:
        project = Path(name)
        foreign_packages(project)
        the_demo_is_drafted(command, project)
        every_type_is_asked(command, project)
        recording_names_what_it_needs(command, project)


def everything_can_be_imported() -> None:
    """No module needs the repository, none but the recorder's needs an optional dependency, and none is imported by its
    name in the repository.
    """
    package = import_module("pm_timeline")
    for module in pkgutil.walk_packages(package.__path__, "pm_timeline."):
        try:
            import_module(module.name)
        except ModuleNotFoundError as error:
            if ".recorder." not in module.name or error.name not in RECORDING:
                raise
    plain = [name for name in INNER if name in sys.modules]
    assert not plain, f"imported by the name that only the repository has: {plain}"


def foreign_packages(project: Path) -> None:
    """A project of somebody who happens to use the same names."""
    for package in INNER:
        (project / package).mkdir()
        (project / package / "__init__.py").write_text(f"raise RuntimeError('this is the {package} of a project')\n")


def the_demo_is_drafted(command: str, project: Path) -> None:
    bundle = Path("fixtures/checkout-incident.zip").absolute()
    shown = Path("README.md").read_text().partition("<!-- demo -->\n")[2].partition("<!-- /demo -->")[0]
    by_module = [sys.executable, "-m", "pm_timeline"]
    for line in ([command], by_module):
        done = _run([*line, "--replay", str(bundle), "--format", "markdown"], project)
        assert done.stdout.strip() == shown.strip(), done.stdout
    code = f"import pm_timeline; print(len(pm_timeline.replay({str(bundle)!r}).to_frame()))"
    done = _run([sys.executable, "-c", code], project)
    assert int(done.stdout) >= 7, done.stdout


def every_type_is_asked(command: str, project: Path) -> None:
    """Each is one line under the table that says why; none is a traceback, a missing module or a bug."""
    import_module("tests.wheel.installed")  # what follows imports `sources`
    from tests.sources.examples import dead_config

    tables = dead_config()
    (project / "pm-timeline.toml").write_text("".join(map(_table, tables, tables.values())))
    window = ("--from", "2026-04-01 14:00", "--to", "14:30", "--tz", "UTC")
    done = _run([command, *window, "--note", "14:12 Ana is paged", "--format", "markdown"], project)
    assert "Ana is paged" in done.stdout
    coverage = done.stdout.partition("Coverage:")[2].splitlines()
    for type_ in tables:
        lines = [line for line in coverage if line.startswith(f"- {type_} ({type_}):")]
        assert len(lines) == 1, f"{type_}: {lines or coverage}"
    for word in ("Traceback", "No module named", "bug in pm-timeline"):
        assert word not in done.stdout + done.stderr, done.stdout + done.stderr


def recording_names_what_it_needs(command: str, project: Path) -> None:
    (project / "config").write_text("apiVersion: v1\n")
    (project / "record.toml").write_text('[sources.kubernetes]\ntype = "kubernetes"\nkubeconfig = "config"\n')
    done = _run([command, "record", "--config", "record.toml"], project, code=2)
    assert "pipx install --force 'pm-timeline[record]'" in done.stderr, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr


def _table(name: str, settings: dict[str, object]) -> str:
    # A text or number is written the same in JSON and TOML.
    keys = "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
    return f"[sources.{name}]\n{keys}\n"


def _run(line: list[str], project: Path, *, code: int = 0) -> "subprocess.CompletedProcess[str]":
    env = {"PATH": os.environ["PATH"], "HOME": str(project), "TZ": "UTC", "LANG": "C.UTF-8", "PYTHONPATH": "."}
    done = subprocess.run(line, cwd=project, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done


if __name__ == "__main__":
    main(sys.argv[1])
