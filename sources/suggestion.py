"""A suggestion for a source, with the place where it was found."""

from urllib.parse import urlsplit

from msgspec import Struct, field
from msgspec.structs import replace

from sources.problems import SettingsError
from sources.registry import check


class Suggestion(Struct):
    """One `[sources.NAME]` table."""

    name: str
    type: str
    settings: dict[str, str] = field(default_factory=dict)
    why: str = ""
    """Where it was found, on one plain line."""
    active: bool = True
    """Whether it can be used unchanged; if not, it is written as a comment."""


def usable(one: Suggestion) -> Suggestion:
    """The suggestion. With invalid settings, it becomes a comment that names the problem and leaves those out."""
    try:
        check(one.type, one.settings)
    except SettingsError as error:
        wrong = {problem.location.partition(".")[0] for problem in error.problems}
        # A setting may be invalid because it contains a secret.
        kept = {key: value for key, value in one.settings.items() if key not in wrong}
        return replace(one, settings=kept, why=f"{one.why}, where something is wrong: {error}", active=False)
    return one


def without_user(url: str) -> tuple[str, str]:
    """The URL without user and password, which must not be written down, and the user."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, ""
    user, at, host = parts.netloc.rpartition("@")
    return (parts._replace(netloc=host).geturl(), user.partition(":")[0]) if at else (url, "")
