"""What an installation weighs, package by package: what only one source needs is an extra where it can be one."""

from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

pytestmark = pytest.mark.bench
MOST = 420
"""Megabytes in all; docs/architecture.md says what most of it is."""
EXTRAS = {"botocore", "prometheus-client", "psycopg", "pysocks", "resvg-py", "sqlalchemy"}


def needed(name: str, known: dict[str, Distribution]) -> None:
    """The package and everything that it needs without extras."""
    key = name.lower().replace("_", "-")
    if key in known:
        return
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return
    known[key] = found
    for line in found.requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            needed(requirement.name, known)


def sizes(found: Distribution) -> Iterator[int]:
    for file in found.files or ():
        path = Path(str(file.locate()))
        if path.is_file() and path.suffix != ".pyc":
            yield path.stat().st_size


def test_what_an_installation_weighs() -> None:
    known: dict[str, Distribution] = {}
    needed("pm-timeline", known)
    weights = {name: sum(sizes(one)) / 2**20 for name, one in known.items() if name != "pm-timeline"}
    print(f"\n{len(weights)} packages, {sum(weights.values()):.0f} MB without compiled modules")
    for name, weight in sorted(weights.items(), key=lambda one: -one[1])[:10]:
        print(f"  {weight:6.1f} MB  {name}")
    assert not EXTRAS & weights.keys()
    assert sum(weights.values()) < MOST
