"""Checks for the packages of the extra `record`, which only the recorder and its stores need."""

import importlib.util

from collector.source import Denied

_INSTALL = "pipx install --force 'pm-timeline[record]', or pip install 'pm-timeline[record]'"


def require_packages() -> None:
    """Raise Denied, with the command that installs them, if the packages of the extra `record` are missing."""
    for module, name in (("sqlalchemy", "SQLAlchemy"), ("prometheus_client", "prometheus-client")):
        if importlib.util.find_spec(module) is None:
            raise Denied(f"{name} is not installed, which the recorder and its stores need", _INSTALL)
