"""The paths of Jenkins: `/job/shop/job/cart/job/fix%252Fsum/52/` is build 52 of `shop/cart/fix%2Fsum`.

A job is its names from the outermost folder to its own. The job of a branch is named after the branch, URL-encoded,
so in a URL it is encoded twice.
"""

import re
from collections.abc import Sequence
from urllib.parse import quote, unquote, urlsplit

_JOBS = re.compile(r"(?:/job/[^/]+)+")
_BUILD = re.compile(r"/(?P<number>\d{1,9})/wfapi/describe$")


def path(names: Sequence[str]) -> str:
    """The path of a job or folder below the root; empty for the root itself."""
    return "".join(f"/job/{quote(name, safe='')}" for name in names)


def job_of(address: str) -> tuple[str, ...]:
    """The names of the job in a URL, or in a request for it; empty for the root and for malformed URLs."""
    try:
        found = _JOBS.search(urlsplit(address.removeprefix("GET ")).path)
    except ValueError:
        return ()
    return tuple(unquote(name) for name in found[0].split("/job/")[1:]) if found else ()


def build_of(asked: str) -> int | None:
    """The build number in a request for its stages."""
    found = _BUILD.search(urlsplit(asked.removeprefix("GET ")).path)
    return int(found["number"]) if found else None


def branch(name: str) -> str:
    """The branch of a job in a multibranch project, from the job's name."""
    return unquote(name)
