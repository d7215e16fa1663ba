"""PipelineRuns and TaskRuns of Tekton, as its controller writes them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Document, Gap
from sources.cluster.lists import Listed
from sources.registry import build
from sources.tekton.reduce import kept
from sources.tekton.settings import TektonSettings
from tests.collector.build import WINDOW

Json = dict[str, Any]
CANARY = "canary-value-79"
SHA = "b462487" + "0" * 33
DIGEST = "sha256:" + "a" * 64


def at(seconds: float) -> datetime:
    return WINDOW.start + timedelta(seconds=seconds)


def stamp(seconds: float) -> str:
    return f"{at(seconds):%Y-%m-%dT%H:%M:%SZ}"


def run(
    kind: str,
    name: str,
    of: str,
    *times: float | None,
    reason: str = "Succeeded",
    message: str = "",
    params: Mapping[str, str] | None = None,
    results: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    **spec: Any,
) -> Json:
    """`times` are when it was created, started and completed."""
    created, started, ended = (*times, None, None)[:3]
    status: Json = {} if started is None else {"startTime": stamp(started)}
    done = "True" if reason in ("Succeeded", "Completed") else "False"
    if ended is not None:
        status["completionTime"] = stamp(ended)
    outcome = {"status": done if ended is not None else "Unknown", "reason": reason if ended is not None else "Running"}
    status["conditions"] = [{"type": "Succeeded", **outcome, "message": message, "lastTransitionTime": stamp(0)}]
    status["results"] = [{"name": key, "type": "string", "value": value} for key, value in (results or {}).items()]
    reference = "pipelineRef" if kind == "PipelineRun" else "taskRef"
    given = {"registry-password": CANARY, **(params or {})}
    assert created is not None
    return {
        "apiVersion": "tekton.dev/v1",
        "kind": kind,
        "metadata": {
            "name": name,
            "namespace": "ci",
            "uid": f"uid-{name}",
            "creationTimestamp": stamp(created),
            "labels": dict(labels or {}),
            "annotations": {"other": CANARY},
        },
        "spec": {reference: {"name": of}, "params": [{"name": k, "value": v} for k, v in given.items()], **spec},
        "status": status,
    }


def task(name: str, of: str, parent: str, *times: float | None, **more: Any) -> Json:
    labels = {"tekton.dev/pipelineRun": parent, "tekton.dev/pipelineTask": of}
    return run("TaskRun", name, of, *times, labels=labels, **more)


def documents(pipelines: Sequence[Json], tasks: Sequence[Json] = (), **settings: Any) -> list[Document]:
    made = TektonSettings.model_validate(settings)
    lists = {"pipelineruns": pipelines, "taskruns": tasks}
    return [
        Document(call, f"GET /{call}", at(3600), json.dumps(kept(made, Listed(call, "/x"), {"items": list(items)})))
        for call, items in lists.items()
    ]


def read(pipelines: Sequence[Json], tasks: Sequence[Json] = (), **settings: Any) -> tuple[list[Event], list[Gap]]:
    tekton = build("tekton", "tekton", settings, Scrubber())
    given = list(tekton.read(documents(pipelines, tasks, **settings), WINDOW))
    return [one for one in given if isinstance(one, Event)], [one for one in given if isinstance(one, Gap)]
