"""Parses artifact ids: a purl, `pkg:oci/checkout@sha256%3A...?tag=1.5.0`, an image, or a bare version."""

import re
from typing import NamedTuple
from urllib.parse import parse_qs, unquote

from sources.events.items import plain_digest, plain_version

_PURL = re.compile(
    r"pkg:/*(?P<type>[A-Za-z0-9.+-]+)/(?P<name>[^@?#]+?)/?(?:@(?P<version>[^?#]+))?(?:\?(?P<rest>[^#]*))?(?:#.*)?"
)
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}|(?=[0-9a-f]*[a-f])[0-9a-f]{7,39}", re.IGNORECASE)
"""In full or abbreviated; digits alone are rather a date or a build number."""
_IMAGE = re.compile(
    r"(?P<name>[\w.:/-]+?)(?::(?P<tag>[\w][\w.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?", re.ASCII
)


class Artifact(NamedTuple):
    """The identity of an artifact; unknown texts are empty."""

    name: str = ""
    version: str = ""
    digest: str = ""
    commit: str = ""


def artifact(text: str) -> Artifact:
    """The parts of an artifact id; all empty if it is not understood."""
    purl = _PURL.fullmatch(text)
    if purl:
        name = unquote(purl["name"]).rpartition("/")[2]
        given = unquote(purl["version"] or "")
        tag = next(iter(parse_qs(purl["rest"] or "").get("tag", ())), "")
        known, tagged = _version(given), _version(tag)
        version = known.version or tagged.version or ("" if tagged.commit else plain_version(tag))
        return Artifact(name, version, known.digest, known.commit or tagged.commit)
    if "/" in text or "@" in text or re.fullmatch(r"[A-Za-z][\w.-]*:[\w.-]+", text):
        image = _IMAGE.fullmatch(text) if not plain_digest(text) or "/" in text or "@" in text else None
        if image and (image["tag"] or image["digest"]):
            return Artifact(image["name"].rpartition("/")[2], plain_version(image["tag"] or ""), image["digest"] or "")
    return _version(text)


def _version(text: str) -> Artifact:
    digest = plain_digest(text)
    if digest:
        return Artifact(digest=digest)
    if _COMMIT.fullmatch(text):
        return Artifact(commit=text.lower())
    looks = re.fullmatch(r"v?\d[\w.+-]*", text)
    return Artifact(version=plain_version(text)) if looks else Artifact()
