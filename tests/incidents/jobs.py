"""Jobs and CronJobs with their pods."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.incidents.containers import Behaviour
from tests.incidents.ids import Object, number, stamp, uid
from tests.incidents.pods import Pod, suffix
from tests.incidents.recorder import About
from tests.incidents.world import World

_KEPT = 3


class CronJob:
    """One that runs every so many minutes and succeeds; the last three Jobs are kept."""

    def __init__(
        self,
        world: World,
        namespace: str,
        name: str,
        minutes: int,
        *,
        since: str = "",
        takes: float = 20.0,
        version: str = "3.1.4",
    ) -> None:
        """It runs in the hour and a half before the end, or from `since` on."""
        self.world, self.namespace, self.name, self._takes = world, namespace, name, takes
        self._image = f"registry.example.com/{namespace}/{name}:{version}"
        self.uid = uid("cronjob", namespace, name)
        self._minutes = minutes
        self._runs: list[tuple[datetime, str, Pod | None]] = []
        start = world.moment(since) if since else world.end - timedelta(minutes=90)
        at = start.replace(second=0, microsecond=0)
        at -= timedelta(minutes=at.minute % minutes)
        while at < world.end - timedelta(seconds=takes + 15):
            world.at(at + timedelta(seconds=number(8, namespace, name, at) + 0.2), lambda at=at: self._run(at))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            at += timedelta(minutes=minutes)
        world.parts.append(self)

    def _run(self, at: datetime) -> None:
        name = f"{self.name}-{int(at.timestamp()) // 60}"
        job = About("Job", self.namespace, name, uid("job", self.namespace, name), "batch/v1")
        cron = About("CronJob", self.namespace, self.name, self.uid, "batch/v1")
        self._write(cron, "SuccessfulCreate", f"Created job {name}", "cronjob-controller")
        labels = {"job-name": name, "controller-uid": job.uid}
        template: Object = {
            "metadata": {"labels": labels},
            "spec": {
                "containers": [{"name": self.name, "image": self._image}],
                "restartPolicy": "Never",
                "terminationGracePeriodSeconds": 30,
                "dnsPolicy": "ClusterFirst",
                "schedulerName": "default-scheduler",
                "securityContext": {},
            },
        }
        pod = Pod(
            self.world,
            job,
            f"{name}-{suffix(self.world, self.namespace, name)}",
            template,
            Behaviour(pull=0, runs=self._takes),
        )
        self._write(job, "SuccessfulCreate", f"Created pod: {pod.name}", "job-controller")
        usable = [node for node in self.world.nodes if node.usable] or self.world.nodes
        node = usable[number(len(usable), name)]
        self.world.after(0.1, lambda: pod.bind(node))
        started = self.world.now

        def done() -> None:
            self._write(job, "Completed", "Job completed", "job-controller")
            self._write(cron, "SawCompletedJob", f"Saw completed job: {name}, status: Complete", "cronjob-controller")
            self._runs.append((started, name, pod))
            for _, gone, old in self._runs[-_KEPT - 1 : -_KEPT]:
                self._write(cron, "SuccessfulDelete", f"Deleted job {gone}", "cronjob-controller")
                if old:
                    old.machine_gone()

        self.world.after(self._takes + 4, done)

    def _write(self, about: About, reason: str, message: str, component: str) -> None:
        self.world.recorder.write(self.world.now, about, reason, message, component)

    def objects(self) -> Iterator[Object]:
        """The CronJob, and the Jobs that are kept with their pods."""
        meta = {"namespace": self.namespace, "creationTimestamp": stamp(self.world.end - timedelta(days=80))}
        for started, name, pod in self._runs[-_KEPT:]:
            job = uid("job", self.namespace, name)
            done = started + timedelta(seconds=self._takes + 4)
            condition = {
                "type": "Complete",
                "status": "True",
                "lastProbeTime": stamp(done),
                "lastTransitionTime": stamp(done),
            }
            owner = {
                "apiVersion": "batch/v1beta1",
                "kind": "CronJob",
                "name": self.name,
                "uid": self.uid,
                "controller": True,
                "blockOwnerDeletion": True,
            }
            assert pod
            yield {
                "apiVersion": "batch/v1",
                "kind": "Job",
                "metadata": {
                    **meta,
                    "name": name,
                    "uid": job,
                    "creationTimestamp": stamp(started),
                    "labels": {"job-name": name, "controller-uid": job},
                    "ownerReferences": [owner],
                },
                "spec": {
                    "parallelism": 1,
                    "completions": 1,
                    "backoffLimit": 6,
                    "selector": {"matchLabels": {"controller-uid": job}},
                    "template": pod.template,
                },
                "status": {
                    "conditions": [condition],
                    "startTime": stamp(started),
                    "completionTime": stamp(done),
                    "succeeded": 1,
                },
            }
            yield from pod.objects()
