"""The version that the name of a branch or tag contains."""

import re

_TAG = re.compile(
    # `v1.5.0`, `checkout-1.5.0`, `checkout/v1.5.0`, `@acme/checkout@1.5.0`; not `dependabot/npm/lodash-4.17.21`.
    r"(?:refs/tags/)?(?:(?:@[\w.-]+/)?[\w.-]+?[-/@])?v?(?P<version>\d+\.\d+\.\d+(?:[-+.][\w.+-]+)?)",
    re.ASCII,
)
_LONGEST_REF = 255
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NUMBERED = re.compile(r"(?:refs/tags/)?(?:v(?!\d+$))?(?P<version>(?=[^\d]*\d)[A-Za-z0-9][\w.+-]{0,127})", re.ASCII)


def version_of(ref: str) -> str:
    """The version in the name of a tag, without prefix: `1.5.0` for `v1.5.0`; empty for any other name."""
    tag = _TAG.fullmatch(ref[:_LONGEST_REF])
    return tag["version"] if tag else ""


def version_of_tag(tag: str) -> str:
    """The version of a known tag in any numbering scheme: `2026-04-01.2`, `v2`; empty for `nightly`."""
    numbered = _NUMBERED.fullmatch(tag)
    return version_of(tag) or (numbered["version"] if numbered else "")


def abbreviated(ref: str) -> str:
    """The name of a branch or tag unchanged, a commit shortened to seven characters."""
    return ref[:7] if _COMMIT.fullmatch(ref) else ref
