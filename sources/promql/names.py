"""The query for existing metrics by their names."""

from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit


def question(names: Iterable[str]) -> str:
    """A regex for these names."""
    return "|".join(name.replace(".", "[.]") for name in names)


def names_in_question(asked: str) -> set[str]:
    """The names in a request for existing metrics."""
    (matcher,) = parse_qs(urlsplit(asked.partition(" ")[2]).query).get("match[]", [""])[:1]
    return set(matcher.removeprefix('{__name__=~"').removesuffix('"}').replace("[.]", ".").split("|"))
