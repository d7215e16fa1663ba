"""Which version of a group of resources a server has, of those that we can read."""

from collections.abc import Sequence

from sources.cluster.fields import objects, text
from sources.http import parsed
from sources.kube_api.api import ABSENT, FORBIDDEN, Api


def served(api: Api, group: str, wanted: Sequence[str]) -> str | None:
    """The first of the `wanted` versions (`v2`, `v2beta2`) that the server has of `group`; None if it has none.

    Everybody may ask that; where it is forbidden all the same, the first one is as good as any.
    """
    path = f"/apis/{group}"
    answer = api.page(path, {}, f"the versions of {group}", {FORBIDDEN, ABSENT})
    if answer.status == FORBIDDEN:
        return wanted[0]
    if answer.status == ABSENT:
        return None
    there = {text(one, "version") for one in objects(parsed(answer, path), "versions")}
    return next((version for version in wanted if version in there), None)
