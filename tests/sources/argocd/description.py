"""Argo CD's own description of its API (Swagger 2.0), which `make openapi` fetches into `.cache/`."""

import functools
import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.servers.process import ROOT

_FETCHED = ROOT / ".cache/argocd-openapi/swagger.json"
_FILE = Path(os.environ.get("PM_TIMELINE_ARGOCD_OPENAPI") or _FETCHED)


@functools.cache
def _description() -> dict[str, Any]:
    if not _FILE.is_file():
        pytest.skip(f"there is no {_FILE}; `make openapi` fetches it where Argo CD's repository can be reached")
    description: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return description


def operation(path: str) -> dict[str, Any]:
    """What is described of a GET of this path, which begins with `/api/`."""
    paths = _description()["paths"]
    found = [
        paths[template]["get"]
        for template in paths
        if "get" in paths[template] and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template), path)
    ]
    assert found, f"no GET {path} is described"
    first: dict[str, Any] = found[0]
    return first


def parameters(path: str) -> set[str]:
    """The names of the parameters in its query."""
    return {one["name"] for one in operation(path)["parameters"] if one["in"] == "query"}


def answer(path: str) -> jsonschema.Draft4Validator:
    """Validator of the answer to a GET; it allows no member that is not described."""
    schema = operation(path)["responses"]["200"]["schema"]
    # On the wire it is any object; described is how Go keeps it.
    definitions = {**_closed(_description()["definitions"]), "runtimeRawExtension": {"type": "object"}}
    return jsonschema.Draft4Validator({**schema, "definitions": definitions})


def _closed(node: Any) -> Any:
    """The same schema, in which an object has the members that are named and no others."""
    if isinstance(node, list):
        return [_closed(one) for one in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(value) for key, value in node.items()}
    if isinstance(node.get("properties"), dict) and node.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed
