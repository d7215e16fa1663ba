"""All scenarios, played at once: a cluster takes longer to start than any of them, and each of them mostly waits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from tests.controllers import forgotten, holds, pipeline, sets
from tests.servers.kubernetes import kubernetes
from tests.sources.kubernetes.hands import running_hands
from tests.sources.kubernetes_audit.log import POLICY
from tests.sources.recorder.recording import recording, store_of, told, until

Result = TypeVar("Result")


class Played(Struct, frozen=True):
    """What is left when the cluster is gone."""

    holds: holds.Seen
    pipeline: pipeline.Seen
    sets: sets.Seen
    forgotten: forgotten.Seen
    store: Path
    """What a recorder kept that ran meanwhile."""
    audit: Path
    """The folder of the audit log."""


def played(folder: Path) -> Played:
    """Play them, each in a namespace of its own. Raises Missing."""
    place = folder / "recorder"
    place.mkdir(parents=True)
    options = ("--use-service-account-credentials",)
    with (
        kubernetes(folder / "cluster", POLICY) as server,
        running_hands(server, *options) as hands,
        recording(place, server.kubeconfig),
        ThreadPoolExecutor() as threads,
    ):
        store = store_of(place)
        until(lambda: told(store, "nodes"))
        for name in (pipeline.NAMESPACE, sets.NAMESPACE, forgotten.NAMESPACE):
            hands.ask("POST", "/api/v1/namespaces", {"metadata": {"name": name}})

        def begun(play: Callable[[], Result]) -> Callable[[], Result]:
            return threads.submit(play).result

        results = (
            begun(lambda: holds.play(hands)),
            begun(lambda: pipeline.play(server)),
            begun(lambda: sets.play(hands)),
            begun(lambda: forgotten.play(hands, store)),
        )
        return Played(
            holds=results[0](),
            pipeline=results[1](),
            sets=results[2](),
            forgotten=results[3](),
            store=store,
            audit=server.audit_log.parent,
        )
