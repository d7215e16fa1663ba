"""Fields of AWS's answers; each may be missing or of another type."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from collector.source import Document, Gap
from sources.stamps import moment_or_none
from sources.text import one_line

_VERSION = re.compile(
    r"(?:.*[-_/@])?v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+?)?)(?:\.(?:zip|tar|tar\.gz|tgz|ya?ml|json))?", re.ASCII
)
_LONGEST = 255


def answer(document: Document) -> tuple[str, dict[str, Any]]:
    """The region, and AWS's answer; empty if it has an unexpected form. Raises BadAnswer if it is not JSON."""
    body = document.json()
    found = body.get("answer") if isinstance(body, dict) else None
    return line(body.get("region")) if isinstance(body, dict) else "", found if isinstance(found, dict) else {}


def texts(given: Document | Gap, *path: str) -> list[str]:
    """The texts at a path in an answer, through all lists on the way; none in a Gap."""
    if isinstance(given, Gap):
        return []
    return [value for value in _at(answer(given)[1], path) if isinstance(value, str)]


def moments(given: Document | Gap, listed: str, number: str, stamp: str) -> Iterator[tuple[int, datetime]]:
    """Number and time of each item of a list that has both."""
    for item in _at(answer(given)[1], (listed,)) if isinstance(given, Document) else ():
        at = moment_or_none(item.get(stamp)) if isinstance(item, dict) else None
        if at is not None and isinstance(item.get(number), int):
            yield item[number], at.earliest


def controllers(given: Document) -> dict[str, str]:
    """The controllers of the services that ECS does not deploy itself, by ARN."""
    found = _at(answer(given)[1], ("services",))
    types = ((part(item, "serviceArn"), part(item, "deploymentController", "type")) for item in found)
    return {arn: type_ for arn, type_ in types if isinstance(arn, str) and type_ in ("CODE_DEPLOY", "EXTERNAL")}


def line(value: object) -> str:
    """A text on one line; empty if the value is not a text."""
    return one_line(value) if isinstance(value, str) else ""


def last(name: object) -> str:
    """The last part of an ARN or path."""
    return line(name).rpartition("/")[2]


def part(item: Any, *names: str) -> Any:
    """The value at nested names; None if it does not exist."""
    for name in names:
        item = item.get(name) if isinstance(item, dict) else None
    return item


def version_of(name: str) -> str:
    """The version in the name of a file or release: `1.5.0` for `checkout/checkout-v1.5.0.zip`; else empty."""
    match = _VERSION.fullmatch(name[:_LONGEST])
    return match[1] if match else ""


def _at(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _at(item, path)
    elif not path:
        yield value
    elif isinstance(value, dict):
        yield from _at(value.get(path[0]), path[1:])
