"""What the names of jobs, stages and parameters say: whether they deploy, roll back or migrate, and where to.

Names are the only sign that a CI system has if nobody declared an environment. Configuration takes precedence.
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from itertools import pairwise

from collector.services.service import environment_of

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_DEPLOYS = frozenset({"deploy", "deploys", "deployment", "deployments", "release", "releases", "rollout", "promote"})
_TAKES_BACK = frozenset({"rollback", "rollbacks"})
_MIGRATES = frozenset({"migrate", "migrates", "migration", "migrations"})
_RESTARTS = frozenset({"restart", "restarts"})
_NOT_DEPLOYING = frozenset(
    {
        *("build", "compile", "test", "tests", "lint", "check", "checks", "verify", "validate", "smoke", "dry", "plan"),
        *("diff", "docs", "pages", "notes", "changelog", "wait", "approve", "approval", "candidate", "prepare"),
        *("undeploy", "stop", "cleanup", "notify"),
    }
)
"""Words in the names of jobs that are about a deploy but do not do it: `build-release`, `deploy-dry-run`."""


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether one of the shell patterns (`deploy-*`) matches the whole name, ignoring case."""
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)


def is_deploy_name(name: str) -> bool:
    """Whether a job or stage of this name deploys something or rolls it back."""
    words = _words(name)
    return bool(words & _DEPLOYS or is_rollback_name(name)) and not words & _NOT_DEPLOYING


def job_deploys(name: str, stage: str) -> bool:
    """Whether a job deploys something by its own name, or by that of its stage unless its own says otherwise."""
    return is_deploy_name(name) or (is_deploy_name(stage) and not _words(name) & _NOT_DEPLOYING)


def is_rollback_name(name: str) -> bool:
    """Whether a job or stage of this name rolls a deploy back: `rollback-production`, `Roll back`."""
    found = _WORD.findall(name)
    pairs = {f"{one}{other}".lower() for one, other in pairwise(found)}
    return bool((_words(name) | pairs) & _TAKES_BACK)


def is_migration_name(name: str) -> bool:
    """Whether a job or stage of this name migrates a database."""
    return bool(_words(name) & _MIGRATES)


def is_restart_name(name: str) -> bool:
    """Whether a job or task of this name restarts something: `restart-production`."""
    return bool(_words(name) & _RESTARTS)


def without_deploy_words(name: str) -> str:
    """The name without deploy and environment words: `checkout` for `deploy-checkout-production`; may be empty."""
    place = environment_in(name).lower()
    kept = ""
    for between, part in re.findall(r"([-_ .]*)([^-_ .]+)", name):
        if not _is_filler(part) and part.lower() not in (place, *place.split()):
            kept += between + part if kept else part
    return kept


def environment_in(*names: str) -> str:
    """The environment in the first of these names that has one: `production` for `deploy-production`."""
    return environment_of(*(" ".join(_WORD.findall(name)) for name in names))


def _is_filler(part: str) -> bool:
    words = _words(part)
    return not words or words <= _DEPLOYS | _TAKES_BACK | {"to", "in", "the", "job", "pipeline", "roll", "back"}


def _words(name: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(name)}
