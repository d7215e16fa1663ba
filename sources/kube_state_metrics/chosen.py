"""Metrics with too many objects to read them all: which of them matter, and then the samples of these."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from collector.source import Document, Gap
from sources.kube_state_metrics.metrics import Metric
from sources.kubernetes.objects import text
from sources.prometheus.client import Client

_MOST = 1000
_LONGEST = 2000
"""Characters of the names in one query: every proxy takes a URL that has them."""
_PAGE = 4 * 3600
_NAME = re.compile("[a-z0-9]([-.a-z0-9]*[a-z0-9])?")


class _Object(NamedTuple):
    """An object, and what Prometheus calls the labels that name it."""

    labels: tuple[str, str]
    namespace: str
    name: str


def chosen(
    client: Client, metric: Metric, namespaces: list[str] | None, label: str, start: int, end: int
) -> Iterator[Document | Gap]:
    """The answers about one metric; of too many objects that matter only a Gap."""
    everything = metric.selector(namespaces, label)
    document, result = client.at("which", metric.choice(everything, end - start), end)
    yield document
    objects = sorted({found for item in result for found in _named(item, metric.of)})
    if len(objects) > _MOST:
        reason = f"{everything}: {len(objects)} objects matter, more than the {_MOST} that are read"
        yield Gap(reason, "name the ones that matter in `namespaces`")
        return
    for labels, alike in groupby(objects, key=lambda one: one.labels):
        for some in _pieces(alike):
            names = [{one.namespace for one in some}, {one.name for one in some}]
            matchers = [_any_of(name, values) for name, values in zip(labels, names, strict=True)]
            selector = metric.selector(namespaces, label, *matchers)
            for begin in range(start, end, _PAGE):
                yield client.raw("samples", selector, begin, min(begin + _PAGE, end))


def _named(item: object, of: str) -> Iterator[_Object]:
    labels = tuple(
        f"exported_{name}" if text(item, "metric", f"exported_{name}") else name for name in ("namespace", of)
    )
    namespace, name = (text(item, "metric", each) for each in labels)
    if _NAME.fullmatch(namespace) and _NAME.fullmatch(name):
        yield _Object((labels[0], labels[1]), namespace, name)


def _pieces(objects: Iterable[_Object]) -> Iterator[list[_Object]]:
    """The objects, in pieces for one query each."""
    piece: list[_Object] = []
    for one in objects:
        if sum(len(each.namespace) + len(each.name) for each in (*piece, one)) > _LONGEST:
            yield piece
            piece = []
        piece.append(one)
    yield piece


def _any_of(name: str, values: Iterable[str]) -> str:
    return f'{name}=~"{"|".join(sorted(values)).replace(".", "[.]")}"'
