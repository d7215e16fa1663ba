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


def ids(one: Identity) -> list[tuple[str, str]]:
    """What it has in common, at least one of it, with every other that `same_version` holds for."""
    every = (("digest", one.digest), ("version", one.version), ("commit", one.commit[:7]))
    return [(name, text) for name, text in every if text]


class Versions:
    """Versions that were seen, to ask quickly whether one of them is surely the same as another."""

    def __init__(self) -> None:
        """None was seen."""
        self._seen: set[tuple[str, str, bool, bool]] = set()
        self._commits: dict[tuple[str, bool, bool], set[str]] = {}

    def add(self, one: Identity) -> None:
        """See it."""
        known = bool(one.digest), bool(one.version)
        self._seen |= {("digest", one.digest, *known), ("version", one.version, *known)}
        self._commits.setdefault((one.commit[:7], *known), set()).add(one.commit)

    def __contains__(self, one: Identity) -> bool:
        """Whether `same_version` holds for one that was seen."""
        return any(self._as(one, digest, version) for digest in (True, False) for version in (True, False))

    def _as(self, one: Identity, digest: bool, version: bool) -> bool:
        """The same among those of which digest and version are known, or not."""
        if digest and one.digest:
            return ("digest", one.digest, digest, version) in self._seen
        if version and one.version:
            return ("version", one.version, digest, version) in self._seen
        alike = self._commits.get((one.commit[:7], digest, version), ())
        return any(same_commit(each, one.commit) for each in alike)
