"""An API server for the tests of several adapters, which leave it as they found it but for Events."""

import functools
from collections.abc import Iterator

import pytest

from tests.servers.kubernetes import Kubernetes, kubernetes
from tests.servers.process import require


@pytest.fixture(scope="session")
def api_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubernetes]:
    """Without controllers, but with the resource of Argo Rollouts."""
    require("etcd", "kube-apiserver", "openssl")
    with kubernetes(tmp_path_factory.mktemp("kubernetes")) as server:
        server.define_rollouts()
        yield server


@pytest.fixture(scope="session")
def models_of_aws() -> Iterator[None]:
    """What botocore knows of AWS' services is read once, and not by each of many sessions."""
    session = pytest.importorskip("botocore.session")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "create_loader", functools.cache(session.create_loader))
        yield
