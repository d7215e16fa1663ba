"""Which version of pm-timeline this is."""

from importlib.metadata import PackageNotFoundError, version


def installed_version() -> str:
    """The version that is installed; `unknown` where the code runs from a folder that was never installed."""
    try:
        return version("pm-timeline")
    except PackageNotFoundError:
        return "unknown"
