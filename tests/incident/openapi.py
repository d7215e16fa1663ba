"""GitHub's own description of its API, which `make openapi` fetches into `.cache/`."""

import functools
import json
import os
from pathlib import Path
from typing import Any

import jsonschema

from tests.servers.process import ROOT, Missing

_FETCHED = ROOT / ".cache/github-openapi/package/generated/api.github.com.json"
_FILE = Path(os.environ.get("PM_TIMELINE_GITHUB_OPENAPI") or _FETCHED)


@functools.cache
def _description() -> dict[str, Any]:
    try:
        text = _FILE.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Missing(f"there is no {_FILE}; `make openapi` fetches it") from None
    description: dict[str, Any] = json.loads(text)
    return description


@functools.cache
def response(path: str) -> jsonschema.Draft4Validator:
    """Validator of the 200 response of `GET path`, a template as GitHub writes it. Raises Missing."""
    description = _description()
    answer = description["paths"][path]["get"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    found: dict[str, Any] = {}
    root = {**_adapted(schema, description, found), "definitions": found}
    return jsonschema.Draft4Validator(root, format_checker=jsonschema.FormatChecker())


def _adapted(node: Any, description: dict[str, Any], found: dict[str, Any]) -> Any:
    """The schema in JSON Schema's own terms, with what it refers to collected in `found`.

    OpenAPI 3.0 is based on draft 4, and says `nullable: true` where JSON Schema has the type null.
    """
    if isinstance(node, list):
        return [_adapted(one, description, found) for one in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        name = node["$ref"].removeprefix("#/components/schemas/")
        if name not in found:
            found[name] = {}  # it may refer to itself
            found[name] |= _adapted(description["components"]["schemas"][name], description, found)
        return {"$ref": f"#/definitions/{name}"}
    adapted = {
        key: _adapted(value, description, found) for key, value in node.items() if key not in ("example", "examples")
    }
    return {"anyOf": [{"type": "null"}, adapted]} if node.get("nullable") is True else adapted
