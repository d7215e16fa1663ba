"""Fixtures of the tests against the real controllers."""

from collections.abc import Iterator

import pytest

from tests.servers.process import require
from tests.sources.kubernetes.hands import Hands, running_hands


@pytest.fixture(scope="module")
def hands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hands]:
    require("etcd", "kube-apiserver", "kube-controller-manager", "openssl")
    with running_hands(tmp_path_factory.mktemp("hands")) as playing:
        yield playing
