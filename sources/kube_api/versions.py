"""Chooses the version of a resource group: one that the server has and that can be read here."""

from collections.abc import Sequence

from sources.cluster.fields import objects, text
from sources.http import parsed
from sources.kube_api.api import ABSENT, FORBIDDEN, Api


def served(api: Api, group: str, wanted: Sequence[str]) -> str | None:
    """The first of the `wanted` versions (`v2`, `v2beta2`) of `group` that the server has; None if it has none.

    Everybody may ask this; if it is forbidden anyway, the first one is assumed.
    """
    path = f"/apis/{group}"
    answer = api.page(path, {}, f"the versions of {group}", {FORBIDDEN, ABSENT})
    if answer.status == FORBIDDEN:
        return wanted[0]
    if answer.status == ABSENT:
        return None
    there = {text(one, "version") for one in objects(parsed(answer, path), "versions")}
    return next((version for version in wanted if version in there), None)
