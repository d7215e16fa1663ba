"""A pytest plugin that runs the tests against the installed wheel.

The tests import `collector.event`; in the wheel it is `pm_timeline.collector.event`. With this plugin the first name
finds the very module of the second. Load it with `-p tests.wheel.installed`, before anything else is imported.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

PACKAGE = "pm_timeline"
INNER = ("cli", "collector", "sources")


class _Alias(MetaPathFinder, Loader):
    """Finds an inner package, or a module in one, below the installed package."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if fullname.partition(".")[0] in INNER else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        try:
            module = import_module(f"{PACKAGE}.{spec.name}")
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(f"the wheel has no {spec.name}", name=spec.name) from error
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """It is loaded already; but its spec was replaced by that of the alias, and resources are found by it."""
        alias = module.__spec__
        if alias is not None and alias.loader is self:
            module.__spec__ = alias.loader_state


def _installed() -> None:
    package = import_module(PACKAGE)
    where = (package.__file__ or "").replace("\\", "/")
    if "/site-packages/" not in where:
        raise RuntimeError(f"{PACKAGE} is to be tested as it is installed, but it comes from {where}")
    sys.meta_path.insert(0, _Alias())


_installed()
