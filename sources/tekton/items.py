"""The parts of runs that we need; any field may be missing or of another type."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from sources.cluster.fields import condition, count, moment, objects, strings, text
from sources.fact import Moment
from sources.tekton.settings import Meaning, TektonSettings

_PAC = "pipelinesascode.tekton.dev/"
_CANCELLED = ("Cancelled", "PipelineRunCancelled", "TaskRunCancelled", "StoppedRunFinally", "StoppedRunningFinally")
"""Beginnings of the reasons, including `CancelledRunFinally` and others of older releases."""
_GENERATED = re.compile(r"(?<=.)-[bcdfghjklmnpqrstvwxz2456789]{5}$")
"""The suffix that the API server adds to `generateName`."""
_TIMED_OUT = ("PipelineRunTimeout", "TaskRunTimeout", "PipelineRunTimeoutRunningFinally")

_NEVER_BEGUN = frozenset(
    {
        *("CouldntGetPipeline", "CouldntGetTask", "PipelineValidationFailed", "PipelineInvalidGraph"),
        *("InvalidPipelineResourceBindings", "InvalidWorkspaceBindings", "RequiredWorkspaceMarkedOptional"),
        *("InvalidTaskRunSpecs", "InvalidServiceAccountMappings", "InvalidMatrixParameterTypes", "InvalidParamValue"),
        *("ParameterMissing", "ParameterTypeMismatch", "ObjectParameterMissKeys", "ResourceVerificationFailed"),
        *("TaskRunResolutionFailed", "TaskRunValidationFailed"),
    }
)
"""Reasons of runs that Tekton refused before it made a pod. It writes a start time for them, too."""


class Run(Struct, frozen=True):
    """A PipelineRun or TaskRun."""

    kind: str
    namespace: str
    name: str
    uid: str
    of: str
    """Name of the Pipeline, or of the task in it, that it runs."""
    parent: str
    """For a TaskRun, the PipelineRun that it belongs to."""
    created: Moment
    started: Moment | None
    """Of its first attempt, where it was retried; None if it never began."""
    ended: Moment | None
    outcome: str
    """`succeeded`, `failed`, `cancelled`, `timed out`, `waiting` (held back by its status), or empty while it runs."""
    reason: str
    message: str
    known: Mapping[Meaning, str]
    """The values of its parameters, results and labels, by meaning."""
    url: str
    retries: int


def read_run(kind: str, settings: TektonSettings, item: Any) -> Iterator[Run]:
    """Read one run. Raises ValueError if it has no name or no time."""
    labels, notes = strings(item, "metadata", "labels"), strings(item, "metadata", "annotations")
    name, created = text(item, "metadata", "name"), moment(text(item, "metadata", "creationTimestamp"))
    if not name or created is None:
        raise ValueError("a run without a name or a time")
    succeeded = condition(item, "Succeeded")
    ended = moment(text(item, "status", "completionTime"))
    outcome = _outcome(succeeded)
    if outcome and ended is None:
        ended = moment(succeeded.get("lastTransitionTime"))
    if not outcome and text(item, "spec", "status") == "PipelineRunPending":
        outcome = "waiting"
    of = (
        labels.get("tekton.dev/pipelineTask")
        or text(item, "spec", "taskRef", "name")
        or text(item, "spec", "pipelineRef", "name")
        or labels.get("tekton.dev/pipeline")
        or labels.get("tekton.dev/task")
        or name
    )
    if of == name:
        # An inline definition has no name, so the label has the name of the run.
        of = _GENERATED.sub("", of)
    url = notes.get(f"{_PAC}log-url", "")
    started = moment(text(item, "status", "firstStartTime")) or moment(text(item, "status", "startTime"))
    refused = outcome == "failed" and text(succeeded, "reason") in _NEVER_BEGUN
    yield Run(
        kind=kind,
        namespace=text(item, "metadata", "namespace"),
        name=name,
        uid=text(item, "metadata", "uid"),
        of=of,
        parent=labels.get("tekton.dev/pipelineRun", "") if kind == "TaskRun" else "",
        created=created,
        started=None if refused else started,
        ended=ended if outcome not in ("", "waiting") else None,
        outcome=outcome,
        reason=text(succeeded, "reason"),
        message=text(succeeded, "message"),
        known=_known(item, labels, notes, settings),
        url=url if url.startswith(("http://", "https://")) and " " not in url else "",
        retries=count(item, "status", "retries") or 0,
    )


def _outcome(succeeded: Mapping[str, Any]) -> str:
    status, reason = text(succeeded, "status"), text(succeeded, "reason")
    if status == "True":
        return "succeeded"
    if status != "False":
        return ""
    return "cancelled" if reason.startswith(_CANCELLED) else "timed out" if reason in _TIMED_OUT else "failed"


def _known(
    item: Any, labels: Mapping[str, str], notes: Mapping[str, str], settings: TektonSettings
) -> Mapping[Meaning, str]:
    """The values by meaning: results take precedence over parameters, which may be defaults, and those over labels."""
    found: dict[Meaning, str] = {}
    for each in (*objects(item, "status", "results"), *objects(item, "spec", "params")):
        meaning, value = settings.meaning(text(each, "name")), text(each, "value")
        if meaning is not None and value:
            found.setdefault(meaning, value)
    organisation, repository = (labels.get(f"{_PAC}url-{part}", "") for part in ("org", "repository"))
    others: dict[Meaning, str] = {
        "service": labels.get("app.kubernetes.io/name", ""),
        "version": labels.get("app.kubernetes.io/version", ""),
        "commit": labels.get(f"{_PAC}sha", ""),
        "repository": f"{organisation}/{repository}" if organisation and repository else "",
        "actor": labels.get(f"{_PAC}sender", "") or notes.get(f"{_PAC}sender", ""),
    }
    return found | {meaning: value for meaning, value in others.items() if value and meaning not in found}
