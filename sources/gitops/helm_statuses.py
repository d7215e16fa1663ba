"""The statuses of a release, as Helm records them (helm.sh/helm, release/common/status.go)."""

_DONE = frozenset({"deployed", "superseded", "uninstalled", "uninstalling"})
_RUNNING = frozenset({"pending-install", "pending-upgrade", "pending-rollback"})
STATUSES = _DONE | _RUNNING | {"failed"}
"""Those that show how a revision ended, or that it is in progress. Helm also has `unknown`, which shows neither."""


def outcome_of(status: str) -> str:
    """`succeeded`, `failed`, `running`, or `unknown`."""
    if status in _DONE:
        return "succeeded"
    return "running" if status in _RUNNING else "failed" if status == "failed" else "unknown"
