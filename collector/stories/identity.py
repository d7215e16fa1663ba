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
    """Whether both commits are known and one abbreviates the other; the repositories must agree if both are known.

    `config_commit` is separate: a repository of manifests has commits of its own.
    """
    return _abbreviates(one.commit, other.commit) and not _apart(one.repository, other.repository)


def _abbreviates(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= 7 and (one.startswith(other) or other.startswith(one))


def _apart(one: str, other: str) -> bool:
    """Whether both repositories are known and differ."""
    return bool(one and other) and one.lower() != other.lower()


def ids(one: Identity) -> list[tuple[str, str]]:
    """Its ids, at least one of which it shares with every other Identity of the `same_version`."""
    every = (("digest", one.digest), ("version", one.version), ("commit", one.commit[:7]))
    return [(name, text) for name, text in every if text]


class Versions:
    """A set of versions that were seen, with fast lookup by `same_version`."""

    def __init__(self) -> None:
        """None was seen."""
        self._seen: set[tuple[str, str, bool, bool]] = set()
        self._commits: dict[tuple[str, bool, bool], set[tuple[str, str]]] = {}

    def add(self, one: Identity) -> None:
        """Add a version that was seen."""
        known = bool(one.digest), bool(one.version)
        self._seen |= {("digest", one.digest, *known), ("version", one.version, *known)}
        self._commits.setdefault((one.commit[:7], *known), set()).add((one.commit, one.repository))

    def __contains__(self, one: Identity) -> bool:
        """Whether `same_version` holds for one that was seen."""
        return any(self._as(one, digest, version) for digest in (True, False) for version in (True, False))

    def _as(self, one: Identity, digest: bool, version: bool) -> bool:
        """The same among those that have a digest and a version, or have none, as given."""
        if digest and one.digest:
            return ("digest", one.digest, digest, version) in self._seen
        if version and one.version:
            return ("version", one.version, digest, version) in self._seen
        alike = self._commits.get((one.commit[:7], digest, version), ())
        return any(_abbreviates(commit, one.commit) and not _apart(of, one.repository) for commit, of in alike)
