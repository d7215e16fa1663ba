"""The software that a pod template runs: version, image digest and commit."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from sources.cluster.fields import objects, strings, text

_COMMIT_KEYS = ("org.opencontainers.image.revision", "app.kubernetes.io/git-commit-ish")
_VERSION_KEY = "app.kubernetes.io/version"
_DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
_NAME_KEYS = ("app.kubernetes.io/name", "app")
SOFTWARE_KEYS = frozenset({*_COMMIT_KEYS, _VERSION_KEY, _DEFAULT_CONTAINER, *_NAME_KEYS})
"""The labels and annotations that `software` reads."""
_SHA = re.compile(r"[0-9a-f]{7,64}")
# A tag that is a sha, as most pipelines write it: 1a2b3c4, sha-1a2b3c4 (docker/metadata-action), 1.5.0-3-g1a2b3c4
# (git describe). A tag of digits alone is a date or a build number.
_SHA_TAG = re.compile(r"(?:(?:sha-)?|.*-g)(?=[0-9a-f]*[a-f])([0-9a-f]{7,40})")
_MUTABLE = frozenset({"", "latest", "stable", "main", "master", "edge", "nightly"})


class ImageName(NamedTuple):
    """The parts of `registry.example.com:5000/shop/web:1.5.0@sha256:...`. Unknown parts are empty."""

    repository: str
    tag: str
    digest: str

    @classmethod
    def of(cls, image: str) -> "ImageName":
        """Split an image's name into its parts. The registry's port is not taken for a tag."""
        path, _, digest = image.partition("@")
        tag = path.rpartition(":")[2] if ":" in path.rpartition("/")[2] else ""
        return cls(path.removesuffix(f":{tag}") if tag else path, tag, digest)

    @property
    def name(self) -> str:
        """The last part of the repository: `web`."""
        return self.repository.rpartition("/")[2]


class Software(Struct, frozen=True):
    """The software in the main container of a pod template. Unknown parts are empty."""

    container: str = ""
    version: str = ""
    """Image tag, else the version label; see `plain`."""
    digest: str = ""
    commit: str = ""
    images: tuple[str, ...] = ()
    """The images of all containers, in order."""


def software(owner: Any, template: Any, name: str, container: str = "") -> Software:
    """The software that `template` (a pod template, or a pod) of the workload called `name` runs.

    The version is the image tag, because that is what really ran: the label `app.kubernetes.io/version` becomes stale
    when only the image is changed. The label counts if the tag means nothing (`latest`, a bare sha, none). `container`
    is the main container, if `main_container` has already found it by comparison.
    """
    notes = _notes(owner, template)
    containers = objects(template, "spec", "containers")
    wanted = container or _main_container(notes, [template], name)
    main = next((each for each in containers if text(each, "name") == wanted), containers[0] if containers else {})
    image = ImageName.of(text(main, "image"))
    sha = _SHA_TAG.fullmatch(image.tag)
    label = _first(notes, (_VERSION_KEY,))
    commit = _first(notes, _COMMIT_KEYS).lower()
    speaks = image.tag not in _MUTABLE and not (sha and sha[1] == image.tag.removeprefix("sha-"))
    return Software(
        container=text(main, "name"),
        version=plain(image.tag if speaks else label or image.tag),
        digest=image.digest if image.digest.startswith("sha256:") else "",
        commit=commit if _SHA.fullmatch(commit) else sha[1] if sha else "",
        images=tuple(sorted(text(each, "image") for each in containers)),
    )


def main_container(owner: Any, templates: Sequence[Any], name: str) -> str:
    """The container that carries the service of the workload called `name`, judged by one or more of its templates.

    It is the container named by the default-container annotation; else the one called like the workload or its labels;
    else the only one with an image of such a name; else the one with an image that changed in most of the templates,
    because sidecars change rarely; else the first.
    """
    return _main_container(_notes(owner, templates[-1]), templates, name) if templates else ""


def _main_container(notes: list[Mapping[str, str]], templates: Sequence[Any], name: str) -> str:
    containers = objects(templates[-1], "spec", "containers")
    names = [text(each, "name") for each in containers]
    services = [name, *(_first(notes, (key,)) for key in _NAME_KEYS)]
    explicit = next((each for each in (_first(notes, (_DEFAULT_CONTAINER,)), *services) if each and each in names), "")
    if explicit:
        return explicit
    images = {text(each, "name"): ImageName.of(text(each, "image")).name for each in containers}
    for service in services:
        called = [each for each, image in images.items() if service and image == service]
        if len(called) == 1:
            return called[0]
    changes = Counter(_changed_images(templates))
    most = [each for each in names if changes[each] == max(changes.values(), default=0) > 0]
    return most[0] if len(most) == 1 else next(iter(names), "")


def _changed_images(templates: Sequence[Any]) -> Iterable[str]:
    """The name of a container for each change of its image from one template to the next."""
    before: Mapping[str, str] = {}
    for template in templates:
        now = {text(each, "name"): text(each, "image") for each in objects(template, "spec", "containers")}
        yield from (name for name, image in now.items() if name in before and before[name] != image)
        before = now


def plain(version: str) -> str:
    """The version without the `v` that many write before its first digit. A name like `v2` stays as it is."""
    return version[1:] if re.match(r"v\d+(?!\d*$)", version) else version


def _notes(owner: Any, template: Any) -> list[Mapping[str, str]]:
    return [strings(of, "metadata", field) for of in (template, owner) for field in ("annotations", "labels")]


def _first(notes: list[Mapping[str, str]], keys: tuple[str, ...]) -> str:
    return next((note[key] for key in keys for note in notes if note.get(key)), "")
