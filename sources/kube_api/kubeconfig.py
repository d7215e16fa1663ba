"""Reads kubeconfig files and merges them as kubectl does.

The client library has different rules: the last current-context wins, an empty file is an error, and a client
certificate is searched for next to the file that has the cluster.
https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from collector.source import SourceError

_ENTRIES = {"clusters": "cluster", "users": "user", "contexts": "context"}
_FILES = ("certificate-authority", "client-certificate", "client-key", "tokenFile")
"""Keys with paths that may be relative to their file."""


def load_kubeconfig(paths: Sequence[Path]) -> dict[str, Any]:
    """All files merged into one, with absolute paths. Raises SourceError with the file's name, but no quotes from it.

    For each name, the first file that has a cluster, user or context of that name defines it alone. The first
    current-context that is not empty counts.
    """
    merged: dict[str, Any] = {"current-context": "", **{key: [] for key in _ENTRIES}}
    read = [(path, _read(path)) for path in paths]
    if all(content is None for _, content in read):
        raise SourceError(f"kubeconfig {os.pathsep.join(map(str, paths))} is empty", "see `kubectl config view`")
    for path, content in read:
        try:
            _merge(merged, {} if content is None else content, path.absolute().parent)
        except (TypeError, ValueError, KeyError, AttributeError):
            raise SourceError(f"kubeconfig {path} is malformed", "see `kubectl config view`") from None
    return merged


def read_token(user: Mapping[str, Any]) -> str | None:
    """The token in a user's `tokenFile`, without the line break at its end; None if the user has no such file.

    Raises SourceError if it cannot be read and there is no `token` to use instead.
    """
    path = user.get("tokenFile")
    if not path:
        return None
    try:
        token, reason = Path(path).read_text(encoding="utf-8").strip(), "is empty"
    except (OSError, ValueError) as error:
        token, reason = "", f"cannot be read ({getattr(error, 'strerror', None) or type(error).__name__})"
    if not token and not user.get("token"):
        raise SourceError(f"tokenFile {path} of the kubeconfig {reason}", "see `kubectl config view`")
    return token or None


def _read(path: Path) -> Any:
    """The content of the file; None if it is empty."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise SourceError(f"kubeconfig {path} is not UTF-8 text", "repair it") from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise SourceError(f"kubeconfig {path} is not valid YAML{line}", "repair it") from None
    except OSError as error:
        raise SourceError(f"kubeconfig {path} cannot be read ({error.strerror or type(error).__name__})") from None


def _merge(merged: dict[str, Any], content: Any, folder: Path) -> None:
    merged["current-context"] = merged["current-context"] or content.get("current-context") or ""
    for key, inner in _ENTRIES.items():
        known = {entry["name"] for entry in merged[key]}
        for entry in content.get(key) or ():
            if entry["name"] not in known:
                merged[key].append({"name": entry["name"], inner: _absolute(entry.get(inner) or {}, folder)})
                known.add(entry["name"])


def _absolute(entry: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The entry with absolute paths, and without empty keys, which kubectl ignores."""
    kept = {key: value for key, value in entry.items() if value not in ("", None)}
    for key in _FILES:
        if key in kept:
            kept[key] = str(folder / kept[key])
    plugin = kept.get("exec")
    # A plugin without a folder in its name is searched for on PATH.
    if plugin and os.sep in plugin.get("command", ""):
        kept["exec"] = {**plugin, "command": str(folder / plugin["command"])}
    return kept
