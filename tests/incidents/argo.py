"""Argo Rollouts: a canary in steps, paused, promoted or aborted by an analysis."""

from collections.abc import Iterator
from datetime import datetime

from tests.incidents.containers import Behaviour
from tests.incidents.controllers import ReplicaSet
from tests.incidents.deployment import Deployment
from tests.incidents.deployment_shape import replica_set_object
from tests.incidents.ids import Object, stamp


class ArgoRollout(Deployment):
    """A Rollout with a canary strategy, as its controller (1.6) writes it."""

    kind, api, prefix = "Rollout", "argoproj.io/v1alpha1", "rollout.argoproj.io/"
    hash_label, component = "rollouts-pod-template-hash", "rollouts-controller"

    def canary(
        self, when: str, version: str, share: int, *, abort: str, because: str, behaviour: Behaviour | None = None
    ) -> None:
        """A new version gets `share` percent of the pods, waits, and is aborted."""
        canary = max(1, self.replicas * share // 100)

        def begin() -> None:
            self.generation += 1
            self._wrote(self.manager, self.world.now)
            stable = self._stable = self.current
            self.current = self._add(self._template(version), behaviour or self.behaviour, self.world.now)
            revision = self.current.revision
            self._write(f"Rollout updated to revision {revision}", "RolloutUpdated")
            self._write(f"Created ReplicaSet {self.current.name} (revision {revision})", "NewReplicaSetCreated")
            self.progressing, self.progressing_since = ("True", "ReplicaSetUpdated"), self.world.now
            self._size(self.current, canary)
            self.world.after(1, lambda: self._size(stable, self.replicas - canary))
            self.world.after(25, pause)

        def pause() -> None:
            self._write(f"Rollout step 1/4 completed (setWeight: {share})", "RolloutStepCompleted")
            self._write("Rollout is paused (CanaryPauseStep)", "RolloutPaused")
            self._paused = self.world.now
            self.world.after(1, analyse)

        def analyse() -> None:
            name = f"{self.name}-{self.current.hash}-{self.current.revision}-2"
            self._write(f"Step Analysis Run '{name}' Status New: '' Previous: 'Running'", "AnalysisRunRunning")

        def give_up() -> None:
            revision = self.current.revision
            name = f"{self.name}-{self.current.hash}-{revision}-2"
            self._write(
                f"Step Analysis Run '{name}' Status New: 'Failed' Previous: 'Running'",
                "AnalysisRunFailed",
                warning=True,
            )
            self._aborted = f"Rollout aborted update to revision {revision}: {because}"
            self._write(self._aborted, "RolloutAborted", warning=True)
            self._aborted_at = self.progressing_since = self.world.now
            self._paused = None
            self._size(self._stable or self.current, self.replicas)
            self.world.after(1, lambda: self._size(self.current, 0))

        self.world.at(when, begin)
        self.world.at(abort, give_up)

    _stable: ReplicaSet | None = None
    _paused: datetime | None = None
    _aborted_at: datetime | None = None
    _aborted = ""

    def _size(self, one: ReplicaSet, to: int) -> None:
        was, one.replicas, one.changed = one.replicas, to, self.world.now
        step = "up" if to > was else "down"
        self._write(f"Scaled {step} ReplicaSet {one.name} (revision {one.revision}) from {was} to {to}")
        self.world.after(0.02, lambda: self._fill(one))

    def _sync(self) -> None:
        """The sizes are set by the steps."""

    def objects(self) -> Iterator[Object]:
        """The Rollout, its ReplicaSets and their pods."""
        stable = self._stable or self.current
        ready = sum(one.available for one in self.sets)
        since, progressed = stamp(self.progressing_since), stamp(self.progress)
        healthy = "False" if self._aborted_at else "True"
        conditions = [
            self._condition("Available", "True", "AvailableReason", stamp(self.born)),
            self._condition("Completed", "False" if self._stable else "True", "RolloutCompleted", since),
        ]
        if self._aborted_at:
            conditions.append(
                {**self._condition("Progressing", healthy, "RolloutAborted", since), "message": self._aborted}
            )
            conditions.append(self._condition("Paused", "False", "RolloutPaused", since))
        elif self._paused:
            conditions.append(self._condition("Progressing", "Unknown", "RolloutPaused", stamp(self._paused)))
            conditions.append(self._condition("Paused", "True", "RolloutPaused", stamp(self._paused)))
        else:
            conditions.append(self._condition("Progressing", "True", "NewReplicaSetAvailable", progressed))
        status: Object = {
            "HPAReplicas": self.replicas,
            "availableReplicas": ready,
            "readyReplicas": ready,
            "replicas": sum(len(one.alive) for one in self.sets),
            "updatedReplicas": len(self.current.alive),
            "currentPodHash": self.current.hash,
            "stableRS": stable.hash,
            "observedGeneration": str(self.generation),
            "phase": "Degraded" if self._aborted_at else "Paused" if self._paused else "Healthy",
            "conditions": conditions,
        }
        if self._paused:
            status["pauseConditions"] = [{"reason": "CanaryPauseStep", "startTime": stamp(self._paused)}]
        if self._aborted_at:
            status |= {
                "abort": True,
                "abortedAt": stamp(self._aborted_at),
                "message": f"RolloutAborted: {self._aborted}",
            }
        yield {
            "apiVersion": self.api,
            "kind": self.kind,
            "metadata": {
                "name": self.name,
                "namespace": self.namespace,
                "uid": self.uid,
                "generation": self.generation,
                "creationTimestamp": stamp(self.born),
                "labels": self.labels,
                "annotations": {f"{self.prefix}revision": str(self.current.revision)},
                "managedFields": [
                    {"manager": manager, "operation": "Update", "apiVersion": self.api, "time": stamp(at)}
                    for manager, at in self.written.items()
                ],
            },
            "spec": {
                "replicas": self.replicas,
                "selector": {"matchLabels": self.labels},
                "template": self.current.template,
                "strategy": {
                    "canary": {
                        "steps": [
                            {"setWeight": 25},
                            {"analysis": {}},
                            {"setWeight": 50},
                            {"pause": {"duration": "10m"}},
                        ]
                    }
                },
            },
            "status": status,
        }
        for one in self.sets:
            yield replica_set_object(self, one)
            for pod in one.pods:
                yield from pod.objects()

    def _condition(self, kind: str, status: str, reason: str, at: str) -> Object:
        return {
            "type": kind,
            "status": status,
            "reason": reason,
            "message": reason,
            "lastTransitionTime": at,
            "lastUpdateTime": at,
        }
