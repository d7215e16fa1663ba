"""A StatefulSet and a DaemonSet that are rolled over and back: the recording knows the middle of it, too."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.event import Event, Kind
from collector.merge import merge
from collector.secrets import Scrubber
from collector.stories.rollouts import rollouts
from collector.window import Window
from sources.kubernetes import KubernetesSettings, KubernetesSource
from tests.servers.process import require
from tests.sources.kubernetes.hands import APPS, Hands, running_hands
from tests.sources.kubernetes.workloads import workload
from tests.sources.recorder.reading import fetched, recorder
from tests.sources.recorder.recording import recording, store_of, told, until

SETS = (("StatefulSet", "statefulsets", "db"), ("DaemonSet", "daemonsets", "agent"))
_BUSY = timedelta(seconds=5)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hands, list[Event], list[Event]]]:
    """Who did it; what the cluster tells of it, and what was recorded."""
    require("etcd", "kube-apiserver", "kube-controller-manager", "openssl")
    folder: Path = tmp_path_factory.mktemp("recorded")
    with running_hands(tmp_path_factory.mktemp("hands")) as hands, recording(folder, hands.server.kubeconfig):
        store = store_of(folder)
        until(lambda: told(store, "nodes"))
        begun = datetime.now(UTC)
        for kind, resource, name in SETS:
            hands.ask("POST", f"{APPS}/{resource}", workload(kind, name))
            hands.until(lambda: hands.rolled(resource, name, "1.0.0"))  # noqa: B023 - called at once
            hands.image(resource, name, "1.1.0")
            hands.image(resource, name, "1.0.0")
        window = Window(begun, datetime.now(UTC))
        live = KubernetesSource("k8s", KubernetesSettings(kubeconfig=hands.server.kubeconfig), Scrubber())
        asked = fetched(live, window)[0]
        until(lambda: fetched(recorder(store), window)[0])
        yield hands, asked, fetched(recorder(store), window)[0]


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, _, name in SETS])
def test_every_rollout_has_its_pods_and_its_end(
    both: tuple[Hands, list[Event], list[Event]], kind: str, name: str
) -> None:
    hands, live, recorded = both
    for events in (recorded, [*live, *recorded]):
        found = [each for each in rollouts(merge(events)) if each.started.best.subject.workload == f"{kind}/{name}"]
        assert [(each.started.kind, each.keys.version, each.keys.replaces) for each in found] == [
            (Kind.ROLLOUT_STARTED, "1.0.0", ""),
            (Kind.ROLLOUT_STARTED, "1.1.0", "1.0.0"),
            (Kind.ROLLBACK_STARTED, "1.0.0", "1.1.0"),
        ]
        for rollout in found:
            image = f"db:{rollout.keys.version}"
            ours = [at for pod, of, at in hands.ready if pod.startswith(f"{name}-") and of == image]
            assert len(rollout.ready) == 3
            for fact in rollout.ready:
                assert any(fact.best.earliest <= at <= fact.best.latest for at in ours), fact.best
            assert rollout.completed
            end = rollout.completed.best
            assert any(end.earliest - _BUSY <= at <= end.latest for at in ours)
