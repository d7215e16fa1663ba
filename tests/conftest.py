"""Fixtures for all tests."""

from collections.abc import Iterator

import pytest

from tests.incident.live import Live, live_incident
from tests.servers.process import require


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The recorded incident on a real Prometheus, a real Kubernetes API server and a local GitHub."""
    require("prometheus", "promtool", "etcd", "kube-apiserver", "openssl")
    with live_incident(tmp_path_factory.mktemp("live")) as servers:
        yield servers
