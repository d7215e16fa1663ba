"""Facts that a reader yields besides Events: where queries can be repeated, and which namespaces exist."""

from collections.abc import Callable

from msgspec import Struct


class QueryPage(Struct, frozen=True):
    """Pages of one system for repeating queries to another, such as Grafana's Explore for a data source."""

    types: frozenset[str]
    """The types of sources with queries that it understands."""
    server: str
    """The URL that it uses for the other system, without a trailing slash; empty if unknown."""
    id: str
    """Its id for the other system, as in `grafana_datasource` of a source."""
    link: Callable[[str], str]
    """Converts a link of the other system to the page; a link that is not to a query stays the same."""


class KnownNamespaces(Struct, frozen=True):
    """The namespaces of a cluster in which anything was listed."""

    names: frozenset[str]
    whole: bool
    """Whether all namespaces were listed, so that there are no others."""
