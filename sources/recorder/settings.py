"""The settings of a `[sources.NAME]` table of type `recorder`, and the URLs that may name a store."""

from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, Field

from sources.settings import TokenSettings

_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")
_PASSWORDS = ("password", "sslpassword", "passwd")


def store_url(value: str) -> str:
    """`value`, if it names a store: an SQLite file by its absolute path, or a PostgreSQL database.

    Raises ValueError. A password is refused, because it would be printed and captured.
    """
    # urlsplit raises ValueError if it is no URL at all.
    parts = urlsplit(value)
    if parts.password is not None or any(name.lower() in _PASSWORDS for name in parse_qs(parts.query)):
        raise ValueError("must hold no password; use token_env, token_file or token_command, or $PGPASSWORD, ~/.pgpass")
    if parts.scheme == "sqlite":
        if parts.netloc or not parts.path.startswith("//") or parts.path.endswith("/") or parts.query:
            raise ValueError('must have the absolute path of a file, such as "sqlite:////var/lib/pm-timeline/store.db"')
    elif parts.scheme not in _POSTGRESQL or not parts.path.strip("/"):
        raise ValueError('must be a URL such as "sqlite:////PATH" or "postgresql://USER@HOST/DATABASE"')
    return value


class RecorderSettings(TokenSettings):
    """Which store to read, and which part of it."""

    store: Annotated[str, AfterValidator(store_url)]
    """The store that `pm-timeline record` writes; `token_*` is the password of its database."""
    cluster: str | None = None
    """Only this cluster, by the name of the `kubernetes` source that was recorded; default: all."""
    namespaces: list[str] | None = Field(default=None, min_length=1)
    """Only these namespaces; default: all that were recorded."""
