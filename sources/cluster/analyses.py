"""AnalysisRuns of Argo Rollouts: what was measured of a new version, and the verdict."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from sources.cluster.fields import controller, get, integer, moment, objects, strings, text
from sources.fact import Moment

_SHOWN = 5
"""How many measurements are quoted: the latest ones."""
GOOD = "Successful"
BAD = ("Failed", "Error", "Inconclusive")


class Analysis(Struct, frozen=True):
    """One AnalysisRun of a Rollout."""

    namespace: str
    name: str
    uid: str
    rollout: str
    template_hash: str
    """The hash of the version that it measures: the name of its ReplicaSet ends with it."""
    step: int | None
    """The step of the canary that it belongs to, from 0. None if it runs alongside the steps, or around a promotion."""
    phase: str
    started: Moment | None
    completed: Moment | None
    findings: tuple[str, ...]
    """What was measured, worst first: `errors Failed: 0.31, 0.35`."""


def read_analysis(item: Any) -> Iterator[Analysis]:
    """Read one AnalysisRun; nothing if no Rollout made it. Raises ValueError if it has no name."""
    kind, rollout = controller(item)
    name, labels = text(item, "metadata", "name"), strings(item, "metadata", "labels")
    if not name:
        raise ValueError("an AnalysisRun without a name")
    if kind != "Rollout":
        return
    phase = text(item, "status", "phase")
    metrics = [each for each in objects(item, "status", "metricResults") if get(each, "dryRun") is not True]
    metrics.sort(key=lambda each: (text(each, "phase") not in BAD, text(each, "name")))
    ended = [at for each in metrics for one in objects(each, "measurements") if (at := moment(one.get("finishedAt")))]
    completed = moment(get(item, "status", "completedAt"))
    if completed is None and phase in (GOOD, *BAD):
        # Releases before 1.7 do not record when a run completed. Its last measurement is the best guess.
        completed = max(ended, default=None)
    yield Analysis(
        namespace=text(item, "metadata", "namespace"),
        name=name,
        uid=text(item, "metadata", "uid") or name,
        rollout=rollout,
        template_hash=labels.get("rollouts-pod-template-hash", ""),
        step=integer(labels.get("step-index", "")),
        phase=phase,
        started=moment(get(item, "status", "startedAt")),
        completed=completed,
        findings=tuple(_finding(each) for each in metrics),
    )


def _finding(metric: Any) -> str:
    values = [text(one, "value") for one in objects(metric, "measurements")]
    shown = ", ".join([value for value in values if value and len(value) <= 40][-_SHOWN:])
    words = f"{text(metric, 'name')} {text(metric, 'phase')}".strip()
    why = shown or text(metric, "message")[:200]
    return f"{words}: {why}" if why else words
