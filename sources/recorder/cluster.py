"""A cluster that is recorded: how to ask it, which resources to watch, and its identity."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Sequence

from kubernetes import client

from collector.secrets import Scrubber
from collector.source import Deadline, SourceError
from sources.bounded import Allowance
from sources.cluster.fields import objects, text
from sources.cluster.lists import LISTS
from sources.http import decoded
from sources.kube_api.api import FORBIDDEN, Api
from sources.kube_api.connect import connect
from sources.kube_api.settings import KubernetesSettings
from sources.recorder.steps import Stream
from sources.recorder.watch import Followed

_ASKING = 60.0
_SYSTEM = "kube-system"
"""The namespace with the uid that identifies the cluster, as many tools do."""


class Cluster:
    """One configured source of type `kubernetes`, to be recorded."""

    def __init__(self, settings: KubernetesSettings, scrubber: Scrubber) -> None:
        """Raises SourceError if there is no usable kubeconfig."""
        self.name = settings.cluster
        self._settings, self._scrubber = settings, scrubber
        self._lock = threading.Lock()
        self._client = self._connected()

    def _connected(self) -> client.ApiClient:
        configuration, _ = connect(self._settings, self._scrubber)
        # Each watch needs one connection.
        configuration.connection_pool_maxsize = len(LISTS) * len(self._settings.namespaces or "1") + 2
        return client.ApiClient(configuration)

    def renew(self) -> None:
        """Read the kubeconfig again before the next request: its credentials may have changed."""
        with self._lock, contextlib.suppress(SourceError):
            self._client = self._connected()

    def api(self, sleep: Callable[[float], object], seconds: float = _ASKING) -> Api:
        """The Api for one request, which may take `seconds` in all."""
        with self._lock:
            using = self._client

        def pause(wait: float) -> None:
            sleep(wait)

        deadline = Deadline(seconds)
        return Api(using, self._scrubber, self._settings.timeout, deadline, pause, Allowance(deadline))

    def identity(self, sleep: Callable[[float], object]) -> str:
        """The identity of the cluster: the uid of a namespace that every cluster has, else the server's address."""
        api = self.api(sleep)
        query = {"fieldSelector": f"metadata.name={_SYSTEM}"}
        answer = api.page("/api/v1/namespaces", query, "namespaces", {FORBIDDEN})
        if answer.status != FORBIDDEN:
            page = json.loads(decoded(answer, f"namespaces of kubernetes at {api.host}"))
            uid = next((text(item, "metadata", "uid") for item in objects(page, "items")), "")
            if uid:
                return f"uid:{uid}"
        return f"url:{api.host}"

    def followed(self, resources: Sequence[str]) -> Iterator[Followed]:
        """The resources to watch: each of these, in the configured namespaces or in all."""
        for what in LISTS:
            if what.name not in resources:
                continue
            if self._settings.namespaces is None:
                yield Followed(Stream(self.name, what.name, ""), what)
            elif what.namespaced:
                for namespace in self._settings.namespaces:
                    yield Followed(Stream(self.name, what.name, namespace), what)
