"""StatefulSets and DaemonSets: the revision of the pod template that each wanted, over time.

The metrics of a StatefulSet name the wanted revision. Those of a DaemonSet do not: its generation shows that its
specification changed, and its pods show whether that was a rollout: then none is up to date, or they are made anew. Its
revisions have a name only if pod labels are exported (`--metric-labels-allowlist` of kube-state-metrics).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from sources.cluster.inventory import Key
from sources.fact import Moment
from sources.kube_state_metrics.sampled_pods import Pod, key_of
from sources.kube_state_metrics.states import NONE, SKEW, State, Step, label, second, states, within
from sources.promql.series import Series

HASH = "label_controller_revision_hash"
"""On a StatefulSet's pod the whole name of its revision, on a DaemonSet's pod the last part of it."""
SETS = {"StatefulSet": "kube_statefulset_", "DaemonSet": "kube_daemonset_"}
"""The prefix of their metrics."""
_PROMPT = 60.0
"""Seconds within which the controller updates the status after a change."""


class RevisionRollout(Struct, frozen=True):
    """One rollout of a revision: from when a workload wants it; times are Unix seconds."""

    key: Key
    """Namespace and name of the revision. If the name is unknown, one with a slash, which no revision can have."""
    start: Moment
    by: float
    """The time of the sample that showed it."""
    seen: bool = True
    """Whether it began after the beginning of the samples."""
    replaces: Key | None = None
    end: float | None = None
    """When the next rollout was seen."""

    @property
    def named(self) -> bool:
        """Whether the name of the revision is known."""
        return "/" not in self.key[1]

    def covers(self, time: float) -> bool:
        """Whether a sample is from after the rollout was seen, and before the next one was."""
        return self.by <= time and (self.end is None or time < self.end)


class SetHistory(Struct):
    """One StatefulSet or DaemonSet."""

    namespace: str
    kind: str
    name: str
    metrics: Mapping[str, State]
    """Its samples, by metric name without the common prefix."""
    current: Mapping[str, State] = field(default_factory=dict)
    """StatefulSet only: states by revision, 1 for the last revision that all its pods had."""
    pods: Sequence[Pod] = ()
    rollouts: Sequence[RevisionRollout] = ()
    """In order."""

    def of(self, metric: str) -> State:
        """The samples of one of its metrics; NONE if there are none."""
        return self.metrics.get(metric, NONE)

    @property
    def wanted(self) -> State:
        """How many pods are wanted."""
        return self.of("replicas" if self.kind == "StatefulSet" else "status_desired_number_scheduled")

    @property
    def updated(self) -> State:
        """How many of its pods have the wanted revision."""
        return self.of("status_replicas_updated" if self.kind == "StatefulSet" else "status_updated_number_scheduled")

    def ready(self, time: float) -> float | None:
        """How many of its pods were ready, or available if that is known.

        Before Kubernetes 1.22, the available pods of a StatefulSet are always 0.
        """
        available = [self.of(name) for name in ("status_replicas_available", "status_number_available")]
        names = ("status_replicas_ready", "status_number_ready")
        states_ = [*(state for state in available if state.values.any()), *map(self.of, names)]
        known = [found for state in states_ if (found := state.at(time)) is not None]
        return min(known, default=None)

    def rollout(self, pod: Pod) -> RevisionRollout | None:
        """The rollout in which a pod was made."""
        begun = [rollout for rollout in self.rollouts if int(rollout.start.earliest.timestamp()) <= pod.created]
        return begun[-1] if begun else None


def set_histories(
    found: Mapping[str, Sequence[Series]], pods: Iterable[Pod], hashes: Mapping[tuple[str, ...], str], start: float
) -> Iterator[SetHistory]:
    """Every StatefulSet and DaemonSet that is sampled; `hashes` has the HASH of pods, by namespace, pod and uid.

    `start` is the beginning of the samples.
    """
    of: dict[tuple[str, str, str], list[Pod]] = {}
    for pod in pods:
        of.setdefault((pod.key[0], *pod.owner), []).append(pod)
    for kind, prefix in SETS.items():
        name = kind.lower()
        metrics = {
            metric.removeprefix(prefix): states(many, "namespace", name)
            for metric, many in found.items()
            if metric.startswith(prefix) and not metric.endswith("_revision")
        }
        for key in sorted({key for each in metrics.values() for key in each}):
            ours = {metric: each[key] for metric, each in metrics.items() if key in each}
            history = SetHistory(key[0], kind, key[1], ours, pods=of.get((key[0], kind, key[1]), ()))
            if kind == "StatefulSet":
                history.current = _revisions(found, f"{prefix}status_current_revision", key)
                rollouts = _named(history, _revisions(found, f"{prefix}status_update_revision", key), start)
            else:
                rollouts = _changed(history, hashes, start)
            history.rollouts = _chained(rollouts)
            yield history


def _revisions(found: Mapping[str, Sequence[Series]], metric: str, key: tuple[str, ...]) -> dict[str, State]:
    ours = [one for one in found.get(metric, ()) if key_of(one, "statefulset") == key and label(one.labels, "revision")]
    return {revision: state for (revision,), state in states(ours, "revision").items()}


def _first(history: SetHistory, name: str, by: float, start: float) -> RevisionRollout:
    """The revision wanted in the first sample: since the workload was made, or since before the samples begin."""
    born = next((value for value, _ in history.of("created").stamps() if value >= start), None)
    key = (history.namespace, name)
    if born is not None:
        return RevisionRollout(key, second(born), by)
    # In the middle of a rollout the pods may have either revision.
    under_way = any(state.at(by) == 1 for other, state in history.current.items() if other != name)
    return RevisionRollout(key, within(by if under_way else 0.0, by), by, seen=False)


def _named(history: SetHistory, revisions: Mapping[str, State], start: float) -> list[RevisionRollout]:
    """Each change of the revision that a StatefulSet wants."""
    wanted = sorted(
        (time, name) for name, state in revisions.items() for time in state.times[state.values == 1].tolist()
    )
    found: list[RevisionRollout] = []
    last = 0.0
    for time, name in wanted:
        if not found:
            found.append(_first(history, name, time, start))
        elif found[-1].key[1] != name:
            found.append(RevisionRollout((history.namespace, name), _template_change(history, last, time), time))
        last = time
    return found


def _template_change(history: SetHistory, last: float, by: float) -> Moment:
    """When the pod template was changed, if the status first named its revision between these samples.

    The controller writes the status after it has removed the first pod, and late if it is busy. The generation changes
    at once. If it changed several times before the controller acted, any of these may be the change of the template.
    """
    observed = history.of("status_observed_generation").at(last)
    steps = [step for step in history.of("metadata_generation").steps() if step.now > step.was and step.by <= by]
    if observed is None:
        ours = [step for step in steps if step.by > by - _PROMPT][-1:]
    else:
        ours = [step for step in steps if step.now > observed]
    return within(ours[0].last, ours[-1].by) if ours else within(last, by)


def _changed(history: SetHistory, hashes: Mapping[tuple[str, ...], str], start: float) -> list[RevisionRollout]:
    """Each change of a DaemonSet's specification after which its pods were outdated, or made anew."""
    generation = history.of("metadata_generation")
    if not len(generation.times):
        return []
    steps = [step for step in generation.steps() if step.now > step.was]
    steps = [step for step, after in zip(steps, [*steps[1:], None], strict=True) if _rolls(history, step, after)]
    begun = [_first(history, "", float(generation.times[0]), start)]
    begun += [RevisionRollout((history.namespace, ""), within(step.last, step.by), step.by) for step in steps]
    unnamed = replace(history, rollouts=begun)
    found = []
    for number, rollout in enumerate(begun):
        ours = [pod for pod in history.pods if unnamed.rollout(pod) is rollout]
        known = {hashes[(*pod.key, pod.uid)] for pod in ours if (*pod.key, pod.uid) in hashes}
        name = f"{history.name}-{known.pop()}" if len(known) == 1 else f"{history.kind}/{history.name}/{number}"
        found.append(replace(rollout, key=(history.namespace, name)))
    return found


def _rolls(history: SetHistory, step: Step, after: Step | None) -> bool:
    """Whether a change of a DaemonSet changed its pod template."""
    end = after.last if after else float("inf")
    observed = history.of("status_observed_generation")
    for time in history.updated.times.tolist():
        if not step.by <= time < min(step.by + _PROMPT, end) or (observed.at(time) or step.now) < step.now:
            continue
        if (history.updated.at(time) or 0) < (history.wanted.at(time) or 0):
            return True
        break
    prompt = min(step.by + _PROMPT, end)
    made = any(step.last - SKEW <= pod.created <= prompt for pod in history.pods)
    gone = any(pod.created < step.last - SKEW and step.last < (pod.gone or 0) <= prompt for pod in history.pods)
    return made and gone


def _chained(rollouts: Sequence[RevisionRollout]) -> list[RevisionRollout]:
    """The rollouts, each with the one it replaces and its end."""
    chained = []
    for index, rollout in enumerate(rollouts):
        before = rollouts[index - 1].key if index else None
        end = rollouts[index + 1].by if index + 1 < len(rollouts) else None
        chained.append(replace(rollout, replaces=before, end=end))
    return chained
