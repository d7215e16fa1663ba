"""Reduces runs: of parameters and results, keeps only those with a version, an image and the like."""

from collections.abc import Iterable, Mapping
from typing import Any

from sources.cluster.fields import get, objects, text
from sources.cluster.lists import Listed
from sources.tekton.settings import TektonSettings

_NOTES = (
    "app.kubernetes.io/name",
    "app.kubernetes.io/version",
    "tekton.dev/pipeline",
    "tekton.dev/pipelineRun",
    "tekton.dev/pipelineTask",
    "tekton.dev/task",
    "pipelinesascode.tekton.dev/sender",
    "pipelinesascode.tekton.dev/sha",
    "pipelinesascode.tekton.dev/branch",
    "pipelinesascode.tekton.dev/url-org",
    "pipelinesascode.tekton.dev/url-repository",
    "pipelinesascode.tekton.dev/event-type",
    "pipelinesascode.tekton.dev/log-url",
)
_CONDITION = ("type", "status", "reason", "message", "lastTransitionTime")
_LONGEST = 1000


def kept(settings: TektonSettings, what: Listed, page: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - of all lists
    """A page of runs without anything that may be secret: no scripts, no other parameters, no environment."""
    return {"items": [_run(item, settings) for item in objects(page, "items")]}


def _run(item: Mapping[str, Any], settings: TektonSettings) -> dict[str, Any]:
    known, spec, status = get(item, "metadata"), get(item, "spec"), get(item, "status")
    # v1beta1 names the results of a PipelineRun pipelineResults, and those of a TaskRun taskResults.
    results = [each for key in ("results", "pipelineResults", "taskResults") for each in objects(status, key)]
    return {
        "metadata": {
            **_some(known, ("name", "namespace", "uid", "creationTimestamp")),
            "labels": _some(get(known, "labels"), _NOTES),
            "annotations": _some(get(known, "annotations"), _NOTES),
        },
        "spec": {
            "pipelineRef": _some(get(spec, "pipelineRef"), ("name",)),
            "taskRef": _some(get(spec, "taskRef"), ("name",)),
            "status": get(spec, "status"),
            "params": [one for each in objects(spec, "params") for one in _value(each, settings)],
        },
        "status": {
            **_some(status, ("startTime", "completionTime")),
            "conditions": [_condition(each) for each in objects(status, "conditions")],
            "results": [one for each in results for one in _value(each, settings)],
            "retries": len(objects(status, "retriesStatus")),
            "firstStartTime": _first_start(status),
        },
    }


def _first_start(status: object) -> str | None:
    """When the first attempt started: a retry moves `startTime`."""
    starts = [text(each, "startTime") for each in objects(status, "retriesStatus")]
    return min(filter(None, starts), default=None)


def _value(named: Mapping[str, Any], settings: TektonSettings) -> Iterable[dict[str, Any]]:
    name, value = named.get("name"), named.get("value")
    if isinstance(name, str) and isinstance(value, str) and settings.meaning(name) is not None:
        yield {"name": name, "value": value[:500]}


def _condition(condition: Mapping[str, Any]) -> dict[str, Any]:
    left = _some(condition, _CONDITION)
    if isinstance(left.get("message"), str):
        left["message"] = left["message"][:_LONGEST]
    return left


def _some(of: Any, keys: Iterable[str]) -> dict[str, Any]:
    return {key: of[key] for key in keys if key in of} if isinstance(of, dict) else {}
