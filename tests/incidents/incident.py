"""What an incident consists of."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from msgspec import Struct, field

from tests.incident.github_payloads import Check, Deploy
from tests.incidents.alerting import Alert
from tests.incidents.ids import Object
from tests.incidents.systems import System
from tests.incidents.traffic import Traffic
from tests.incidents.world import World


class Incident(Struct):
    """One incident that was played, and what is asked about it."""

    world: World
    window: tuple[str, str]
    """From, to, in UTC, as `World.moment` reads them."""
    tz: str = "UTC"
    traffic: Sequence[Traffic] = ()
    alerts: Sequence[Alert] = ()
    lead: timedelta = timedelta(hours=1, minutes=10)
    """How long before the window its metrics begin."""
    metrics_missing: Sequence[tuple[str, str]] = ()
    prometheus: bool = True
    repositories: Mapping[str, Sequence[Deploy | Check]] = field(default_factory=dict)
    """By `owner/name`; empty if there is no GitHub."""
    environments: Sequence[str] = ()
    services: Mapping[str, str] = field(default_factory=dict)
    """The service that a repository deploys, where it has another name."""
    notes: str = ""
    kubernetes: bool = True
    event_ttl: timedelta = timedelta(hours=1)
    namespaces: Sequence[str] = ()
    audit: bool = False
    alertmanager: Sequence[Object] = ()
    """Answers of /api/v2/alerts."""
    more_objects: Callable[[], Sequence[Object]] = lambda: ()
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Further settings of a source, by its name."""
    systems: Mapping[str, System] = field(default_factory=dict)
    """What else takes part, by the name of its source."""


Story = Callable[[], Incident]
"""What a module in `stories` has as `play`: it makes the incident anew, the same each time."""
