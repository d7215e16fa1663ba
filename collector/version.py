"""The version of pm-timeline."""

from importlib.metadata import PackageNotFoundError, version


def installed_version() -> str:
    """The installed version; `unknown` if the code runs from a folder that was never installed."""
    try:
        return version("pm-timeline")
    except PackageNotFoundError:
        return "unknown"
