"""What was played, once for all tests here."""

import pytest

from tests.controllers.played import Played, played
from tests.servers.process import require


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """What is left of it."""
    require("etcd", "kube-apiserver", "kube-controller-manager", "openssl")
    return played(tmp_path_factory.mktemp("controllers"))
