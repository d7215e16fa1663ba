"""A source that can be configured, as it was found."""

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
    """Where it was found, one plain line."""
    active: bool = True
    """Whether it is worth asking as it stands; else it is written as a comment."""


def usable(one: Suggestion) -> Suggestion:
    """The same; as a comment that names what is wrong and does not have it, if it could not be asked like that."""
    try:
        check(one.type, one.settings)
    except SettingsError as error:
        wrong = {problem.location.partition(".")[0] for problem in error.problems}
        # What is wrong may be so because there is a secret in it.
        kept = {key: value for key, value in one.settings.items() if key not in wrong}
        return replace(one, settings=kept, why=f"{one.why}, where something is wrong: {error}", active=False)
    return one


def without_user(url: str) -> tuple[str, str]:
    """A URL without user and password, which are not to be written down, and the user."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, ""
    user, at, host = parts.netloc.rpartition("@")
    return (parts._replace(netloc=host).geturl(), user.partition(":")[0]) if at else (url, "")
