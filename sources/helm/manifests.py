"""The workloads of a release's manifest, with their images. Nothing else is taken from it."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from sources.cluster.fields import get, objects, text
from sources.gitops.services import WORKLOADS

_DOCUMENT = re.compile(r"^---.*$", re.MULTILINE)
_KIND = re.compile(rf"^kind:\s*[\"']?(?:{'|'.join(WORKLOADS)}|CronJob)[\"']?\s*$", re.MULTILINE)
_LARGEST = 200_000
"""Characters of one document; a workload has a few thousand."""
_MOST = 200
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def workloads(manifest: object) -> Iterator[dict[str, Any]]:
    """Kind, namespace, name, service label and images of each workload; documents that are no YAML are skipped."""
    if not isinstance(manifest, str):
        return
    # Other documents are not even parsed: they are most of a manifest, and may be secret.
    found = [part for part in _DOCUMENT.split(manifest) if len(part) <= _LARGEST and _KIND.search(part)]
    for part in found[:_MOST]:
        try:
            parsed = yaml.load(part, Loader=_LOADER)  # noqa: S506 - both are safe loaders
        except (yaml.YAMLError, ValueError, RecursionError):
            continue
        if text(parsed, "metadata", "name"):
            yield _workload(parsed)


def _workload(parsed: Any) -> dict[str, Any]:
    spec = get(parsed, "spec")
    pod = get(spec, "jobTemplate", "spec", "template", "spec") or get(spec, "template", "spec")
    labels = get(parsed, "metadata", "labels")
    return {
        "kind": text(parsed, "kind"),
        "namespace": text(parsed, "metadata", "namespace"),
        "name": text(parsed, "metadata", "name"),
        "service": text(labels, "app.kubernetes.io/name") or text(labels, "app"),
        "images": [image for each in objects(pod, "containers") if (image := text(each, "image"))],
    }
