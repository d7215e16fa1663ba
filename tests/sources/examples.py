"""Settings for a source of every type in the registry, whose system is not there."""

import json
from pathlib import Path

from sources.registry import TYPES, adapter

DEAD = "http://127.0.0.1:1"
_VALUES: dict[str, object] = {
    "url": DEAD,
    "api_url": DEAD,
    "query": '{job="audit"}',
    "repository": "acme/checkout",
    "organization": "acme",
    "endpoint_url": DEAD,
    "regions": ["eu-central-1"],
    "kubeconfig": "/no/such/kubeconfig",
    "store": "sqlite:////no/such/store.db",
    "file": "/no/such/notes",
}
_OTHERWISE = {"argocd": ("kubeconfig",)}
"""What a type does not take together with the rest."""

_OWN: dict[str, dict[str, object]] = {
    "events": {"path": "/no/such/events"},
    "flagsmith": {"organisation": 1},
    "git": {"clone": "/no/such/clone"},
    "gitlab": {"projects": ["acme/shop/checkout"]},
    "launchdarkly": {"projects": ["shop"]},
}
"""What only one type has to have."""


def dead_settings(type_: str) -> dict[str, object]:
    """Enough settings for the type, all at an address that refuses connections or in a file that does not exist."""
    fields = adapter(type_).Settings.model_fields
    left_out = _OTHERWISE.get(type_, ())
    kept = {key: value for key, value in _VALUES.items() if key in fields and key not in left_out}
    return kept | _OWN.get(type_, {})


def dead_config() -> dict[str, dict[str, object]]:
    """The tables of one source of each type, called like its type; notes have no table."""
    types = [type_ for type_ in TYPES if type_ != "notes"]
    return {type_: {"type": type_, "timeout": 2.0, **dead_settings(type_)} for type_ in types}


ADDRESSES = ("url", "api_url", "base_url", "endpoint_url")
"""The keys under which the types have the address of their system."""
BY_DEADLINE = frozenset({"flux", "helm", "kubernetes", "tekton"})
"""Types whose listings are bounded by `deadline` alone: of a million objects as many are read as there is time for."""


def over_http() -> list[str]:
    """The types that ask a system over HTTP.

    Left out are those that read what is at hand: the files of events and notes, the store of a recorder, a clone of
    git, of which `url` is the page of its repository. They have no pages, no status and no token.
    """
    fields = {type_: set(adapter(type_).Settings.model_fields) for type_ in TYPES if type_ != "git"}
    return [type_ for type_, keys in fields.items() if keys & {*ADDRESSES, "kubeconfig"}]


def settings_at(type_: str, url: str, folder: Path, token: str) -> dict[str, object]:
    """Settings of a type whose system is at `url` and wants `token`, which stands in a file in `folder`."""
    fields = adapter(type_).Settings.model_fields
    found = {**dead_settings(type_), **{key: url for key in ADDRESSES if key in fields}}
    (folder / "token").write_text(token)
    if "token_file" in fields:
        found["token_file"] = str(folder / "token")
    if "kubeconfig" in found:
        user = {"name": "u", "user": {"tokenFile": str(folder / "token")}}
        context = {"name": "x", "context": {"cluster": "c", "user": "u"}}
        cluster = {"name": "c", "cluster": {"server": url}}
        given = {"users": [user], "contexts": [context], "clusters": [cluster], "current-context": "x"}
        (folder / "kubeconfig").write_text(json.dumps({"apiVersion": "v1", "kind": "Config", **given}))
        found["kubeconfig"] = str(folder / "kubeconfig")
    return found
