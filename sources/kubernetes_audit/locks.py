"""ConfigMaps that are locks: their holders write to them every few seconds, and configure nothing by that."""

import re

ACCOUNT = "system:serviceaccount:"
LOCK = r"(?:[a-z0-9.-]*[.-])?(?:leader|lock)(?:[.-][a-z0-9.-]*)?"
"""What they are called, most of them: `ingress-controller-leader-nginx`, `istio-leader`, `memcached-operator-lock`."""
_NAMED = re.compile(LOCK)


def is_lock(verb: str, resource: str, name: str, user: str) -> bool:
    """Whether a request renews a lock. What people write, and what is created or patched, never does."""
    of_account = user.startswith(ACCOUNT)
    return (verb, resource) == ("update", "configmaps") and of_account and bool(_NAMED.fullmatch(name))
