"""The service, environment and version of a build, from its parameters and the names of its job and stages."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from collector.services.service import environment_of
from sources.cluster.image import ImageName, plain
from sources.deploy_names import environment_in, is_deploy_name, matches, without_deploy_words
from sources.jenkins.items import Build, Checkout
from sources.jenkins.paths import branch
from sources.jenkins.settings import JenkinsSettings
from sources.refs import version_of

_SHA = re.compile(r"(?=[0-9]*[a-f])[0-9a-f]{7,40}")
_VERSION = re.compile(r"[0-9A-Za-z][\w.+-]{0,127}", re.ASCII)
_REVIEWED = re.compile(r"[PM]R-\d+")
"""Names of branches for pull and merge requests."""
_MEANINGLESS = frozenset({"latest", "main", "master", "head", "stable", "develop", "default", "none"})
_CONFIGURATION = re.compile(
    r"(?:^|[-_./])(?:configs?|configuration|deploy|deployments?|gitops|helm|charts?|infra|infrastructure|manifests|"
    r"environments?|ansible|terraform)(?=$|[-_./])",
    re.IGNORECASE,
)
"""Names of configuration repositories: their commits are not commits of the application."""


class Named(NamedTuple):
    """The identity of the deployed software. Unknown parts are empty."""

    version: str = ""
    digest: str = ""
    commit: str = ""
    repository: str = ""
    config_commit: str = ""


def job_deploys_by_name(job: tuple[str, ...], settings: JenkinsSettings) -> bool:
    """Whether this job does nothing but deploy, by configuration or by its own name."""
    if settings.deploy_jobs:
        return matches("/".join(job), settings.deploy_jobs) or matches(job[-1], settings.deploy_jobs)
    return is_deploy_name(job[-1])


def service(job: tuple[str, ...], settings: JenkinsSettings, parameters: Mapping[str, str], branches: bool) -> str:
    """The service: configured, in a parameter, or the job name without words for deploys and environments.

    `branches` is whether the job belongs to a multibranch project; then the project is named after the service. For a
    job named only `deploy`, the folder gives the name.
    """
    own = job[:-1] if branches and len(job) > 1 else job
    configured = settings.service("/".join(job)) or settings.service("/".join(own))
    if configured or (configured := parameter(settings.service_parameters, parameters)):
        return configured
    return next(filter(None, (without_deploy_words(name) for name in reversed(own))), own[-1])


def environment(names: Iterable[str], settings: JenkinsSettings, parameters: Mapping[str, str]) -> str:
    """The environment in a parameter, else in the first name that contains one."""
    return parameter(settings.environment_parameters, parameters) or environment_in(*names)


def parameter(names: Iterable[str], parameters: Mapping[str, str]) -> str:
    """The value of the first of these parameters that is set."""
    return next(filter(None, (parameters.get(name.lower(), "") for name in names)), "")


def what(one: Build, settings: JenkinsSettings, service_name: str, *, branches: bool) -> Named:
    """What is deployed: the version in a parameter, the build name or the tag, and the commit of the service."""
    given = parameter(settings.version_parameters, one.parameters)
    image = ImageName.of(given)
    version = image.tag or ("" if image.digest else given)
    commit = version if _SHA.fullmatch(version) else ""
    readable = _VERSION.fullmatch(version) is not None and version.lower() not in _MEANINGLESS and not commit
    version = version_of(version) or (plain(version) if readable else "") or _version_in(one.name)
    if not version and branches:
        version = version_of(branch(one.job[-1]))
    digest = image.digest if image.digest.startswith("sha256:") else ""
    ours = _of_service(one.checkouts, service_name, one.job[-2] if branches and len(one.job) > 1 else "")
    if commit or ours is None:
        return Named(version, digest, commit)
    if _CONFIGURATION.search(ours.repository):
        return Named(version, digest, config_commit=ours.commit)
    return Named(version, digest, ours.commit, ours.repository)


def _version_in(name: str) -> str:
    """The version in the display name of a build: `1.5.0` in `#52 v1.5.0 (production)`."""
    return next(filter(None, map(version_of, re.split(r"[\s()\[\],;]+", name))), "")


def _of_service(checkouts: tuple[Checkout, ...], *names: str) -> Checkout | None:
    """The checkout of the service's own repository, not of a library; None if nothing shows which one that is."""
    called = [one for one in checkouts if one.repository.rpartition("/")[2] in filter(None, names)]
    if called:
        return called[-1]
    return checkouts[0] if len({one.repository for one in checkouts}) == 1 else None


def environment_names(job: tuple[str, ...], branches: bool) -> tuple[str, ...]:
    """The names that may contain the environment, innermost first; a branch only if it is named like an environment.

    A pull request is deployed to a preview of its own.
    """
    if branches:
        own = branch(job[-1])
        like_one = environment_of(own).lower() == own.lower() or _REVIEWED.fullmatch(own) is not None
        return (*((own,) if like_one else ()), *reversed(job[:-1]))
    return tuple(reversed(job))
