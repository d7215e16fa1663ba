"""The parts of Terraform's objects that we need; any field may be missing or of another type.

The parsers raise what `collector.source.each` counts. Times of states are whole seconds, `created-at` has milliseconds.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from sources.fact import Moment
from sources.stamps import moment, moment_or_none
from sources.text import one_line

Key = tuple[str, str]
"""Type and id of a resource."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)


class Run(Struct, frozen=True):
    """One run of a workspace in its current state."""

    id: str
    status: str
    created: Moment
    stamps: Mapping[str, Moment]
    """Times by state, without `-at`: `planned`, `confirmed`, `applying`, `applied`, ..."""
    message: str
    source: str
    """`tfe-ui`, `tfe-api`, or, for a run started by a push, `tfe-configuration-version`."""
    auto_apply: bool
    plan_only: bool
    refresh_only: bool
    destroys: bool
    related: Mapping[str, Key]
    """The related resources, by the name of the relation."""

    @property
    def ended_unchanged(self) -> bool:
        """Whether it planned and there was nothing to apply, or it was not meant to apply anything."""
        return self.plan_only or self.status == "planned_and_finished"

    @property
    def ended(self) -> Moment | None:
        """When it ended; None if it has not."""
        names = ("applied", "errored", "discarded", "force-canceled", "canceled", "planned-and-finished")
        return next((self.stamps[name] for name in names if name in self.stamps), None)

    def latest(self) -> Moment:
        """The time of its last known change."""
        return max([self.created, *self.stamps.values()], key=lambda each: (each.latest, each.earliest))


class PolicyCheck(Struct, frozen=True):
    """The result of one policy check."""

    status: str
    failed: Moment | None
    """When it finally failed."""


class RunEvent(Struct, frozen=True):
    """An action of a user on a run."""

    action: str
    at: Moment
    actor: str
    """Id of a user; empty if there is none."""


def run(item: Any) -> Iterator[Run]:
    """Parse a run."""
    attributes = item["attributes"]
    stamps = attributes.get("status-timestamps") or {}
    canceled = {"canceled-at": attributes.get("canceled-at")}
    known = {
        name.removesuffix("-at"): at
        for name, value in {**canceled, **stamps}.items()
        if (at := moment_or_none(value)) is not None
    }
    yield Run(
        id=_id(item["id"]),
        status=line(attributes["status"]),
        created=moment(attributes["created-at"]),
        stamps=known,
        message=line(attributes.get("message")),
        source=line(attributes.get("source")),
        auto_apply=attributes.get("auto-apply") is True,
        plan_only=attributes.get("plan-only") is True,
        refresh_only=attributes.get("refresh-only") is True,
        destroys=attributes.get("is-destroy") is True,
        related=dict(relations(item)),
    )


def policy_check(item: Any) -> Iterator[PolicyCheck]:
    """Parse a policy check."""
    attributes = item["attributes"]
    stamps = attributes.get("status-timestamps") or {}
    yield PolicyCheck(line(attributes["status"]), moment_or_none(stamps.get("hard-failed-at")))


def run_event(item: Any) -> Iterator[RunEvent]:
    """Parse an action on a run."""
    attributes = item["attributes"]
    actor = dict(relations(item)).get("actor", ("", ""))[1]
    yield RunEvent(line(attributes["action"]), moment(attributes["created-at"]), actor)


def relations(item: Mapping[str, Any]) -> Iterator[tuple[str, Key]]:
    """Each relation to a single other resource, by name."""
    for name, relation in (item.get("relationships") or {}).items():
        data = relation.get("data") if isinstance(relation, dict) else None
        key = (data.get("type"), data.get("id")) if isinstance(data, dict) else ("", "")
        if isinstance(key[0], str) and isinstance(key[1], str) and _ID.fullmatch(key[1]):
            yield name, (key[0], key[1])


def line(value: object) -> str:
    """A text from outside on one line; empty if the value is not a text."""
    return one_line(value) if isinstance(value, str) else ""


def count(value: object) -> int | None:
    """A number of resources; None if the value is not one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


def _id(value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise TypeError("no id")
    return value
