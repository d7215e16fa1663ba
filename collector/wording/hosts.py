"""The names of nodes in rows."""

import re
from collections.abc import Sequence

_ADDRESS = re.compile(r"[0-9.]+|\[?[0-9a-f]*:[0-9a-f:.]*\]?", re.I)


def without_domain(names: Sequence[str]) -> Sequence[str]:
    """The names of nodes, without the domain that they share. Addresses have none and stay whole."""
    if any(_ADDRESS.fullmatch(name) for name in names):
        return names
    hosts = [name.partition(".") for name in names]
    one_domain = len({domain for _, _, domain in hosts}) == 1
    return [host for host, _, _ in hosts] if one_domain and len({host for host, _, _ in hosts}) == len(names) else names
