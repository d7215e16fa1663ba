"""What is in the wheel and in the sdist, compared with the repository."""

import subprocess
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from hatch_build import DEMO, INNER, PACKAGE, wheel_path

ONLY_IN_REPOSITORY = (".ci/",)
"""What nobody needs who builds from the sdist."""
METADATA = ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")


def tracked(root: Path) -> set[str]:
    """The files that git knows, or would add."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listed, cwd=root, capture_output=True, text=True, check=True)
    return {name for name in done.stdout.split("\0") if name and (root / name).exists()}


def sdist_differences(sdist: Path, files: Iterable[str]) -> list[str]:
    """What the sdist lacks of `files` or has beside them, one line each."""
    with tarfile.open(sdist) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    wanted = {name for name in files if not name.startswith(ONLY_IN_REPOSITORY)}
    return _differences("sdist", names, wanted | {"PKG-INFO"})


def wheel_differences(wheel: Path, files: Iterable[str]) -> list[str]:
    """What the wheel lacks of the packages among `files` or has beside them, one line each."""
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    info = next(name.partition("/")[0] for name in names if name.endswith(".dist-info/METADATA"))
    ours = [name for name in files if name.split("/")[0] in (PACKAGE, *INNER) or name == DEMO.as_posix()]
    packages = {wheel_path(Path(name)).as_posix() for name in ours}
    return _differences("wheel", names, packages | {f"{info}/{name}" for name in METADATA})


def _differences(what: str, names: set[str], wanted: set[str]) -> list[str]:
    lacks = [f"the {what} lacks {name}" for name in sorted(wanted - names)]
    return lacks + [f"the {what} has {name}, which is not in the repository" for name in sorted(names - wanted)]
