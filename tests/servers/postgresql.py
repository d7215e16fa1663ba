"""A real PostgreSQL on loopback, with its data in a folder of its own."""

import contextlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from tests.servers.process import Missing, binary, free_port, running, wait_until

_DEBIAN = Path("/usr/lib/postgresql")
_USERS = ("postgres", "nobody")


class Postgresql(Struct, frozen=True):
    """A running server, with the superuser `postgres`, who needs a password over TCP."""

    port: int
    folder: Path
    """Where its socket is, over which nobody needs a password."""
    password: str

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def ask(self, statement: str, *given: object) -> list[tuple[Any, ...]]:
        """The rows of one statement."""
        import psycopg

        with psycopg.connect(host=str(self.folder), port=self.port, user="postgres", autocommit=True) as connection:
            cursor = connection.execute(statement, given or None)  # type: ignore[arg-type]  # it wants a literal
            return cursor.fetchall() if cursor.description else []


@contextlib.contextmanager
def postgresql(log: Path) -> Iterator[Postgresql]:
    """Start it, with its log in a folder of the test. Raises Missing if it is not installed."""
    initdb, postgres, as_another = _program("initdb"), _program("postgres"), _as_another()
    # Not in the test's folder: only its owner may enter that, and PostgreSQL refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        server = Postgresql(free_port(), folder, secrets.token_hex(16))
        (folder / "password").write_text(server.password)
        _give(folder)
        data = folder / "data"
        made = [initdb, f"--pgdata={data}", "--username=postgres", "--auth-local=trust", "--auth-host=scram-sha-256"]
        made += [f"--pwfile={folder}/password", "--no-sync", "--encoding=UTF8", "--locale=C"]
        subprocess.run([*as_another, *made], check=True, capture_output=True, cwd=folder)
        serve = [postgres, "-D", str(data), "-p", str(server.port), "-k", str(folder), "-h", "127.0.0.1"]
        with running([*as_another, *serve], log) as process:
            ready = [_program("pg_isready"), "-q", "-h", str(folder), "-p", str(server.port)]
            wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, process, log)
            yield server
    finally:
        shutil.rmtree(folder)


def _program(name: str) -> str:
    found = shutil.which(name) or next((str(path) for path in sorted(_DEBIAN.glob(f"*/bin/{name}"))), None)
    if found is None:
        raise Missing(f"{name} is neither on PATH nor in {_DEBIAN}")
    return found


def _user() -> pwd.struct_passwd | None:
    """As whom to run it; None where we are not root."""
    known = {user.pw_name: user for user in pwd.getpwall()}
    return next((known[name] for name in _USERS if name in known), None) if os.getuid() == 0 else None


def _as_another() -> list[str]:
    user = _user()
    return [binary("setpriv"), f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"] if user else []


def _give(folder: Path) -> None:
    user = _user()
    for path in (folder, *folder.iterdir()) if user else ():
        os.chown(path, user.pw_uid, user.pw_gid)
