"""Somebody who changes a cluster with the real controllers, and its kubelets."""

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.kubernetes import KubernetesSettings, KubernetesSource
from tests.cluster.client import STRATEGIC, Client
from tests.cluster.clock import Clock
from tests.cluster.kubelet import Kubelet
from tests.cluster.pods import Life, Script
from tests.servers.kubernetes import Kubernetes

NODES = ("n1", "n2", "n3")


def apps(namespace: str) -> str:
    """Where the workloads of a namespace are."""
    return f"/apis/apps/v1/namespaces/{namespace}"


def pods(namespace: str) -> str:
    """Where the pods of a namespace are."""
    return f"/api/v1/namespaces/{namespace}/pods"


APPS, PODS = apps("default"), pods("default")
Json = dict[str, Any]
_AT_ONCE = Script(ready=0, spread=0, stop=0)
_NEVER = replace(_AT_ONCE, ready=86_400)


class Hands:
    """Changes the cluster as an administrator; its pods become ready at once, and go when they are asked to."""

    def __init__(self, server: Kubernetes, *, token: str = "", unbound: bool = True) -> None:
        """`token` is that of the kubelets; with `unbound` pods run though no scheduler binds them to a node."""
        self.server = server
        self.broken: set[str] = set()
        """Images of which no pod becomes ready, until they are mended."""
        self._people = Client(server, "kubectl", patch=STRATEGIC)
        began = datetime.now(UTC)
        clock = Clock(began, [(began + timedelta(days=1), 86_400.0)])
        clock.start()
        client = Client(replace(server, token=token or server.token), "kubelet")
        self._kubelet = Kubelet(client, clock, self._script, setup=0, unbound=unbound)
        self._client = client

    def __enter__(self) -> "Hands":
        self._client.watch("Pod", self._kubelet.seen)
        return self

    def __exit__(self, *_: object) -> None:
        self._kubelet.stop()

    @property
    def ready(self) -> list[tuple[str, str, datetime]]:
        """Name and image of each pod that became ready, and when."""
        first = [act for act in self._kubelet.acts if act.what == "ready"]
        return [(act.pod, act.image, datetime.fromtimestamp(act.at, UTC)) for act in first]

    def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        return self._people.ask(method, path, body)

    def mend(self) -> None:
        """The pods of broken images become ready."""
        mended, self.broken = self.broken, set()
        for life in [*self._kubelet.lives.values()]:
            if life.ready is None and life.container["image"] in mended:
                self._kubelet.at(0, lambda life=life: self._kubelet.become_ready(life))

    def until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + 60
        while not true():
            assert time.monotonic() < end
            time.sleep(0.1)

    def since(self, pod: str) -> datetime:
        """When a pod was first reported ready."""
        return next(at for name, _, at in self.ready if name == pod)

    def report(self, pod: str, *, ready: bool) -> datetime:
        """The readiness of a pod changes; when it did."""
        life, now = self.life(pod), datetime.now(UTC)
        if ready:
            self._kubelet.become_ready(life, now.timestamp())
        else:
            self._kubelet.unready(life, now.timestamp())
        return now

    def set_status(self, pod: str, **container: Any) -> None:
        """Report something else of the container of a pod."""
        life = self.life(pod)
        life.state.update(container)
        self._kubelet.write(life)

    def life(self, pod: str) -> Life:
        """What the kubelets know of the newest pod of this name."""
        return [life for life in self._kubelet.lives.values() if life.name == pod][-1]

    def _script(self, pod: Json) -> Script:
        return _NEVER if pod["spec"]["containers"][0]["image"] in self.broken else _AT_ONCE


@contextlib.contextmanager
def running_hands(server: Kubernetes, *options: str) -> Iterator[Hands]:
    """A cluster of three nodes with its controllers, which have these options. Raises Missing if a program is."""
    with server.controller_manager(*options), Hands(server, token=server.node_token) as playing:
        for name in NODES:
            playing.ask("POST", "/api/v1/nodes", {"metadata": {"name": name}})
            ready = {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
            ready["lastHeartbeatTime"] = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
            playing.ask("PATCH", f"/api/v1/nodes/{name}/status", {"status": {"conditions": [ready]}})
        # The controllers act once they have made this.
        playing.until(lambda: playing.ask("GET", "/api/v1/namespaces/default/serviceaccounts")["items"])
        yield playing


def read(hands: Hands, *namespaces: str) -> tuple[list[Event], list[Document]]:
    """What the live API reports of the last minutes in these namespaces, or in all; and the documents."""
    now = datetime.now(UTC)
    window = Window(now - timedelta(minutes=5), now)
    settings = KubernetesSettings(kubeconfig=hands.server.kubeconfig, namespaces=list(namespaces) or None)
    source = KubernetesSource("k8s", settings, Scrubber())
    documents = [each for each in source.fetch(window, Deadline(60)) if isinstance(each, Document)]
    given = list(source.read(documents, window))
    # What pods did goes with them, and the API server may have begun to forget Events.
    known = re.compile("expired|went with the pods|who deleted or evicted")
    reasons = [each.reason for each in given if isinstance(each, Gap) and not known.search(each.reason)]
    assert not reasons, reasons
    return [each for each in given if isinstance(each, Event)], documents
