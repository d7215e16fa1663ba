"""Where the configuration comes from: a configuration file, else the environment alone."""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import typer

from collector.errors import UsageError

FILE_NAME = "pm-timeline.toml"
_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")


def find(folder: Path, user_folder: Path | None = None) -> Path | None:
    """The nearest configuration file: in `folder`, in a folder above it, or in the user's config folder."""
    # Not Path.is_file, which raises if a folder is not readable.
    for place in (folder, *folder.parents):
        path = place / FILE_NAME
        if os.path.isfile(path):
            _check_owner(path)
            return path
    path = (user_folder or Path(typer.get_app_dir("pm-timeline"))) / FILE_NAME
    return path if os.path.isfile(path) else None


def default_store(environ: Mapping[str, str], home: Path) -> Path:
    """The file that `pm-timeline record` writes to by default."""
    data = environ.get("XDG_DATA_HOME") or home / ".local" / "share"
    return Path(os.path.abspath(data)) / "pm-timeline" / "recorded.db"


def from_environment(
    environ: Mapping[str, str], home: Path, account: Path = _ACCOUNT
) -> Iterator[tuple[str, dict[str, object]]]:
    """Type and settings of every source that the environment is enough for. `account` is the token file of a pod."""
    if environ.get("PROMETHEUS_URL"):
        token = {"token_env": "PROMETHEUS_TOKEN"} if environ.get("PROMETHEUS_TOKEN") else {}
        yield "prometheus", {"url": environ["PROMETHEUS_URL"], **token}
    in_cluster = bool(environ.get("KUBERNETES_SERVICE_HOST")) and os.path.isfile(account)
    if environ.get("KUBECONFIG") or os.path.isfile(home / ".kube" / "config") or in_cluster:
        # The client checks these in the same order and finds out which one applies.
        yield "kubernetes", {}
    # The same order as gh: its own variable comes first.
    named = next((name for name in ("GH_TOKEN", "GITHUB_TOKEN") if environ.get(name)), None)
    if environ.get("GITHUB_REPOSITORY") and (named or shutil.which("gh", path=environ.get("PATH", ""))):
        host = environ.get("GH_HOST", "")
        api = environ.get("GITHUB_API_URL") or (f"https://{host}/api/v3" if host not in ("", "github.com") else "")
        # Without a variable, the source uses the token that gh has for the host.
        token = {"token_env": named} if named else {}
        yield "github", {"repository": environ["GITHUB_REPOSITORY"], **token, **({"api_url": api} if api else {})}


def _check_owner(path: Path) -> None:
    """Refuse a file of another user that was only found, not named: it could make us run its `token_command`."""
    owner = path.stat().st_uid
    if owner and owner != os.getuid():
        raise UsageError(f"{path}: belongs to another user; if you trust it, name it with --config")
