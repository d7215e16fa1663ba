"""The names of nodes in rows."""

from collections.abc import Sequence


def without_domain(names: Sequence[str]) -> Sequence[str]:
    """The names of nodes, without the domain that they share."""
    hosts = [name.partition(".") for name in names]
    one_domain = len({domain for _, _, domain in hosts}) == 1
    return [host for host, _, _ in hosts] if one_domain and len({host for host, _, _ in hosts}) == len(names) else names
