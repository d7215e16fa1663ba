"""The difference between two pod templates in words. It decides whether a rollout is a deploy, a change or a restart.

Values that may be secret (environment, command, arguments) are never kept, so they are never compared. If two different
templates agree in everything that is kept, they differ in such a value.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from collector.json_text import decode, encode
from sources.cluster.fields import get, line, objects, strings, text
from sources.cluster.image import SOFTWARE_KEYS, ImageName

_RESTARTS = frozenset({"kubectl.kubernetes.io/restartedAt", "cattle.io/timestamp", "rollme", "timestamp"})
"""Annotations that exist only to be changed: those of kubectl and Lens, Rancher, and many Helm charts."""
_CONFIGURATION = re.compile(
    r"checksum/.+|.*(checksum|config-?hash|configmap-hash|secret-hash)"
    r"|reloader\.stakater\.com/.+|vault\.hashicorp\.com/.*(revision|hash|serial)",
    re.IGNORECASE,
)
"""Annotations that change because a ConfigMap or Secret did."""
_DERIVED_NOTES = frozenset(
    {
        "pod-template-hash",
        "rollouts-pod-template-hash",
        "controller-revision-hash",
        "app.kubernetes.io/version",
        "app.kubernetes.io/git-commit-ish",
        "org.opencontainers.image.revision",
        "version",
        "helm.sh/chart",
        "chart",
        "date",
        "kubernetes.io/change-cause",
    }
)
"""Labels and annotations that change along with what they describe. They count as a change only if nothing else did."""
_BOOKKEEPING = re.compile(
    r"kapp\.k14s\.io/.+|meta\.helm\.sh/.+|helm\.sh/(?!chart).+|argocd\.argoproj\.io/.+|(.+\.)?fluxcd\.io/.+"
    r"|(objectset\.rio|field)\.cattle\.io/.+|(deployment|rollout)\.(kubernetes|argoproj)\.io/.+"
    r"|kubectl\.kubernetes\.io/last-applied-configuration|(internal\.|kustomize\.)?config\.(kubernetes|k8s)\.io/.+"
    r"|skaffold\.dev/.+|app\.kubernetes\.io/managed-by"
)
"""Where tools record what they applied, and Flux a checksum as well. They are treated like _FOLLOWS."""
_CONTAINER_PARTS = {
    "env": "environment",
    "envFrom": "environment",
    "command": "command",
    "args": "arguments",
    "livenessProbe": "liveness probe",
    "readinessProbe": "readiness probe",
    "startupProbe": "startup probe",
    "lifecycle": "lifecycle hooks",
    "ports": "ports",
    "volumeMounts": "volume mounts",
    "volumeDevices": "volume mounts",
    "securityContext": "security context",
    "imagePullPolicy": "image pull policy",
    "workingDir": "working directory",
    "restartPolicy": "restart policy",
}
_NOTED = ("labels", "annotations")
_HASHES = frozenset({"pod-template-hash", "rollouts-pod-template-hash", "controller-revision-hash"})
"""Added by the controllers themselves, and different for each template."""
_LISTS_OF_CONTAINERS = ("initContainers", "containers")
_MOST_WORDS = 4
"""More changes than this are only counted."""


class ChangeType(StrEnum):
    """The kind of change that a rollout brings; the `reason` of its Event."""

    IMAGE = "ImageChanged"
    CONFIGURATION = "ConfigChanged"
    TEMPLATE = "TemplateChanged"
    RESTART = "Restart"


class TemplateChange(NamedTuple):
    """The difference between two pod templates."""

    type: ChangeType
    words: str
    """What changed, apart from the version: `memory limit of basket 512Mi to 128Mi`; empty if nothing else did."""


PackedTemplate: TypeAlias = str
"""The kept parts of a pod template as JSON: a large cluster has thousands. Empty if nothing is known of it."""


def pack(template: Any, owner: Any = None) -> PackedTemplate:
    """The parts of a template that are compared, with the version in the labels and annotations of `owner`."""
    if not get(template, "spec", "containers"):
        return ""
    kept = {"metadata": {key: dict(strings(template, "metadata", key)) for key in _NOTED}}
    notes = {key: _of_software(strings(owner, "metadata", key)) for key in _NOTED}
    return encode({**kept, "spec": get(template, "spec"), "owner": {"metadata": notes}})


def unpack(packed: PackedTemplate) -> tuple[dict[str, Any], dict[str, Any]]:
    """The template, and the kept metadata of its owner."""
    found: dict[str, Any] = decode(packed)
    return found, found["owner"]


# A template is compared with the one before it, and then with the one after it.
@functools.lru_cache(maxsize=8)
def _unpacked(packed: PackedTemplate) -> Any:
    return decode(packed)


def _of_software(notes: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in notes.items() if key in SOFTWARE_KEYS}


# A rollout is named several times: at its start, its end, and when it is interrupted.
@functools.lru_cache(maxsize=1000)
def compare(
    old: PackedTemplate, new: PackedTemplate, main: str = "", digests: tuple[str, str] = ("", "")
) -> TemplateChange | None:
    """How `new` differs from `old`; None if either is unknown.

    `main` is the container with the version that names the rollout: its tag is not repeated in the words. `digests` are
    those that pods of the old and the new template ran in that container, since a tag may have moved.
    """
    if not old or not new:
        return None
    before, after = _unpacked(old), _unpacked(new)
    ours, theirs = _containers(before), _containers(after)
    notes = sorted(_changed_notes(before, after))
    stamped = [key for key in notes if key in _RESTARTS]
    follows = [key for key in notes if key in _DERIVED_NOTES or _BOOKKEEPING.fullmatch(key)]
    configured = [key for key in notes if key not in {*stamped, *follows} and _CONFIGURATION.fullmatch(key)]
    changed = [name for name in theirs if name in ours and ours[name] != theirs[name]]
    images = [words for name in changed for words in _image_words(ours[name], theirs[name], name, main)]
    others = [f"container {name} added" for name in theirs if name not in ours]
    others += [f"container {name} removed" for name in ours if name not in theirs]
    others += [words for name in changed for words in _container_words(ours[name], theirs[name], name)]
    others += _pod_words(before, after)
    changed_version = main in changed and text(ours[main], "image") != text(theirs[main], "image")
    if not changed_version and all(digests) and digests[0] != digests[1]:
        images = [f"another image behind the same tag, {_short(digests[0])} to {_short(digests[1])}", *images]
    own = [f"{key} of the pods" for key in notes if key not in stamped and key not in configured]
    if follows and (changed_version or images or configured or others or len(own) > len(follows)):
        own = [f"{key} of the pods" for key in notes if key not in {*stamped, *configured, *follows}]
    settings = [f"configuration {', '.join(configured)}"] if configured else []
    words = [*images, *settings, *others, *own]
    if changed_version or images:
        return TemplateChange(ChangeType.IMAGE, _joined(words))
    if configured:
        return TemplateChange(ChangeType.CONFIGURATION, _joined(words))
    if words:
        return TemplateChange(ChangeType.TEMPLATE, _joined(words))
    if stamped:
        return TemplateChange(ChangeType.RESTART, "")
    return TemplateChange(ChangeType.TEMPLATE, "template changed, same images")


def _changed_notes(before: Any, after: Any) -> set[str]:
    """The keys of the pod labels and annotations that differ. Values may hold anything, so they are not returned."""
    found: set[str] = set()
    for part in _NOTED:
        ours, theirs = before["metadata"][part], after["metadata"][part]
        if ours != theirs:
            found |= {key for key in {*ours, *theirs} if ours.get(key) != theirs.get(key)}
    return found - _HASHES


def _containers(template: Any) -> Mapping[str, dict[str, Any]]:
    every = [each for part in _LISTS_OF_CONTAINERS for each in objects(template, "spec", part)]
    return {text(each, "name"): each for each in every}


def _image_words(before: Any, after: Any, name: str, main: str) -> Iterator[str]:
    old, new = (ImageName.of(text(each, "image")) for each in (before, after))
    if old == new:
        return
    if old.repository != new.repository:
        yield f"image of {name} from {old.repository} to {new.repository}"
    elif old.tag == new.tag:
        yield f"digest of {name} {_short(old.digest)} to {_short(new.digest)}"
    if old.tag != new.tag and name != main:
        yield f"image of {name} {old.tag or 'untagged'} to {new.tag or 'untagged'}"


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12] or "unknown"


def _container_words(old: Any, new: Any, name: str) -> Iterator[str]:
    yield from _resource_words(old, new, name)
    parts = (what for part, what in _CONTAINER_PARTS.items() if old.get(part) != new.get(part))
    for what in dict.fromkeys(parts):
        names = _environment(old, new) if what == "environment" else ""
        yield f"{what} of {name}{names}"


def _environment(old: Any, new: Any) -> str:
    """The variables that were added or removed, or now come from elsewhere, by name."""
    ours, theirs = ({text(each, "name"): each for each in objects(of, "env")} for of in (old, new))
    words = [f"{name} added" for name in theirs if name not in ours]
    words += [f"{name} removed" for name in ours if name not in theirs]
    words += [name for name in theirs if name in ours and ours[name] != theirs[name]]
    return f": {_joined(words)}" if words else ""


def _resource_words(old: Any, new: Any, name: str) -> Iterator[str]:
    if old.get("resources") == new.get("resources"):
        return
    for part, word in (("limits", "limit"), ("requests", "request")):
        ours, theirs = (_quantities(get(each, "resources", part)) for each in (old, new))
        for resource in sorted({*ours, *theirs}):
            was, now = ours.get(resource, ""), theirs.get(resource, "")
            if was != now:
                yield f"{resource} {word} of {name} {was or 'none'} to {now or 'none'}"


def _quantities(found: Any) -> Mapping[str, str]:
    if not isinstance(found, dict):
        return {}
    return {line(key): line(str(value)) for key, value in found.items() if isinstance(value, str | int | float)}


def _pod_words(before: Any, after: Any) -> Iterator[str]:
    """Other differences of the pod's specification, by the names of its fields: `node selector`."""
    ours, theirs = get(before, "spec"), get(after, "spec")
    for field in sorted({*ours, *theirs} - {*_LISTS_OF_CONTAINERS, "ephemeralContainers", "serviceAccount"}):
        if ours.get(field) != theirs.get(field):
            yield re.sub(r"(?<=[a-z])(?=[A-Z])", " ", line(field)).lower()


def _joined(words: Iterable[str]) -> str:
    given = list(dict.fromkeys(words))
    rest = len(given) - _MOST_WORDS
    return ", ".join([*given[:_MOST_WORDS], *([f"{rest} more changes" if rest > 1 else given[-1]] if rest > 0 else [])])
