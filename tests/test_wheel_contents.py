"""What `make wheel-check` compares, it must also find."""

import io
import tarfile
import zipfile
from pathlib import Path

from tests.wheel.contents import METADATA, sdist_differences, wheel_differences

REPOSITORY = {
    "README.md",
    ".ci/run",
    "cli/main.py",
    "sources/loki/client.py",
    "pm_timeline/py.typed",
    "tests/test_a.py",
    "fixtures/checkout-incident.zip",
    "fixtures/other.zip",
}
WHEEL = {
    "pm_timeline/cli/main.py",
    "pm_timeline/fixtures/checkout-incident.zip",
    "pm_timeline/sources/loki/client.py",
    "pm_timeline/py.typed",
}


def wheel(folder: Path, names: set[str]) -> Path:
    path = folder / "a.whl"
    with zipfile.ZipFile(path, "w") as packed:
        for name in (*names, *(f"pm_timeline-1.dist-info/{name}" for name in METADATA)):
            packed.writestr(name, "")
    return path


def sdist(folder: Path, names: set[str]) -> Path:
    path = folder / "a.tar.gz"
    with tarfile.open(path, "w:gz") as packed:
        for name in (*names, "PKG-INFO"):
            packed.addfile(tarfile.TarInfo(f"pm_timeline-1/{name}"), io.BytesIO())
    return path


def test_a_wheel_has_the_files_of_the_packages_and_no_more(tmp_path: Path) -> None:
    assert wheel_differences(wheel(tmp_path, WHEEL), REPOSITORY) == []
    other = WHEEL - {"pm_timeline/sources/loki/client.py"} | {"cli/main.py"}
    assert wheel_differences(wheel(tmp_path, other), REPOSITORY) == [
        "the wheel lacks pm_timeline/sources/loki/client.py",
        "the wheel has cli/main.py, which is not in the repository",
    ]


def test_an_sdist_has_everything_but_the_gate(tmp_path: Path) -> None:
    assert sdist_differences(sdist(tmp_path, REPOSITORY - {".ci/run"}), REPOSITORY) == []
    assert sdist_differences(
        sdist(tmp_path, REPOSITORY - {".ci/run", "tests/test_a.py"} | {"left.py"}), REPOSITORY
    ) == [
        "the sdist lacks tests/test_a.py",
        "the sdist has left.py, which is not in the repository",
    ]
