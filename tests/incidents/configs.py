"""ConfigMaps and Secrets: the API has who wrote them last, and when."""

from collections.abc import Iterator
from datetime import datetime

from tests.incidents.ids import Object, stamp, uid
from tests.incidents.world import World


class Config:
    """One ConfigMap or Secret that somebody writes now and then."""

    def __init__(
        self,
        world: World,
        namespace: str,
        name: str,
        since: str = "40 days before 09:12:00",
        *,
        manager: str = "kubectl-client-side-apply",
        secret: bool = False,
        labels: dict[str, str] | None = None,
    ) -> None:
        """It was made by `manager`."""
        self.world, self.namespace, self.name, self.secret = world, namespace, name, secret
        self._since = world.moment(since)
        self._labels = labels or {}
        self._written: dict[str, datetime] = {manager: self._since}
        self._deleted = False
        world.parts.append(self)

    def change(self, when: str, by: str) -> None:
        """Its data is changed."""

        def write() -> None:
            self._written[by] = self.world.now

        self.world.at(when, write)

    def delete(self, when: str) -> None:
        """Nothing remains of it."""

        def delete() -> None:
            self._deleted = True

        self.world.at(when, delete)

    def objects(self) -> Iterator[Object]:
        """The object, with its data."""
        if self._deleted or self._since > self.world.now:
            return
        yield {
            "apiVersion": "v1",
            "kind": "Secret" if self.secret else "ConfigMap",
            **({"type": "Opaque"} if self.secret else {}),
            "metadata": {
                "name": self.name,
                "namespace": self.namespace,
                "uid": uid("config", self.namespace, self.name),
                "creationTimestamp": stamp(self._since),
                **({"labels": self._labels} if self._labels else {}),
                "managedFields": [
                    {"manager": manager, "operation": "Update", "apiVersion": "v1", "time": stamp(at)}
                    for manager, at in self._written.items()
                ],
            },
            "data": {} if self.secret else {"settings.yaml": "level: info\n"},
        }
