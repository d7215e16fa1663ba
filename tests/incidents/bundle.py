"""A bundle in memory: read, changed and written, with nothing in it that another recording would have otherwise."""

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MANIFEST = "manifest.json"
_EVALUATED = re.compile(r'("(health|evaluationTime|lastEvaluation)":)("[^"]*"|[\d.e-]+)')
_NEVER = {"health": '"unknown"', "evaluationTime": "0", "lastEvaluation": '"0001-01-01T00:00:00Z"'}
"""Of a rule that the server may or may not have evaluated by the time that it is asked."""


class Bundle(Struct):
    """The manifest, and the text of each document by its file."""

    manifest: dict[str, Any]
    texts: dict[str, str]

    def source(self, name: str) -> dict[str, Any]:
        """What the manifest has of one source."""
        found: dict[str, Any] = next(one for one in self.manifest["sources"] if one["name"] == name)
        return found

    def changed(self, change: Callable[[str, str, str], str]) -> "Bundle":
        """With every document changed: from (type of the source, call, text) to text."""
        copy = Bundle(json.loads(json.dumps(self.manifest)), dict(self.texts))
        for source in copy.manifest["sources"]:
            for document in source["documents"]:
                file = document["file"]
                copy.texts[file] = change(source["type"], document["call"], copy.texts[file])
        return copy


def load(path: Path) -> Bundle:
    """Read a bundle. It is ours: nothing in it is checked."""
    with zipfile.ZipFile(path) as packed:
        manifest = json.loads(packed.read(_MANIFEST))
        texts = {name: packed.read(name).decode() for name in packed.namelist() if name != _MANIFEST}
    return Bundle(manifest, texts)


def save(bundle: Bundle, path: Path) -> None:
    """Write it as a zip file, the same bytes each time."""
    manifest = _signed(bundle)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        _add(packed, _MANIFEST, json.dumps(manifest, indent=1))
        for source in manifest["sources"]:
            for document in source["documents"]:
                _add(packed, document["file"], bundle.texts[document["file"]])


def unpack(bundle: Bundle, folder: Path) -> Path:
    """Write it as a folder, which is faster; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = _signed(bundle)
    (folder / _MANIFEST).write_text(json.dumps(manifest))
    for file, text in bundle.texts.items():
        path = folder / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder


def settled(bundle: Bundle, captured: str, hosts: Mapping[str, str], births: str) -> Bundle:
    """Without what differs between two recordings.

    All was `captured` at one moment; `hosts` are the addresses of the servers and the names that they get; what the
    API server made for itself was made at `births`. Versions and page tokens are numbered.
    """
    tokens: dict[str, str] = {}
    replaced = [(re.compile(re.escape(old)), new) for old, new in sorted(hosts.items(), reverse=True)]

    def neutral(text: str) -> str:
        for old, new in replaced:
            text = old.sub(new, text)
        for token, name in tokens.items():
            text = text.replace(token, name)
        return text

    for source in bundle.manifest["sources"]:
        for document in source["documents"]:
            text = bundle.texts[document["file"]]
            if source["type"] == "kubernetes":
                text = _settled_list(text, tokens, births)
            if source["type"] == "prometheus" and document["call"] == "rules":
                text = _EVALUATED.sub(lambda found: found[1] + _NEVER[found[2]], text)
            bundle.texts[document["file"]] = neutral(text)
            document |= {"asked": neutral(document["asked"]), "at": captured}
        source["settings"] = json.loads(neutral(json.dumps(source["settings"])))
        for gap in source["gaps"]:
            gap["reason"] = neutral(gap["reason"])
    bundle.manifest["captured_at"] = captured
    return bundle


def _settled_list(text: str, tokens: dict[str, str], births: str) -> str:
    page = json.loads(text)
    meta = page.get("metadata") or {}
    if "resourceVersion" in meta:
        meta["resourceVersion"] = "48213377"
    if meta.get("continue"):
        meta["continue"] = tokens.setdefault(meta["continue"], f"page-{len(tokens) + 2}")
    if page.get("items"):
        page["items"] = [
            item for item in page["items"] if (item["metadata"].get("namespace"), item["metadata"]["name"]) != _API
        ]
    for item in page.get("items") or []:
        known = item["metadata"]
        known.pop("selfLink", None)
        if "resourceVersion" in known:
            known.pop("resourceVersion")
            digest = hashlib.sha256(json.dumps(item, sort_keys=True).encode()).digest()
            known["resourceVersion"] = str(40_000_000 + int.from_bytes(digest[:3], "big"))
        if known["name"] in _OWN:
            known |= {"creationTimestamp": births, "uid": f"00000000-0000-4000-8000-{len(known['name']):012d}"}
            for writer in known.get("managedFields", []):
                writer["time"] = births
    return json.dumps(page, separators=(",", ":"), ensure_ascii=False)


_API = ("default", "kubernetes")
"""The API server's Service for itself, which it makes anew at some time after it was deleted."""
_OWN = {"extension-apiserver-authentication"}
"""What the API server writes by itself."""


def _signed(bundle: Bundle) -> dict[str, Any]:
    manifest = bundle.manifest
    for source in manifest["sources"]:
        for document in source["documents"]:
            body = bundle.texts[document["file"]].encode("utf-8", "surrogatepass")
            document["sha256"] = hashlib.sha256(body).hexdigest()
    return manifest


def _add(packed: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    packed.writestr(entry, text.encode("utf-8", "surrogatepass"))
