"""Who approved or rejected a deployment, and when."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct

from sources.gitlab.items import mapping, user
from sources.json_fields import line, moment


class Approval(Struct, frozen=True, order=True):
    """One decision about a deployment."""

    at: datetime
    user: str
    status: str
    """`approved` or `rejected`."""
    comment: str


def approvals(item: Any) -> Iterator[Approval]:
    """The decisions in the answer about one deployment, with and without approval rules, each once."""
    listed = list(item.get("approvals") or ())
    for rule in mapping(item.get("approval_summary")).get("rules") or ():
        listed += rule.get("deployment_approvals") or ()
    found = {
        Approval(moment(one["created_at"]), user(one.get("user")), line(one["status"]), line(one.get("comment")))
        for one in listed
    }
    yield from sorted(found)
