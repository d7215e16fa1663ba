"""Build the wheel and the sdist, compare them with the repository, install the wheel elsewhere and run it there."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from tests.wheel.contents import sdist_differences, tracked, wheel_differences

ROOT = Path(__file__).parents[2]
TOOLS = (
    "botocore",
    "hypothesis",
    "html5lib",
    "jsonschema",
    "prometheus-client",
    "psycopg[binary]",
    "pytest",
    "pytest-xdist",
    "responses",
    "rfc3339-validator",
    "sqlalchemy",
)
"""What the tests below need beside the wheel."""
TESTS = (
    "tests/cli",
    "tests/sources/test_config.py",
    "tests/sources/test_contract.py",
    "tests/sources/test_registry.py",
    "tests/test_library.py",
    "tests/wheel",
)
SKIPPED = ("test_faults.py", "test_markdown.py", "test_read_back.py")
"""Every fault of every source, and what other programs make of our formats: they show nothing about the wheel."""
UV = (sys.executable, "-m", "uv")
Result = TypeVar("Result")


def main() -> None:
    with TemporaryDirectory(prefix="pm-timeline-check-") as name:
        folder = Path(name)
        wheel = _step("build", lambda: _built(folder))
        python = _step("install into an empty environment", lambda: _installed(wheel, folder))
        _step("test what is installed", lambda: _tested(python, folder))


def _built(folder: Path) -> Path:
    """The wheel, made of the sdist. It and the sdist have what the repository has, and no more."""
    build = [sys.executable, "-m", "build", "--no-isolation"]
    _run([*build, "--outdir", folder / "dist", ROOT])
    _run([*build, "--wheel", "--outdir", folder / "tree", ROOT])
    (sdist,), (wheel,), (direct,) = (
        list(folder.glob(pattern)) for pattern in ("dist/*.tar.gz", "dist/*.whl", "tree/*.whl")
    )
    files = tracked(ROOT)
    problems = sdist_differences(sdist, files) + wheel_differences(wheel, files)
    if wheel.read_bytes() != direct.read_bytes():
        problems.append("the wheel made of the sdist differs from that made of the repository")
    if problems:
        sys.exit("\n".join(problems))
    return wheel


def _installed(wheel: Path, folder: Path) -> Path:
    # uv, since pip takes a minute and more to install the same.
    _run([*UV, "venv", "--quiet", "--python", sys.executable, folder / "venv"])
    python = folder / "venv" / "bin" / "python"
    _run([*UV, "pip", "install", "--quiet", "--python", python, wheel])
    return python


def _tested(python: Path, folder: Path) -> None:
    """Run the tests in a folder that has the tests, but none of the packages."""
    suite = folder / "suite"
    skipped = shutil.ignore_patterns("__pycache__", *SKIPPED)
    shutil.copytree(ROOT / "tests", suite / "tests", ignore=skipped)
    (suite / "fixtures").mkdir()
    for name in ("README.md", "fixtures/checkout-incident.zip"):
        shutil.copy(ROOT / name, suite / name)
    chosen = "-ra --import-mode=importlib -m 'not thorough'"
    (suite / "pytest.ini").write_text(f"[pytest]\naddopts = {chosen}\nmarkers = thorough\nfilterwarnings = error\n")
    # First without them, so that nothing that the command needs comes with the tools.
    _run([python, "-m", "tests.wheel.alone", folder / "venv" / "bin" / "pm-timeline"], suite)
    _run([*UV, "pip", "install", "--quiet", "--python", python, *TOOLS])
    options = ["-q", "-n", "2", "-p", "no:cacheprovider", "-p", "tests.wheel.installed"]
    _run([python, "-m", "pytest", *options, *TESTS], suite)


def _step(what: str, step: Callable[[], Result]) -> Result:
    begun = time.monotonic()
    result = step()
    print(f"wheel-check: {what}: {time.monotonic() - begun:.0f} s", flush=True)
    return result


def _run(command: list[str | Path], folder: Path | None = None) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    clean["CI"] = "1"  # hypothesis then sets no deadlines
    done = subprocess.run(command, cwd=folder, env=clean, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
