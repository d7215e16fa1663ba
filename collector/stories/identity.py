"""When two ids name the same version."""

from collector.event import Identity


def same_version(one: Identity, other: Identity) -> bool:
    """Whether both surely name the same version: by digest, else by version, else by commit."""
    if one.digest and other.digest:
        return one.digest == other.digest
    if one.version and other.version:
        return one.version == other.version
    return same_commit(one.commit, other.commit)


def same_commit(one: str, other: str) -> bool:
    """Whether both are known and one abbreviates the other."""
    return min(len(one), len(other)) >= 7 and (one.startswith(other) or other.startswith(one))
