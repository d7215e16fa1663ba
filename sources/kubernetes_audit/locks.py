"""ConfigMaps that are locks: their holders write to them every few seconds, which configures nothing."""

import re

from sources.cluster.config_uses import LOCK

ACCOUNT = "system:serviceaccount:"
_NAMED = re.compile(LOCK)


def is_lock(verb: str, resource: str, name: str, user: str) -> bool:
    """Whether a request renews a lock: only an update by a service account does, never a creation or a patch."""
    of_account = user.startswith(ACCOUNT)
    return (verb, resource) == ("update", "configmaps") and of_account and bool(_NAMED.fullmatch(name))
