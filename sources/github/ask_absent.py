"""Why an answer of GitHub is empty: the settings may name something that does not exist."""

from collections.abc import Iterator
from typing import Any

from collector.source import Gap, RateLimited, SourceError
from sources.github.api import Api
from sources.github.place import Place
from sources.github.seen import Seen
from sources.json_fields import line

_MOST_NAMED = 5
_LISTS = frozenset({"deployments", "runs"})


def ask_absent(api: Api, place: Place, seen: Seen) -> Iterator[Gap]:
    """A Gap for each environment or workflow that GitHub does not have, and for a repository that records nothing.

    Nothing is requested unless an answer was empty. If a request fails, nothing is known of what it would have shown.
    """
    for file in seen.without_runs:
        if not any(place.uses_workflow(run, file) for run in seen.runs.values()):
            yield Gap(
                f"{place.repository} has no workflow {file}, and no run here calls one of this name",
                "see `workflows`",
            )
    absent = [name for name in place.settings.environments if name in seen.empty]
    try:
        if absent:
            yield from _environments(api, place, absent)
        if seen.answered >= _LISTS and not seen.runs and not seen.deployments:
            yield from _repository(api, place)
    except RateLimited:
        raise
    except SourceError:
        return


def _environments(api: Api, place: Place, absent: list[str]) -> Iterator[Gap]:
    """For an environment that does not exist, GitHub answers with an empty list of Deployments."""
    body = api.document("environments", f"{place.url}/environments?per_page=100").json()
    listed = body.get("environments") if isinstance(body, dict) else None
    named = [line(one.get("name")) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    known = [name for name in named if name]
    if not known or body.get("total_count") != len(known):
        # Unless all names are known, none is surely missing.
        return
    lower = {name.casefold() for name in known}
    shown = ", ".join(known[:_MOST_NAMED]) + (" and more" if known[_MOST_NAMED:] else "")
    for name in absent:
        if name.casefold() not in lower:
            yield Gap(f"{place.repository} has no environment {name}", f"it has {shown}: see `environments`")


def _repository(api: Api, place: Place) -> Iterator[Gap]:
    about: Any = api.document("repository", place.url).json()
    if isinstance(about, dict) and about.get("archived") is True:
        yield Gap(f"{place.repository} is archived: nothing runs in it", "name the repository that took its place")
        return
    body = api.document("runs", f"{place.url}/actions/runs?per_page=1").json()
    if isinstance(body, dict) and body.get("total_count") == 0 and not place.settings.environments:
        reason = f"{place.repository} has no Deployments and no workflow runs at all"
        yield Gap(reason, f"is it the repository that deploys {place.service()}?")
