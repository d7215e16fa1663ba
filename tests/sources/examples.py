"""Settings for a source of every type in the registry, whose system is not there."""

from sources.registry import TYPES, adapter

DEAD = "http://127.0.0.1:1"
_VALUES: dict[str, object] = {
    "url": DEAD,
    "api_url": DEAD,
    "query": '{job="audit"}',
    "repository": "acme/checkout",
    "kubeconfig": "/no/such/kubeconfig",
    "store": "sqlite:////no/such/store.db",
    "file": "/no/such/notes",
}

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
    return {key: value for key, value in _VALUES.items() if key in fields} | _OWN.get(type_, {})


def dead_config() -> dict[str, dict[str, object]]:
    """The tables of one source of each type, called like its type; notes have no table."""
    types = [type_ for type_ in TYPES if type_ != "notes"]
    return {type_: {"type": type_, "timeout": 2.0, **dead_settings(type_)} for type_ in types}
