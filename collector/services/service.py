"""A service, as far as its identity is known."""

import re
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

_LOWER = re.compile(
    r"(?:^|[\W_])(?:stag(?:e|ing)|stg|dev(?:el(?:opment)?)?|tests?|testing|qa|uat|sandbox|int(?:egration)?|"
    r"demo|ephemeral|pre-?prod(?:uction)?|non-?prod(?:uction)?)(?:[-_./ ]?\d+)?(?=$|[\W_])",
    re.IGNORECASE,
)
_PREVIEW = re.compile(r"(?:^|[\W_])(?:previews?|review(?:-?apps?)?|pr|pull)(?=$|[\W_]|\d)", re.IGNORECASE)
_LIVE = re.compile(r"(?:^|[\W_])(?:prod(?:uction)?|prd|live)(?=$|[\W_]|\d)", re.IGNORECASE)
_PAGES = "github-pages"
"""The environment of the static site that GitHub publishes from a repository, beside the service in it."""
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


class Service(Struct, frozen=True, order=True):
    """Who a story is about. Unknown parts are empty strings."""

    name: str = ""
    namespace: str = ""
    environment: str = ""
    """As CI calls it, else from the name of the namespace or cluster: `production`, `staging`."""
    cluster: str = ""

    @property
    def serves_no_users(self) -> bool:
        """Whether it does not serve the users of the service: staging, tests, previews, a site on GitHub Pages."""
        return is_lower(self.environment)

    @property
    def preview(self) -> bool:
        """Whether it is made for one branch and thrown away."""
        return bool(_PREVIEW.search(self.environment))


@lru_cache(maxsize=4096)
def is_lower(environment: str) -> bool:
    """Whether this is the name of an environment before production, or beside it."""
    return environment == _PAGES or bool(_LOWER.search(environment) or _PREVIEW.search(environment))


@lru_cache(maxsize=4096)
def environment_of(*names: str) -> str:
    """The environment in the first of these names (an environment's, a namespace's, a cluster's) that has one."""
    for name in names:
        for known in (_LOWER, _PREVIEW, _LIVE):
            found = known.search(name)
            if found:
                return _EDGES.sub("", found[0])
    return ""


@lru_cache(maxsize=65536)
def without_environment(service: Service) -> Service:
    """The service without the environment, which not all systems name."""
    return replace(service, environment="")
