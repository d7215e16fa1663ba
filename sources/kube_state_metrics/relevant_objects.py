"""Metrics with too many objects to read: first the choice of the objects that matter, then only their samples."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from collector.source import Document, Gap
from sources.cluster.fields import text
from sources.kube_state_metrics.metrics import Metric

if TYPE_CHECKING:
    # `read` uses this module, but no client.
    from sources.promql.client import Client

_MOST = 1000
_LONGEST = 2000
"""Characters of the names in one query: every proxy accepts a URL of that length."""
_PAGE = 4 * 3600
_NAME = re.compile("[a-z0-9]([-.a-z0-9]*[a-z0-9])?")


class _Object(NamedTuple):
    """An object: the names of the labels that identify it, as Prometheus has them, and their values."""

    labels: tuple[str, ...]
    names: tuple[str, ...]


def relevant_samples(
    client: "Client", metric: Metric, namespaces: list[str] | None, label: str, start: int, end: int
) -> Iterator[Document | Gap]:
    """The answers about one metric; only a Gap if too many objects matter."""
    everything = metric.selector(namespaces, label)
    document, result = client.at("choice", metric.choice(everything, end - start), end)
    yield document
    objects = sorted({found for item in result for found in _named(item, metric.named_by)})
    if len(objects) > _MOST:
        reason = f"{everything}: {len(objects)} objects matter, more than the {_MOST} that are read"
        yield Gap(reason, "name the ones that matter in `namespaces`")
        return
    for labels, alike in groupby(objects, key=lambda one: one.labels):
        for some in _pieces(alike):
            values = zip(*(one.names for one in some), strict=True)
            matchers = [_any_of(name, each) for name, each in zip(labels, values, strict=True)]
            selector = metric.selector(namespaces, label, *matchers)
            for begin in range(start, end, _PAGE):
                yield client.raw("samples", selector, begin, min(begin + _PAGE, end))


def _named(item: object, named_by: Iterable[str]) -> Iterator[_Object]:
    labels = tuple(f"exported_{name}" if text(item, "metric", f"exported_{name}") else name for name in named_by)
    names = tuple(text(item, "metric", each) for each in labels)
    if all(map(_NAME.fullmatch, names)):
        yield _Object(labels, names)


def _pieces(objects: Iterable[_Object]) -> Iterator[list[_Object]]:
    """The objects, split so that each part fits into one query."""
    piece: list[_Object] = []
    size = 0
    for one in objects:
        size += sum(map(len, one.names))
        if piece and size > _LONGEST:
            yield piece
            piece, size = [], sum(map(len, one.names))
        piece.append(one)
    yield piece


def _any_of(name: str, values: Iterable[str]) -> str:
    return f'{name}=~"{"|".join(sorted(set(values))).replace(".", "[.]")}"'
