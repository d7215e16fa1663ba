"""Reads from a store what may concern the window, page by page, in one read-only transaction."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, func, or_, select, text
from sqlalchemy.sql.elements import ColumnElement

from collector.secrets import Scrubber
from collector.source import Deadline, Document, SourceError
from collector.window import Window
from sources.recorder.database import check, explained, opened, shown
from sources.recorder.settings import RecorderSettings
from sources.recorder.steps import instant, micros
from sources.recorder.tables import clusters, spans, versions

PAGE = 500
LEAD, TAIL = timedelta(hours=2), timedelta(hours=1)
"""How long before the window causes are searched for, and how long after it their effects."""


def fetch(settings: RecorderSettings, scrubber: Scrubber, window: Window, deadline: Deadline) -> Iterator[Document]:
    """Yield the document `store`, with the times that were recorded, then the pages of each cluster and resource.

    A page is `{"cluster": ..., "versions": [...]}`. A version has `id` (its place in the order), `change`, `seen` (when
    the recorder received it), `since` (only if the object vanished unobserved: the earliest time of that), `uid`,
    `version` and `object`, which is null if it is not known. The pages have all versions from LEAD before the window to
    TAIL after it, and the last earlier version of every object that still existed then. Instants are RFC 3339.

    Raises SourceError if there is no store, or none that this version can read.
    """
    engine = opened(settings.store, settings.token(scrubber), write=False, timeout=settings.timeout)
    try:
        with explained(engine), engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                # All pages show the same moment.
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            check(connection, engine)
            names = _names(connection, engine, settings)
            yield _recorded(connection, engine, names)
            for name in names:
                yield from _versions(connection, engine, settings, name, window, deadline)
    finally:
        engine.dispose()


def _names(connection: Connection, engine: Engine, settings: RecorderSettings) -> list[str]:
    """The clusters to read."""
    names = sorted(connection.execute(select(clusters.c.cluster)).scalars())
    if settings.cluster is None:
        if not names:
            raise SourceError(f"the store {shown(engine)} is empty", "`pm-timeline record` fills it")
        return names
    if settings.cluster not in names:
        there = ", ".join(name or "one without a name" for name in names) or "none"
        raise SourceError(
            f"the store {shown(engine)} has no cluster {settings.cluster!r}; it has: {there}",
            "set `cluster` to one of these",
        )
    return [settings.cluster]


def _recorded(connection: Connection, engine: Engine, names: Sequence[str]) -> Document:
    known = connection.execute(select(clusters).where(clusters.c.cluster.in_(names)).order_by(clusters.c.cluster))
    stretches = connection.execute(select(spans).where(spans.c.cluster.in_(names)).order_by(spans.c.id))
    stored = {
        "clusters": [{"name": row.cluster, "forgotten": _stamp(row.forgotten), "why": row.why} for row in known],
        "spans": [
            {
                "cluster": row.cluster,
                "resource": row.resource,
                "namespace": row.namespace,
                "since": _stamp(row.since),
                "until": _stamp(row.until),
                "lacks": row.lacks,
            }
            for row in stretches
        ],
    }
    asked = f"what was recorded, in {shown(engine)}"
    return Document("store", asked, datetime.now(UTC), json.dumps(stored, separators=(",", ":")))


def _versions(
    connection: Connection, engine: Engine, settings: RecorderSettings, name: str, window: Window, deadline: Deadline
) -> Iterator[Document]:
    start, end = micros(window.start - LEAD), micros(window.end + TAIL)
    resources = select(versions.c.resource).where(versions.c.cluster == name).distinct()
    for resource in sorted(connection.execute(resources).scalars()):
        of: list[ColumnElement[bool]] = [versions.c.cluster == name, versions.c.resource == resource]
        if settings.namespaces is not None:
            of.append(or_(versions.c.namespace == "", versions.c.namespace.in_(settings.namespaces)))
        asked = f"{' of '.join(filter(None, (resource, name)))}, in {shown(engine)}"
        for page in _pages(connection, of, start, end, whole=resource != "events"):
            deadline.check()
            stored = f'{{"cluster":{json.dumps(name)},"versions":[{",".join(map(_stored, page))}]}}'
            yield Document(resource, asked, datetime.now(UTC), stored)


def _pages(
    connection: Connection, of: Sequence[ColumnElement[bool]], start: int, end: int, *, whole: bool
) -> Iterator[Sequence[Any]]:
    """The versions from `start` to `end`; with `whole`, also the last one before `start` of each existing object."""
    if whole:
        last = select(func.max(versions.c.id)).where(*of, versions.c.seen < start).group_by(versions.c.uid)
        known = sorted(connection.execute(last).scalars())
        for at in range(0, len(known), PAGE):
            there = (versions.c.id.in_(known[at : at + PAGE]), versions.c.gone.is_(False))
            if page := connection.execute(select(versions).where(*there).order_by(versions.c.id)).all():
                yield page
    after = -1
    while True:
        following = select(versions).where(*of, versions.c.seen.between(start, end), versions.c.id > after)
        page = connection.execute(following.order_by(versions.c.id).limit(PAGE)).all()
        if not page:
            return
        after = page[-1].id
        yield page


def _stored(row: Any) -> str:
    stored = {
        "id": row.id,
        "change": row.change,
        "seen": _stamp(row.seen),
        "since": _stamp(row.since),
        "uid": row.uid,
        "version": row.version,
    }
    # The object is JSON already.
    return f'{json.dumps(stored)[:-1]},"object":{row.body or "null"}}}'


def _stamp(at: int | None) -> str | None:
    return None if at is None else instant(at).isoformat()
