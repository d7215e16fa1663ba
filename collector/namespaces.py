"""Selects the Events of the namespaces that were asked for."""

from collections.abc import Sequence

from collector.event import Event, Subject
from collector.gather import Gathered
from collector.scope import Scope
from collector.services.resolve import Directory


def split(gathered: Gathered, scope: Scope) -> tuple[Sequence[Event], Sequence[Event]]:
    """The Events of the namespaces in `scope` or of no namespace, and the other Events; in the order given.

    CI and metrics often name a service without a namespace. Such an Event belongs to the others if every service that
    it can be about is in another namespace.
    """
    if not scope.namespaces:
        return gathered.events, ()
    subjects = {event.subject for event in gathered.events}
    directory = Directory.of(subjects, gathered.names, scope.aliases)
    where: dict[str, set[str]] = {}
    for subject in subjects:
        if subject.namespace and subject.service:
            where.setdefault(directory.resolve(subject).service.name, set()).add(subject.namespace)
    outside = {subject for subject in subjects if not _inside(subject, directory, where, scope.namespaces)}
    inside = [event for event in gathered.events if event.subject not in outside]
    return inside, [event for event in gathered.events if event.subject in outside]


def _inside(subject: Subject, directory: Directory, where: dict[str, set[str]], wanted: Sequence[str]) -> bool:
    if subject.namespace:
        return subject.namespace in wanted
    if not subject.service:
        return True
    found = directory.resolve(subject).service
    namespaces = {found.namespace} if found.namespace else where.get(found.name, set())
    return not namespaces or not namespaces.isdisjoint(wanted)
