"""What tests ask of an API server: objects as plain JSON, watched and changed."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import requests

from tests.servers import process
from tests.servers.kubernetes import Kubernetes

Json = dict[str, Any]
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
PATHS = {
    "ConfigMap": "/api/v1/{}configmaps",
    "ControllerRevision": "/apis/apps/v1/{}controllerrevisions",
    "CronJob": "/apis/batch/v1beta1/{}cronjobs",
    "Deployment": "/apis/apps/v1/{}deployments",
    "Event": "/api/v1/{}events",
    "HorizontalPodAutoscaler": "/apis/autoscaling/v1/{}horizontalpodautoscalers",
    "Job": "/apis/batch/v1/{}jobs",
    "Namespace": "/api/v1/{}namespaces",
    "Node": "/api/v1/{}nodes",
    "Pod": "/api/v1/{}pods",
    "ReplicaSet": "/apis/apps/v1/{}replicasets",
    "StatefulSet": "/apis/apps/v1/{}statefulsets",
}


class Client:
    """One client of the API server; its name ends up in managedFields."""

    def __init__(self, server: Kubernetes, name: str, agent: str = "", *, patch: str = MERGE) -> None:
        """`name` is sent as the user agent and field manager, for example `kubelet`; `agent` instead of the first.

        `patch` is how what it patches is merged: `MERGE`, or `STRATEGIC` where lists are merged by their keys.
        """
        self._patch = patch
        self._server = server
        self._name = name
        self._agent = agent or f"{name}/v1.20.2"
        self._local = threading.local()

    def list(self, kind: str) -> Json:
        """All objects of a kind in all namespaces, with the resourceVersion of the list."""
        return self.ask("GET", PATHS[kind].format(""))

    def create(self, item: Json) -> Json:
        """Create an object."""
        return self.ask("POST", _place(item), item)

    def patch(self, item: Json, change: Json, sub: str = "") -> Json:
        """Apply a JSON merge patch to an object or to one of its subresources."""
        path = f"{_place(item)}/{item['metadata']['name']}"
        return self.ask("PATCH", f"{path}/{sub}" if sub else path, change)

    def delete(self, item: Json, options: Json) -> None:
        """Delete an object; that it is gone already is fine."""
        try:
            self.ask("DELETE", f"{_place(item)}/{item['metadata']['name']}", options)
        except requests.HTTPError as error:
            if error.response.status_code not in (404, 409):
                raise

    def evict(self, meta: Json) -> None:
        """Evict the pod of this name and namespace."""
        path = f"{_place({'kind': 'Pod', 'metadata': meta})}/{meta['name']}/eviction"
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": meta}
        try:
            self.ask("POST", path, body)
        except requests.HTTPError as error:
            if error.response.status_code != 400:
                raise
            # Before Kubernetes 1.22.
            self.ask("POST", path, body | {"apiVersion": "policy/v1beta1"})

    def watch(self, kind: str, seen: Callable[[str, Json, float], None]) -> None:
        """Call `seen(type, object, Unix seconds of arrival)` for every version from now on, in a thread."""
        listed = self.list(kind)
        arrived = time.time()
        for item in listed.get("items", []):
            seen("ADDED", {**item, "kind": kind}, arrived)
        version = listed["metadata"]["resourceVersion"]
        threading.Thread(target=self._follow, args=(kind, version, seen), daemon=True).start()

    def _follow(self, kind: str, version: str, seen: Callable[[str, Json, float], None]) -> None:
        asked = {"watch": "1", "resourceVersion": version, "timeoutSeconds": "7200"}
        try:
            with self._session().get(
                self._server.url + PATHS[kind].format(""), params=asked, stream=True, timeout=(10, None)
            ) as answer:
                for line in answer.iter_lines(chunk_size=None):
                    arrived = time.time()
                    change = json.loads(line)
                    seen(change["type"], change["object"], arrived)
        except requests.RequestException:
            return  # the server was stopped: the recording is over

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = process.session(self._server.ca, self._server.token)
            self._local.session.headers["User-Agent"] = self._agent
        made: requests.Session = self._local.session
        return made

    def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        """The answer to any request, decoded; `path` may have a query. Raises requests.HTTPError."""
        kind = self._patch if method == "PATCH" else "application/json"
        manager = {} if method in ("GET", "DELETE") or "?" in path else {"fieldManager": self._name}
        answer = self._session().request(
            method,
            self._server.url + path,
            params=manager,
            data=None if body is None else json.dumps(body),
            headers={"Content-Type": kind},
            timeout=30,
        )
        answer.raise_for_status()
        decoded: Json = answer.json()
        return decoded


def _place(item: Json) -> str:
    namespace = item["metadata"].get("namespace")
    return PATHS[item["kind"]].format(f"namespaces/{namespace}/" if namespace else "")
