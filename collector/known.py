"""What a reader knows of its system besides Events: where to repeat queries, and which namespaces there are."""

from collections.abc import Callable

from msgspec import Struct


class QueryPage(Struct, frozen=True):
    """Pages of one system on which readers can repeat queries to another: Grafana's Explore, of a data source."""

    types: frozenset[str]
    """The types of sources whose queries it understands."""
    server: str
    """The URL by which it asks the other system, without a slash at its end; empty if that is not known."""
    id: str
    """What it calls the other system, as `grafana_datasource` of a source has it."""
    link: Callable[[str], str]
    """The page for a link of the other system; the same link if it is none to a query."""


class KnownNamespaces(Struct, frozen=True):
    """The namespaces of a cluster in which anything was listed."""

    names: frozenset[str]
    whole: bool
    """Whether all namespaces were listed, so that there are no others."""
