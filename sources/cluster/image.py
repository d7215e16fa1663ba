"""Which software a pod template runs: version, image digest and commit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sources.cluster.fields import objects, strings, text

_COMMIT_KEYS = ("org.opencontainers.image.revision", "app.kubernetes.io/git-commit-ish")
_VERSION_KEY = "app.kubernetes.io/version"
_SHA = re.compile(r"[0-9a-f]{7,64}")
# A tag that is a sha, as most pipelines write it: 1a2b3c4, sha-1a2b3c4 (docker/metadata-action), 1.5.0-3-g1a2b3c4
# (git describe). A tag of digits alone is a date or a build number.
_SHA_TAG = re.compile(r"(?:(?:sha-)?|.*-g)(?=[0-9a-f]*[a-f])([0-9a-f]{7,40})")
_MUTABLE = frozenset({"", "latest", "stable", "main", "master", "edge", "nightly"})


@dataclass(frozen=True, slots=True)
class Software:
    """What runs in the main container of a pod template. Unknown parts are empty."""

    container: str = ""
    version: str = ""
    """Image tag, else the version label; without a leading `v` before a digit."""
    digest: str = ""
    commit: str = ""
    images: tuple[str, ...] = ()
    """The images of all containers, to tell a restart from a deploy."""


def software(owner: Any, template: Any, name: str) -> Software:
    """What `template` (a pod template, or a pod) of the workload called `name` runs.

    The image tag is the version, because it is what really ran: the label `app.kubernetes.io/version` stays behind
    where only the image is changed. The label counts where the tag says nothing (`latest`, a bare sha, none).
    """
    notes: list[Mapping[str, str]] = [
        strings(of, "metadata", field) for of in (template, owner) for field in ("annotations", "labels")
    ]
    containers = objects(template, "spec", "containers")
    main = _main(containers, notes, name)
    path, _, digest = text(main, "image").partition("@")
    tag = path.rpartition(":")[2] if ":" in path.rpartition("/")[2] else ""
    sha = _SHA_TAG.fullmatch(tag)
    label = _first(notes, (_VERSION_KEY,))
    commit = _first(notes, _COMMIT_KEYS).lower()
    speaks = tag not in _MUTABLE and not (sha and sha[1] == tag.removeprefix("sha-"))
    return Software(
        container=text(main, "name"),
        version=plain(tag if speaks else label or tag),
        digest=digest if digest.startswith("sha256:") else "",
        commit=commit if _SHA.fullmatch(commit) else sha[1] if sha else "",
        images=tuple(sorted(text(container, "image") for container in containers)),
    )


def plain(version: str) -> str:
    """A version without the `v` that many write before its first digit."""
    return version[1:] if re.match(r"v\d", version) else version


def _main(containers: list[dict[str, Any]], notes: list[Mapping[str, str]], name: str) -> dict[str, Any]:
    chosen = _first(notes, ("kubectl.kubernetes.io/default-container",))
    for wanted in (chosen, name):
        for container in containers:
            if wanted and container.get("name") == wanted:
                return container
    return containers[0] if containers else {}


def _first(notes: list[Mapping[str, str]], keys: tuple[str, ...]) -> str:
    return next((note[key] for key in keys for note in notes if note.get(key)), "")
