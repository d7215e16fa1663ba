"""What befalls pods, as the kubelet sees and reports it."""

import time

from tests.cluster.client import Json
from tests.cluster.pods import Life, app, full_name, now

_SOON = 0.2
_BACK_OFF = 2.0
"""Seconds; a real kubelet begins with 10."""
_LEAKS = 2.0
"""Seconds from when a container is ready to when it has no memory left."""


class Mishaps:
    """The part of a `Kubelet` in which something goes wrong."""

    def unhealthy(self, life: Life, why: str) -> None:
        """One failed readiness probe; the pod stays ready until `unready`."""
        message = f"Readiness probe failed: {why.format(address=life.address)}"
        self.event(life, "Unhealthy", message, warning=True)

    def unready(self, life: Life) -> None:
        """The readiness probe failed too often."""
        life.state["ready"] = False
        self.report(life, ready=False)

    def restart(self, life: Life) -> None:
        """The container ends with an error, is started again, ends again, and the kubelet backs off."""
        container = life.container["name"]
        self._begin_again(life)
        self.event(life, "Started", f"Started container {container}")
        stamp = now()
        died = {"exitCode": 1, "reason": "Error", "startedAt": stamp, "finishedAt": stamp}
        died["containerID"] = self.container_id()
        life.restarts += 1
        message = f"back-off 5m0s restarting failed container={container} pod={full_name(life.pod)}"
        life.state.update(ready=False, started=False, restartCount=life.restarts, lastState={"terminated": died})
        life.state["state"] = {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
        self.report(life, ready=False)
        # It says so at every look at the pod until the next start, and most of that falls to the recorder's limit.
        text = "Back-off restarting failed container"
        for look in range(19):
            self.after(17.0 * look, life, lambda life: self.event(life, "BackOff", text, warning=True))

    def fail(self, life: Life) -> None:
        """The container ends with an error, for good."""
        self.note("failed", life)
        self.terminate(life, 1, "Error")
        life.status["phase"] = "Failed"
        life.ended = time.time()
        self.report(life, ready=False)

    def fail_mount(self, life: Life) -> None:
        """A secret that it mounts is not there yet."""
        text = f'MountVolume.SetUp failed for volume "tls" : secret "{app(life.pod)}-tls" not found'
        self.event(life, "FailedMount", text, warning=True, whole=True)

    def fail_pull(self, life: Life) -> None:
        """Its image does not exist."""
        image = life.container["image"]
        why = f'rpc error: code = NotFound desc = failed to resolve reference "{image}": not found'
        self.note("image failed", life)
        self.event(life, "Pulling", f'Pulling image "{image}"')
        self.event(life, "Failed", f'Failed to pull image "{image}": {why}', warning=True)
        self.event(life, "Failed", "Error: ErrImagePull", warning=True)
        self._wait(life, "ErrImagePull", why)
        self.after(_BACK_OFF, life, self._back_off_pull)

    def evict(self, life: Life) -> None:
        """Its node is short of memory."""
        text = "The node was low on resource: memory. "
        self.note("evicted", life)
        self.event(life, "Evicted", text, warning=True, whole=True)
        self.event(life, "Killing", f"Stopping container {life.container['name']}")
        life.status = {"phase": "Failed", "reason": "Evicted", "message": text, "startTime": life.status["startTime"]}
        life.status |= {"containerStatuses": None, "conditions": None}
        life.ended = time.time()
        self.write(life)

    def exhaust(self, life: Life, times: int) -> None:
        """Its container is killed for lack of memory now, and again some time after each restart."""
        life.deaths = times
        self._run_out_of_memory(life)

    def leak(self, life: Life) -> None:
        """It will have no memory left after a while."""
        self.after(_LEAKS, life, self._run_out_of_memory)

    def terminate(self, life: Life, code: int, reason: str) -> None:
        """Its container ends, in what will be reported next."""
        ran: Json = {"startedAt": life.state["state"]["running"]["startedAt"], "finishedAt": now()}
        ended = {"exitCode": code, "reason": reason, "containerID": life.state["containerID"], **ran}
        life.state.update(ready=False, started=False, state={"terminated": ended})

    def _run_out_of_memory(self, life: Life) -> None:
        life.deaths -= 1
        self.note("out of memory", life)
        self.terminate(life, 137, "OOMKilled")
        self.report(life, ready=False)
        self.after(_SOON, life, self._start_again if life.restarts == 0 else self._back_off)

    def _back_off(self, life: Life) -> None:
        text = f"back-off 10s restarting failed container={life.container['name']} pod={full_name(life.pod)}"
        life.state["lastState"] = {"terminated": life.state["state"]["terminated"]}
        self.note("backing off", life)
        self.event(life, "BackOff", "Back-off restarting failed container", warning=True)
        self._wait(life, "CrashLoopBackOff", text)
        self.after(_BACK_OFF, life, self._start_again)

    def _back_off_pull(self, life: Life) -> None:
        self.note("image failed", life)
        text = f'Back-off pulling image "{life.container["image"]}"'
        self.event(life, "BackOff", text)
        self.event(life, "Failed", "Error: ImagePullBackOff", warning=True)
        self._wait(life, "ImagePullBackOff", text)

    def _start_again(self, life: Life) -> None:
        if "terminated" in life.state["state"]:
            life.state["lastState"] = {"terminated": life.state["state"]["terminated"]}
        life.restarts += 1
        self._begin_again(life)
        self.start(life)

    def _begin_again(self, life: Life) -> None:
        self.event(life, "Pulled", f'Container image "{life.container["image"]}" already present on machine')
        self.event(life, "Created", f"Created container {life.container['name']}")

    def _wait(self, life: Life, reason: str, message: str) -> None:
        life.state["state"] = {"waiting": {"reason": reason, "message": message}}
        self.report(life, ready=False)
