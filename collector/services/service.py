"""A service, as far as its identity is known."""

import re
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

_LOWER = re.compile(
    r"(?:^|[-_./ ])(?:stag(?:e|ing)|stg|dev(?:el(?:opment)?)?|tests?|testing|qa|uat|sandbox|int(?:egration)?|"
    r"demo|ephemeral|pre-?prod(?:uction)?|non-?prod(?:uction)?)(?:[-_./ ]?\d+)?(?=$|[-_./ ])",
    re.IGNORECASE,
)
_PREVIEW = re.compile(r"(?:^|[-_./ ])(?:previews?|review(?:-?apps?)?|pr|pull)(?=$|[-_./ ]|\d)", re.IGNORECASE)
_LIVE = re.compile(r"(?:^|[-_./ ])(?:prod(?:uction)?|prd|live)(?=$|[-_./ ]|\d)", re.IGNORECASE)


class Service(Struct, frozen=True, order=True):
    """Who a story is about. Unknown parts are empty strings."""

    name: str = ""
    namespace: str = ""
    environment: str = ""
    """As CI calls it, else from the name of the namespace or cluster: `production`, `staging`."""
    cluster: str = ""

    @property
    def serves_no_users(self) -> bool:
        """Whether it serves no users: staging, tests, previews."""
        return is_lower(self.environment)

    @property
    def preview(self) -> bool:
        """Whether it is made for one branch and thrown away."""
        return bool(_PREVIEW.search(self.environment))


@lru_cache(maxsize=4096)
def is_lower(environment: str) -> bool:
    """Whether this is the name of an environment before production."""
    return bool(_LOWER.search(environment) or _PREVIEW.search(environment))


@lru_cache(maxsize=4096)
def environment_of(*names: str) -> str:
    """The environment in the first of these names (an environment's, a namespace's, a cluster's) that has one."""
    for name in names:
        for known in (_LOWER, _PREVIEW, _LIVE):
            found = known.search(name)
            if found:
                return found[0].strip("-_./ ")
    return ""


@lru_cache(maxsize=65536)
def without_environment(service: Service) -> Service:
    """The service without the environment, which not all systems name."""
    return replace(service, environment="")
