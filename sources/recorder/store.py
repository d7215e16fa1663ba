"""The writing half of a store: changes and the positions of their watches, in one transaction."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from collector.source import SourceError
from sources.recorder.database import explained, prepare, shown
from sources.recorder.shape import digest
from sources.recorder.steps import Change, Step, Stream, micros
from sources.recorder.tables import clusters, positions, spans, versions

_Of = tuple[Stream, str]
"""The stream of a span, and the right that is missing for it; empty if none is."""


class Store:
    """One recorder's connection to its store. Only one thread may use it at a time."""

    def __init__(self, engine: Engine) -> None:
        """Creates missing tables. Raises SourceError."""
        prepare(engine)
        self.engine = engine
        self._digests: dict[tuple[str, str, str], bytes] = {}
        """The digest of the last known version of every object, by cluster, resource and uid."""
        self._spans: dict[_Of, int] = {}

    def claim(self, cluster: str, identity: str) -> None:
        """Record which cluster has this name here. Raises SourceError if the name is taken by another cluster.

        `identity` is `uid:...` of the cluster, or `url:...` of its API server if the uid may not be read.
        """
        with explained(self.engine), self.engine.begin() as connection:
            known = connection.execute(select(clusters.c.identity).where(clusters.c.cluster == cluster)).scalar()
            if known is None:
                values = {"cluster": cluster, "identity": identity, "why": ""}
                connection.execute(_insert(connection, clusters).values(values).on_conflict_do_nothing())
            elif known != identity and known[:4] == identity[:4]:
                name = f"the cluster {cluster!r}" if cluster else "a cluster without a name"
                raise SourceError(
                    f"the store {shown(self.engine)} has {name} already, and it is another one ({known}, not "
                    f"{identity})",
                    "set `cluster` of the kubernetes source to a name of its own, or choose another store",
                )
            elif identity.startswith("uid:"):
                connection.execute(update(clusters).where(clusters.c.cluster == cluster).values(identity=identity))

    def position(self, stream: Stream) -> str:
        """Where a watch continues; empty if it has no position yet."""
        with explained(self.engine), self.engine.begin() as connection:
            found = connection.execute(select(positions.c.version).where(*_same(positions, stream))).scalar()
            last = select(func.max(spans.c.id)).where(*_same(spans, stream), spans.c.lacks == "")
            span = connection.execute(last).scalar()
        if found is None or span is None:
            return ""
        self._spans[stream, ""] = span
        return str(found)

    def keep(self, steps: Sequence[Step]) -> int:
        """Store all steps in one transaction. Raises SourceError; then the same steps may be stored again.

        Returns how many versions were new to this recorder.
        """
        fresh: dict[tuple[str, str, str], bytes] = {}
        spans_now = dict(self._spans)
        rows: list[dict[str, Any]] = []
        new = 0
        with explained(self.engine), self.engine.begin() as connection:
            for step in steps:
                for change in step.changes:
                    if self._is_news(connection, step.stream, change, fresh):
                        rows.append(_row(step.stream, change))
                        new += 1
                if step.listed_at is not None:
                    # Later changes are not in the list, but have not vanished.
                    _write(connection, rows)
                    rows = []
                    gone = self._vanished(connection, step, spans_now.get((step.stream, "")))
                    _write(connection, gone)
                    fresh |= {(*step.stream[:2], row["uid"]): b"" for row in gone}
            _write(connection, rows)
            _advance(connection, steps, spans_now)
        self._spans = spans_now
        self._digests |= fresh
        for key in [key for key, now in fresh.items() if not now]:
            del self._digests[key]
        return new

    def _is_news(
        self, connection: Connection, stream: Stream, change: Change, fresh: dict[tuple[str, str, str], bytes]
    ) -> bool:
        """Whether the version is to be stored: not if nothing in it that is read has changed."""
        if stream.resource == "events":
            # Events are deleted when they expire, which is no news.
            return change.kind != "DELETED"
        key = (stream.cluster, stream.resource, change.uid)
        known = fresh.get(key) or self._digests.get(key)
        if known is None:
            known = _last(connection, key)
        now = b"" if change.kind == "DELETED" else change.digest
        fresh[key] = now
        return now != known or not now

    def _vanished(self, connection: Connection, step: Step, span: int | None) -> list[dict[str, Any]]:
        """Rows for the objects that are stored as existing but missing from the list."""
        stream = step.stream
        if step.listed_at is None or stream.resource == "events":
            return []
        where = [versions.c.cluster == stream.cluster, versions.c.resource == stream.resource]
        if stream.namespace:
            where.append(versions.c.namespace == stream.namespace)
        last = select(func.max(versions.c.id)).where(*where).group_by(versions.c.uid)
        there = select(versions.c.uid, versions.c.namespace, versions.c.name, versions.c.seen)
        # Versions that another recorder has seen since are newer than the list.
        older = (versions.c.gone.is_(False), versions.c.seen < micros(step.listed_at))
        found = connection.execute(there.where(versions.c.id.in_(last), *older)).all()
        known = None if span is None else connection.execute(select(spans.c.until).where(spans.c.id == span)).scalar()
        common = {"cluster": stream.cluster, "resource": stream.resource, "version": "", "change": "VANISHED"}
        return [
            {
                **common,
                "namespace": row.namespace,
                "name": row.name,
                "uid": row.uid,
                "gone": True,
                "seen": micros(step.listed_at),
                "since": min(max(known or 0, row.seen), micros(step.listed_at)),
                "body": "",
            }
            for row in found
            if row.uid not in step.listed
        ]


def _last(connection: Connection, key: tuple[str, str, str]) -> bytes:
    """The digest of the last stored version; empty if there is none or the object is gone."""
    cluster, resource, uid = key
    where = (versions.c.cluster == cluster, versions.c.resource == resource, versions.c.uid == uid)
    row = connection.execute(
        select(versions.c.body, versions.c.gone).where(*where).order_by(versions.c.id.desc()).limit(1)
    ).first()
    return b"" if row is None or row.gone else digest(json.loads(row.body))


def _row(stream: Stream, change: Change) -> dict[str, Any]:
    return {
        "cluster": stream.cluster,
        "resource": stream.resource,
        "namespace": change.namespace,
        "name": change.name,
        "uid": change.uid,
        "version": change.version,
        "change": change.kind,
        "gone": change.kind == "DELETED",
        "seen": micros(change.at),
        "since": None,
        "body": change.body,
    }


def _write(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(_insert(connection, versions).on_conflict_do_nothing(), rows)


def _advance(connection: Connection, steps: Iterable[Step], known: dict[_Of, int]) -> None:
    """Update the positions, and extend or begin spans; `known` are the spans that are being extended."""
    moved: dict[Stream, str] = {}
    until: dict[_Of, int] = {}
    for step in steps:
        of = (step.stream, step.missing_right)
        if step.position:
            moved[step.stream] = step.position
        if step.until is None:
            continue
        if step.listed_at is not None or of not in known:
            since = micros(step.listed_at or step.until)
            values = {**step.stream._asdict(), "since": since, "until": since, "lacks": step.missing_right}
            key = connection.execute(spans.insert().values(values)).inserted_primary_key
            assert key is not None  # noqa: S101 - both databases give it
            known[of] = key[0]
        until[of] = micros(step.until)
    for stream, version in moved.items():
        put = _insert(connection, positions).values({**stream._asdict(), "version": version})
        key_columns = [positions.c.cluster, positions.c.resource, positions.c.namespace]
        connection.execute(put.on_conflict_do_update(index_elements=key_columns, set_={"version": version}))
    for of, at in until.items():
        connection.execute(update(spans).where(spans.c.id == known[of], spans.c.until < at).values(until=at))


def _same(table: Table, stream: Stream) -> list[Any]:
    return [table.c[name] == value for name, value in stream._asdict().items()]


def _insert(connection: Connection, table: Table) -> Any:
    """An INSERT that can handle rows that exist already."""
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(table)
