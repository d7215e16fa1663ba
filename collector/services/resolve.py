"""Finds the service of an Event. One name in two namespaces is two services; two names of one workload are one."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from collector.event import Subject
from collector.services.names import is_composed, readings
from collector.services.service import Service, environment_of, is_lower
from collector.source import SameService

Key = tuple[str, str, str, str]


class Resolved(Struct, frozen=True):
    """A service, and why it is this one; no reason if the name is its own."""

    service: Service
    reason: str = ""


class Directory(Struct):
    """All reported services, with lookup by any of their names."""

    aliases: Mapping[str, str] = field(default_factory=dict)
    """From the configuration: maps other names, or repositories, to the name of the service."""
    _known: dict[str, list[Service]] = field(default_factory=dict)
    """Services that have a namespace, by name; those with a workload first."""
    _placed: dict[tuple[str, str], list[Service]] = field(default_factory=dict)
    """The same by name and namespace."""
    _joined: dict[str, list[Service]] = field(default_factory=dict)
    """The same by `namespace-name`."""
    _same: dict[tuple[str, str, str], SameService] = field(default_factory=dict)
    _by_name: dict[str, list[SameService]] = field(default_factory=dict)
    _by_joined: dict[str, list[SameService]] = field(default_factory=dict)
    """The same by name, and by `namespace-name`."""
    _resolved: dict[Key, Resolved] = field(default_factory=dict)

    @classmethod
    def of(
        cls, subjects: Iterable[Subject], same: Iterable[SameService] = (), aliases: Mapping[str, str] | None = None
    ) -> "Directory":
        """The services that these Events name, with their other names from Kubernetes and the configuration."""
        directory = cls(aliases or {})
        distinct = {
            (s.cluster, s.namespace, s.service, bool(s.workload)) for s in subjects if s.service and s.namespace
        }
        composed = []
        for cluster, namespace, name, has_workload in sorted(distinct, key=lambda one: (not one[3], one)):
            service = Service(name, namespace, environment_of(namespace, cluster), cluster)
            if has_workload or not is_composed(name):
                directory._add(service)
            else:
                composed.append(service)
        for one in same:
            # If a name is reported several times, only the first report counts.
            if directory._same.setdefault((one.cluster, one.namespace, one.name), one) is one:
                directory._by_name.setdefault(one.name, []).append(one)
                directory._by_joined.setdefault(f"{one.namespace}-{one.name}", []).append(one)
        for service in composed:
            # A proxy reports its own namespace with the name of the service behind it: that is not another service.
            if directory._by_reading(service) is None:
                directory._add(service)
        return directory

    def resolve(self, subject: Subject) -> Resolved:
        """The service of the subject."""
        key = (subject.cluster, subject.namespace, subject.service, subject.environment)
        found = self._resolved.get(key)
        if found is None:
            found = self._resolved[key] = self._find(subject)
        return found

    def differing(self) -> list[tuple[str, Resolved]]:
        """The other names of services, each with its service and the reason, in order."""
        return sorted(
            ((key[2], one) for key, one in self._resolved.items() if one.reason and one.service.name != key[2]),
            key=lambda pair: (pair[1].service, pair[0]),
        )

    def _add(self, service: Service) -> None:
        ours = self._placed.setdefault((service.name, service.namespace), [])
        if any(_may_be_one(service, other) for other in ours):
            return
        ours.append(service)
        self._known.setdefault(service.name, []).append(service)
        self._joined.setdefault(f"{service.namespace}-{service.name}", []).append(service)

    def _only(self, wanted: Service) -> Service | None:
        """The only known service that has the wanted name and may be it; None if there is none, or more than one."""
        if wanted.namespace:
            return _only(self._placed.get((wanted.name, wanted.namespace), ()), wanted)
        return _only(self._known.get(wanted.name, ()), wanted)

    def _find(self, subject: Subject) -> Resolved:
        name = subject.service
        own = Service(
            name,
            subject.namespace,
            subject.environment or environment_of(subject.namespace, subject.cluster),
            subject.cluster,
        )
        if not name:
            return Resolved(own)
        if name in self.aliases:
            canonical = Service(self.aliases[name], own.namespace, own.environment, own.cluster)
            found = self._only(canonical)
            return Resolved(found or canonical, f"{name} is another name of {canonical.name} in the configuration")
        found = self._only(own)
        if found:
            reason = "" if own.namespace else f"the only {name} that it can be is that of namespace {found.namespace}"
            if len(self._placed.get((name, own.namespace), ())) > 1 and not own.cluster:
                reason = f"of those called {name} in {own.namespace} only that of cluster {found.cluster} serves users"
            return Resolved(found, reason)
        return self._by_kubernetes(own) or self._by_reading(own) or Resolved(own)

    def _by_kubernetes(self, own: Service) -> Resolved | None:
        for one in self._by_name.get(own.name, ()) if not own.namespace else ():
            if one.cluster in ("", own.cluster):
                return self._named(one, Service(one.name, one.namespace, "", one.cluster))
        same = self._same.get((own.cluster, own.namespace, own.name)) or self._same.get(("", own.namespace, own.name))
        return self._named(same, own) if same else None

    def _named(self, same: SameService, own: Service) -> Resolved | None:
        found = self._only(Service(same.service, same.namespace, "", own.cluster))
        return Resolved(found, same.reason) if found else None

    def _by_reading(self, own: Service) -> Resolved | None:
        for one in readings(own.name):
            wanted = Service(one.name, one.namespace or own.namespace, own.environment, own.cluster)
            if one.joined:
                found = _only(self._joined.get(one.name, ()), Service("", "", own.environment, own.cluster))
                by_service = self._by_joined.get(one.name, ())
                if found is None and len(by_service) == 1:
                    resolved = self._named(by_service[0], own)
                    if resolved:
                        return Resolved(resolved.service, f"{one.reason}: {own.name}; {resolved.reason}")
            else:
                found = self._only(wanted)
                if found is None:
                    resolved = self._by_kubernetes(wanted)
                    if resolved:
                        return Resolved(resolved.service, f"{one.reason}: {own.name}; {resolved.reason}")
            if found:
                return Resolved(found, f"{one.reason}: {own.name}")
        return None


def _only(candidates: Sequence[Service], wanted: Service) -> Service | None:
    """The only candidate that may be the wanted one; None if there is none, or more than one."""
    fitting = [one for one in candidates if _may_be_one(one, wanted)]
    if len(fitting) > 1 and wanted.environment:
        fitting = [one for one in fitting if one.environment.lower() == wanted.environment.lower()] or fitting
    if len(fitting) > 1 and not wanted.environment:
        # A name without an environment means the one that serves users, as it does when people say it.
        fitting = [one for one in fitting if not one.serves_no_users] or fitting
    return fitting[0] if len(fitting) == 1 else None


def _may_be_one(one: Service, other: Service) -> bool:
    """Whether nothing differs that is known of both: cluster, namespace, and whether it is production."""
    clusters = not (one.cluster and other.cluster) or one.cluster == other.cluster
    namespaces = not (one.namespace and other.namespace) or one.namespace == other.namespace
    # Names of namespaces rarely show production, but usually show the environments before it.
    environments = not other.environment or is_lower(one.environment) == is_lower(other.environment)
    return clusters and namespaces and environments
