"""Messages of helm-controller about a HelmRelease, and how its releases are identified."""

from collections.abc import Sequence

from msgspec import Struct

from collector.event import Identity
from sources.cluster.event_objects import path
from sources.fact import Moment
from sources.flux.items import Deployer, release_of
from sources.gitops.event_objects import Report
from sources.gitops.revisions import chart_version


class Word(Struct, frozen=True):
    """The message of a condition or an Event of helm-controller."""

    at: Moment
    reason: str
    message: str
    query: str


def words(deployer: Deployer, reports: Sequence[Report]) -> list[Word]:
    """The messages of its Events and conditions, in order."""
    found = [Word(one.record.first, one.record.reason, one.record.message, path(one.record)) for one in reports]
    for type_ in ("Released", "Remediated"):
        condition = deployer.condition(type_)
        if condition is not None:
            found.append(Word(condition.since, condition.reason, condition.message, ""))
    return sorted(found, key=lambda word: (word.at, word.reason, word.message, word.query))


def keys_of(deployer: Deployer, id_: str, chart: str = "", number: str = "") -> Identity:
    """The identity of one release: `id_` is unique within its HelmRelease, `number` is Helm's revision."""
    return Identity(
        application=f"{deployer.namespace}/{deployer.name}",
        release=release_of(deployer),
        chart=chart,
        revision=number,
        deployment=f"{deployer.label} {id_}",
    )


def chart_of(written: str) -> str:
    """The chart in Helm's notation, `checkout-1.5.0`, for helm-controller's `checkout@1.5.0`."""
    name, _, version = written.partition("@")
    return chart_version(name, version.partition("+")[0])
