"""When two ids name the same version."""

from collector.event import Identity


def same_version(one: Identity, other: Identity) -> bool:
    """Whether both surely name the same version: by digest, else by version, else by commit."""
    if one.digest and other.digest:
        return one.digest == other.digest
    if one.version and other.version:
        return one.version == other.version
    return same_commit(one, other)


def same_commit(one: Identity, other: Identity) -> bool:
    """Whether the commits of both are known and one abbreviates the other, of one repository where both are known.

    `config_commit` is another matter: a repository of manifests has commits of its own.
    """
    return _abbreviates(one.commit, other.commit) and not _apart(one.repository, other.repository)


def _abbreviates(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= 7 and (one.startswith(other) or other.startswith(one))


def _apart(one: str, other: str) -> bool:
    """Whether two repositories are known, and are not the same."""
    return bool(one and other) and one.lower() != other.lower()


def ids(one: Identity) -> list[tuple[str, str]]:
    """What it has in common, at least one of it, with every other that `same_version` holds for."""
    every = (("digest", one.digest), ("version", one.version), ("commit", one.commit[:7]))
    return [(name, text) for name, text in every if text]


class Versions:
    """Versions that were seen, to ask quickly whether one of them is surely the same as another."""

    def __init__(self) -> None:
        """None was seen."""
        self._seen: set[tuple[str, str, bool, bool]] = set()
        self._commits: dict[tuple[str, bool, bool], set[tuple[str, str]]] = {}

    def add(self, one: Identity) -> None:
        """See it."""
        known = bool(one.digest), bool(one.version)
        self._seen |= {("digest", one.digest, *known), ("version", one.version, *known)}
        self._commits.setdefault((one.commit[:7], *known), set()).add((one.commit, one.repository))

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
        return any(_abbreviates(commit, one.commit) and not _apart(of, one.repository) for commit, of in alike)
