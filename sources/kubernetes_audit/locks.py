"""ConfigMaps that are locks: their owners write to them every few seconds, and configure nothing by that."""

import re

from sources.cluster.config_uses import LOCK

ACCOUNT = "system:serviceaccount:"
_NAMED = re.compile(LOCK)


def is_lock(verb: str, resource: str, name: str, user: str) -> bool:
    """Whether a request renews a lock. What people write, and what is created or patched, never does."""
    of_account = user.startswith(ACCOUNT)
    return (verb, resource) == ("update", "configmaps") and of_account and bool(_NAMED.fullmatch(name))
