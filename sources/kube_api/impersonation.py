"""Impersonation: `as`, `as-uid`, `as-groups` and `as-user-extra` of a user in the kubeconfig.

https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from collector.source import SourceError

Headers = Sequence[tuple[str, str]]


def impersonation(user: Mapping[str, Any]) -> Headers:
    """The headers to send with each request; some names occur several times.

    Raises TypeError for a malformed entry, and SourceError for groups, uid or extras without a user, which kubectl also
    refuses.
    """
    name, uid = user.get("as"), user.get("as-uid")
    groups, extra = user.get("as-groups") or (), user.get("as-user-extra") or {}
    if not name:
        if uid or groups or extra:
            hint = "set `as` of the user in it"
            raise SourceError("the kubeconfig impersonates groups, a uid or extras without a user", hint)
        return ()
    if isinstance(groups, str) or not isinstance(extra, Mapping):
        raise TypeError("as-groups is a list, as-user-extra a table")
    found = [("Impersonate-User", name), *([("Impersonate-Uid", uid)] if uid else [])]
    found += [("Impersonate-Group", group) for group in groups]
    for key, values in extra.items():
        if isinstance(values, str):
            raise TypeError("a value of as-user-extra is a list")
        found += [(f"Impersonate-Extra-{quote(key, safe='')}", value) for value in values]
    if not all(isinstance(value, str) and value.isprintable() for _, value in found):
        raise TypeError("names are text on one line")
    return found
