"""Removes old versions from a store to keep it within an age and a size."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from msgspec import Struct, field
from sqlalchemy import Engine, and_, delete, exists, func, or_, select, text, update

from collector.source import SourceError
from sources.recorder.database import explained
from sources.recorder.status import Status
from sources.recorder.steps import instant, micros
from sources.recorder.store import Store
from sources.recorder.tables import clusters, spans, versions

_EVERY = 300.0
"""Seconds between two checks."""
_AT_ONCE = 2000
"""Rows that one transaction deletes, which limits the database's log."""
_ROW = 300
"""Approximate bytes of a row without its body."""


class Retention(Struct):
    """How long and how much is kept."""

    age: timedelta
    size: int
    """Bytes."""
    every: float = _EVERY
    _last: float = field(default_factory=time.monotonic)
    _full: bool = False

    def tidy(self, store: Store, status: Status, log: Callable[[str], None]) -> None:
        """If a check is due, remove versions that are too old, then the oldest ones until the store fits."""
        if time.monotonic() - self._last < self.every:
            return
        self._last = time.monotonic()
        try:
            forget(store.engine, datetime.now(UTC) - self.age, "age")
            for tenth in range(1, 11):
                status.size = measured(store.engine)
                if status.size <= self.size:
                    break
                before = _oldest(store.engine, tenth)
                if before is not None:
                    forget(store.engine, before, "size")
            status.size = measured(store.engine)
        except SourceError as error:
            log(f"retention: {error.reason}; trying again later")
            return
        full = status.size > self.size
        if full and not self._full:
            log(f"the store has {status.size} bytes although only what still exists is left; raise --max-size")
        self._full = full


def forget(engine: Engine, before: datetime, why: str) -> int:
    """Remove versions that ended before that moment, but keep the last one of existing objects. Returns the number."""
    at, removed = micros(before), 0
    newer = versions.alias()
    replaced = exists().where(
        newer.c.cluster == versions.c.cluster,
        newer.c.resource == versions.c.resource,
        newer.c.uid == versions.c.uid,
        newer.c.id > versions.c.id,
        newer.c.seen < at,
    )
    over = and_(versions.c.seen < at, or_(versions.c.resource == "events", versions.c.gone, replaced))
    # In order, so a removed object never loses its last version, which marks it as gone, first.
    batch = select(versions.c.id).where(over).order_by(versions.c.id).limit(_AT_ONCE)
    while True:
        with explained(engine), engine.begin() as connection:
            done = connection.execute(delete(versions).where(versions.c.id.in_(batch.scalar_subquery()))).rowcount
            if done:
                moved = or_(clusters.c.forgotten.is_(None), clusters.c.forgotten < at)
                connection.execute(update(clusters).where(moved).values(forgotten=at, why=why))
            connection.execute(delete(spans).where(spans.c.until < at))
        removed += done
        if done < _AT_ONCE:
            break
    if removed and engine.dialect.name == "sqlite":
        _shrink(engine)
    return removed


def measured(engine: Engine) -> int:
    """Bytes in use. In PostgreSQL, only those of the versions: deleted space is reused there."""
    with explained(engine), engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            pages, free, page = (
                connection.execute(text(f"PRAGMA {name}")).scalar_one()
                for name in ("page_count", "freelist_count", "page_size")
            )
            return int((pages - free) * page)
        bodies = select(func.coalesce(func.sum(func.octet_length(versions.c.body) + _ROW), 0))
        return int(connection.execute(bodies).scalar_one())


def _oldest(engine: Engine, tenth: int) -> datetime | None:
    """The moment by which this many tenths of the versions, the oldest first, had been seen."""
    with explained(engine), engine.begin() as connection:
        count: int = connection.execute(select(func.count()).select_from(versions)).scalar_one()
        at = select(versions.c.seen).order_by(versions.c.seen).offset(max(0, count * tenth // 10 - 1)).limit(1)
        found = connection.execute(at).scalar()
    return None if found is None else instant(found + 1)


def _shrink(engine: Engine) -> None:
    """Return free pages to the file system."""
    with explained(engine):
        raw = engine.raw_connection()
        try:
            cursor = raw.cursor()
            for statement in ("PRAGMA incremental_vacuum", "PRAGMA wal_checkpoint(TRUNCATE)"):
                cursor.execute(statement)
                cursor.fetchall()
        finally:
            raw.close()
