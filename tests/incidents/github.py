"""Runs and deployments of a repository, with times as the stories write them."""

from msgspec.structs import replace

from tests.incident.github_payloads import Check, Deploy
from tests.incidents.ids import stamp
from tests.incidents.world import World

_TIMES = ("started", "in_progress", "success", "inactive", "waiting")


def dated(world: World, one: Deploy | Check) -> Deploy | Check:
    """With its times on the day of the incident."""
    times = {name: text for name in _TIMES if (text := getattr(one, name, ""))}
    return replace(one, **{name: stamp(world.moment(text)).removesuffix("Z") for name, text in times.items()})


def checks(repository: str, count: int, hours: int = 3, last: int = 15) -> list[Check]:
    """Runs of tests on the branches of a repository, one each few minutes up to `last`:00."""
    branches = ("main", "dependabot/npm/lodash-4.17.21", "retry-budget", "cleanup", "docs")
    people = ("dana-reyes", "li-wei", "sam-okafor", "maria-ortiz")
    found = []
    for place in range(count):
        minute = hours * 60 * place // max(1, count)
        at = f"{last - hours + minute // 60:02}:{minute % 60:02}:{17 + place % 40:02}"
        conclusion = "failure" if place % 7 == 3 else "success"
        event = "push" if place % 5 == 0 else "pull_request"
        branch = branches[place % len(branches)]
        title = f"{repository.rpartition('/')[2]}: change {place + 1}"
        found.append(Check(3000 + place, branch, title, people[place % 4], at, 3.1 + place % 4, event, conclusion))
    return found
