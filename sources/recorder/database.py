"""Opens a store by its URL, and explains its errors."""

import contextlib
import importlib.util
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from collector.source import Denied, SourceError, Unreachable
from sources.recorder.tables import METADATA, SCHEMA, schema
from sources.text import one_line

_MADE = "made"
"""The option of an engine that names the file that was made for it."""
_LOCK = 0x706D74696D65
"""PostgreSQL lock, held while the tables are made: two recorders may start at the same time."""


def opened(url: str, password: str | None, *, write: bool, timeout: float = 10) -> Engine:
    """The database at the URL of a store; nothing is queried yet. Raises SourceError.

    For reading, an SQLite file must exist. For writing it is created, readable only by its owner. `timeout` is how many
    seconds a connection may take, or another user of the file may keep it locked.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SourceError("the URL of the store is not valid", 'such as "sqlite:////PATH"') from None
    if parsed.get_backend_name() == "sqlite":
        return _file(Path(parsed.database or ""), write=write, timeout=timeout)
    if importlib.util.find_spec("psycopg") is None:
        raise SourceError(
            "a store in PostgreSQL needs the package psycopg", "install it: pip install 'pm-timeline[postgresql]'"
        )
    target = parsed.set(drivername="postgresql+psycopg")
    if password is not None:
        target = target.set(password=password)
    # Committed data is on disk, whatever the server's default is.
    options = "-c synchronous_commit=on" if write else "-c default_transaction_read_only=on"
    given = {"connect_timeout": max(2, int(timeout)), "application_name": "pm-timeline", "options": options}
    return create_engine(target, connect_args=given)


def _file(path: Path, *, write: bool, timeout: float) -> Engine:
    made = write and _make(path)
    if not write and not path.is_file():
        raise SourceError(f"there is no store {path}", "`pm-timeline record` makes it; is `store` the same there?")
    mode = "rw" if write else "ro"
    options = {_MADE: path} if made else {}
    engine = create_engine(f"sqlite:///file:{quote(str(path))}?mode={mode}&uri=true", execution_options=options)

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _: object) -> None:
        # The driver begins no transaction by itself; `_begun` does.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {int(timeout * 1000)}")
        if write:
            # Set before there is any table, to let the file shrink again.
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            # Committed data is on disk.
            connection.execute("PRAGMA synchronous = FULL")

    kept: list[tuple[int, int]] = [_identity(path)] if write else []

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        if kept and _identity(path) != kept[0]:
            # SQLite would continue writing into a deleted file that can never be read.
            raise SourceError(f"the store {path} was removed or replaced while it was in use", "start again")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _make(path: Path) -> bool:
    """An empty file, readable for its owner alone, unless there is one; whether it was made. Raises Denied."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
        return True
    except FileExistsError:
        if not path.is_file():
            raise Denied(f"the store {path} is no file, or its folder is none", "name another with --store") from None
        return False
    except OSError as error:
        raise Denied(f"the store {path} cannot be made ({error.strerror})", "name another with --store") from None


def _identity(path: Path) -> tuple[int, int]:
    """The identity of the file that has this name now; zeros if there is none."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


@contextlib.contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Raise database errors as SourceError, in one line without the statement."""
    try:
        yield
    except SQLAlchemyError as error:
        where = f"the store {shown(engine)}"
        reason = one_line(str(getattr(error, "orig", None) or error).strip().partition("\n")[0])[:300]
        lowered = reason.lower()
        if "not a database" in lowered or "malformed" in lowered:
            raise SourceError(f"{where} is no database of SQLite, or is damaged", "name another file") from None
        if "locked" in lowered:
            raise Unreachable(f"{where} is locked by another program", "wait for it, or end it") from None
        if any(word in lowered for word in ("password", "authentication", "permission denied", "readonly")):
            raise Denied(f"{where}: {reason}", "check the user, the password and the rights") from None
        raise Unreachable(f"{where}: {reason}", "is it there, and is there room?") from None


def shown(engine: Engine) -> str:
    """The store as it may be printed: without a password."""
    if engine.dialect.name == "sqlite":
        return (engine.url.database or "").removeprefix("file:").partition("?")[0]
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=True)


def prepare(engine: Engine) -> None:
    """Make the tables if the store is new. Raises SourceError if something else is in it.

    A file that was made for it and has no room for them is removed again.
    """
    try:
        _prepare(engine)
    except SourceError as error:
        made = engine.get_execution_options().get(_MADE)
        # Who holds the lock may be another recorder, which has the same file by now.
        if made is not None and "locked" not in error.reason:
            engine.dispose()
            for end in ("", "-wal", "-shm"):
                with contextlib.suppress(OSError):
                    Path(f"{made}{end}").unlink()
        raise


def _prepare(engine: Engine) -> None:
    with explained(engine), engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        names = inspect(connection).get_table_names()
        if schema.name in names:
            _check(connection, engine)
            return
        if names and engine.dialect.name == "sqlite":
            raise SourceError(f"{shown(engine)} has something else in it, no store", "name another file")
        METADATA.create_all(connection)
        connection.execute(schema.insert().values(version=SCHEMA))


def check(connection: Connection, engine: Engine) -> None:
    """Raise SourceError unless this is a store that this version can read."""
    if schema.name not in inspect(connection).get_table_names():
        raise SourceError(f"{shown(engine)} is no store of pm-timeline", "`pm-timeline record` makes one")
    _check(connection, engine)


def _check(connection: Connection, engine: Engine) -> None:
    found: Any = connection.execute(select(schema.c.version)).scalar()
    if found != SCHEMA:
        raise SourceError(
            f"the store {shown(engine)} has the format {found}, this version knows {SCHEMA}",
            "use the version of pm-timeline that wrote it, or a newer one",
        )
