"""The programs from npm that read our output; `make npm-tools` fetches them."""

from pathlib import Path

from tests.servers.process import ROOT, Missing, or_skip, require

TOOLS = ROOT / ".cache" / "npm-tools"
PACKAGES = TOOLS / "node_modules"


def npm_tool(package: str) -> Path:
    """Folder of a package; skips the test if it is missing, fails it if PM_TIMELINE_REQUIRE_SERVERS=1."""
    require("node")
    with or_skip():
        if not (PACKAGES / package).is_dir():
            raise Missing(f"there is no {package} in {TOOLS}; `make npm-tools` fetches it")
    return PACKAGES / package
