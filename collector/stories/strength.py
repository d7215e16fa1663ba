"""How surely two parts belong to one deploy, and why. Times alone are never a reason."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from collector.event import Identity
from collector.services.service import Service, is_lower
from collector.stories.identity import same_commit
from collector.stories.story import Story

_LIVE = frozenset({"prod", "production", "prd", "live", ""})
_DIFFERS = 5
"""Subtracted from the strength for each id that differs."""
_PLACE = 3
"""Added if the environment matches the name of the cluster or namespace, subtracted if it does not."""
_ELSEWHERE = 25
"""Subtracted if the two are known to be in different clusters or namespaces."""
_NO_USERS = 35
"""Subtracted if only one of the two is in an environment that serves users."""


class Evidence(NamedTuple):
    """The evidence that two parts belong to one deploy."""

    strength: int
    """At most 50; 0 or less if nothing, or too little, speaks for it."""
    reasons: tuple[str, ...] = ()


def _digest(one: Identity, other: Identity) -> str:
    return f"image digest {one.digest[:19]}" if one.digest and one.digest == other.digest else ""


def _commit(one: Identity, other: Identity) -> str:
    return f"commit {other.commit[:7]}" if same_commit(one, other) else ""


def _config_commit(one: Identity, other: Identity) -> str:
    same = one.config_commit and one.config_commit == other.config_commit
    return f"commit {one.config_commit[:7]} of the configuration" if same else ""


def _release(one: Identity, other: Identity) -> str:
    return f"release {one.release}" if one.release and one.release == other.release else ""


def _application(one: Identity, other: Identity) -> str:
    return f"application {one.application}" if one.application and one.application == other.application else ""


_SURE: tuple[tuple[int, Callable[[Identity, Identity], str]], ...] = (
    (45, _digest),
    (40, _commit),
    (38, _config_commit),
    (36, _release),
    (36, _application),
)
"""Ids that two deploys of a service at one time never share by chance; the strongest first."""
_ANYWHERE = tuple(one for one in _SURE if one[1] is not _config_commit)
"""One commit of the configuration changes many services."""


def evidence(one: Story, other: Story, names: frozenset[str], *, while_it_ran: int) -> Evidence:
    """How surely `one`, a pipeline, started `other`, a rollout or another pipeline.

    `names` are the services in the cluster. `while_it_ran` is the strength if `other` starts while `one` deploys the
    same service, or 0 if it does not. Each difference lowers the strength, but none excludes a match by itself.
    """
    ours, theirs = one.keys, other.keys
    service = one.service.name == other.service.name != ""
    sure = _SURE if service else _ANYWHERE
    strength, reason = 0, ""
    for worth, same in sure:
        if reason := same(ours, theirs):
            strength = worth
            break
    if not strength and ours.version == theirs.version != "":
        # The version alone links a repository to workloads of another name, but not two services of the cluster.
        strength = 30 if service else 15 if one.service.name not in names else 0
        reason = f"version {ours.version}"
    elif not strength and service and while_it_ran:
        strength, reason = while_it_ran, "it starts while that run deploys this service"
        if while_it_ran == ONLY_ONE:
            reason = "that is the only deploy of this service at the time"
    if not strength:
        return Evidence(0)
    reasons = [reason]
    if service:
        strength += 2
        reasons.append(f"service {other.service.name}")
    for differs in _differences(ours, theirs):
        strength -= _DIFFERS
        reasons.append(differs)
    worth, place = _place(one, other)
    return Evidence(strength + worth, tuple([*reasons, place] if place else reasons))


ONLY_ONE = 22
"""Strength of the only deploy of that service to that environment under way when the other starts."""
ONE_OF_SEVERAL = 20
"""Strength of one of several deploys under way when the other starts."""
JUST_AFTER = 18
"""Strength of a deploy that ended shortly before the other starts."""


def _differences(ours: Identity, theirs: Identity) -> Iterator[str]:
    one, other = ours.commit, theirs.commit
    apart = ours.repository and theirs.repository and ours.repository.lower() != theirs.repository.lower()
    if one and other and not apart and not same_commit(ours, theirs):
        yield f"though CI names commit {one[:12]} and the cluster {other[:12]}"
    if ours.version and theirs.version and ours.version != theirs.version:
        yield f"though CI names version {ours.version[:12]} and the cluster {theirs.version[:12]}"


def _place(one: Story, other: Story) -> tuple[int, str]:
    """The change of strength, and its reason, from the environments, clusters and namespaces of the two."""
    wanted, there = environment(one), environment(other)
    here, place = wanted or one.service.environment, there or other.service.environment
    if here and place and is_lower(here) != is_lower(place):
        return -_NO_USERS, ""
    if _apart(one.service.cluster, other.service.cluster) or _apart(one.service.namespace, other.service.namespace):
        return -_ELSEWHERE, f"though one is of {_where(one.service)} and the other of {_where(other.service)}"
    ours = _words(wanted)
    theirs = _words(there) or _words(other.service.cluster) | _words(other.service.namespace)
    if not ours or not theirs:
        return 0, ""
    if ours <= theirs:
        return _PLACE, f"environment {wanted}"
    return -_PLACE, ""


def _apart(one: str, other: str) -> bool:
    return bool(one and other) and one != other


def _where(service: Service) -> str:
    return "/".join(filter(None, (service.cluster, service.namespace)))


def environment(story: Story) -> str:
    """The environment that a pipeline deploys to, as its system calls it; empty if it names none."""
    best = story.first.best
    return best.subject.environment or next(
        (one.best.subject.environment for one in story.occurrences() if one.best.subject.environment), ""
    )


def _words(name: str) -> frozenset[str]:
    """The words that distinguish environments or clusters, which `production` does not."""
    return frozenset(re.split(r"[-_./ :@]+", name.lower())) - _LIVE
