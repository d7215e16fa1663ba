"""The CronJob controller, played: the real one follows the clock on the wall."""

from datetime import datetime

from tests.cluster.client import Client, Json
from tests.cluster.events import EventRecorder
from tests.incident.workloads import CRON_JOBS, job


class Cron:
    """Makes the Jobs of the CronJobs, and deletes all but the last three that are done."""

    def __init__(self, cluster: Client, recorder: EventRecorder) -> None:
        """Create the CronJobs."""
        self._cluster = cluster
        self._recorder = recorder
        self._owners = {one[1]: cluster.create(_cron_job(*one)) | {"kind": "CronJob"} for one in CRON_JOBS}
        self._runs: dict[str, list[Json]] = {}
        self._completed: set[str] = set()

    def tick(self, at: datetime) -> None:
        """Look after what has finished, and at each full minute make the Jobs that are due."""
        self._finish()
        for namespace, name, minutes in CRON_JOBS:
            if at.second == 0 and at.minute % minutes == 0:
                run = f"{name}-{int(at.timestamp())}"
                owner = self._owners[name]
                made = job(namespace, name, run)
                made["metadata"]["ownerReferences"] = [_owned(owner)]
                made = self._cluster.create(made) | {"kind": "Job"}
                self._runs.setdefault(name, []).append(made)
                self._recorder.write(owner, "SuccessfulCreate", f"Created job {run}")

    def _finish(self) -> None:
        finished = {
            one["metadata"]["uid"] for one in self._cluster.list("Job")["items"] if one["status"].get("succeeded")
        }
        for name, runs in self._runs.items():
            owner = self._owners[name]
            done = [run for run in runs if run["metadata"]["uid"] in finished]
            for run in done:
                if run["metadata"]["uid"] not in self._completed:
                    self._completed.add(run["metadata"]["uid"])
                    text = f"Saw completed job: {run['metadata']['name']}, status: Complete"
                    self._recorder.write(owner, "SawCompletedJob", text)
            for run in done[:-3]:
                self._cluster.delete(run, {"propagationPolicy": "Background"})
                self._recorder.write(owner, "SuccessfulDelete", f"Deleted job {run['metadata']['name']}")
                runs.remove(run)


def _cron_job(namespace: str, name: str, minutes: int) -> Json:
    run = job(namespace, name, name)
    return {
        "apiVersion": "batch/v1beta1",
        "kind": "CronJob",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"schedule": f"*/{minutes} * * * *", "jobTemplate": {"spec": run["spec"]}},
    }


def _owned(owner: Json) -> Json:
    meta = owner["metadata"]
    named = {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": meta["name"], "uid": meta["uid"]}
    return named | {"controller": True, "blockOwnerDeletion": True}
