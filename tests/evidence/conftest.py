"""The play, as it is kept or played anew."""

from collections.abc import Iterator

import pytest

from tests.evidence.evidence import Evidence, collected
from tests.evidence.kept import Files, keep, kept
from tests.evidence.play import played
from tests.examples import rarely
from tests.servers.process import or_skip, require


@pytest.fixture(scope="session", params=["kept", rarely("played")])
def evidence(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """What is left of it."""
    if request.param == "kept":
        yield kept(Files())
        return
    require("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "openssl", "prometheus", "promtool")
    folder = tmp_path_factory.mktemp("evidence")
    with or_skip(), played(folder / "cluster") as play, collected(play, folder) as found:
        keep(found, folder, Files(folder))
        yield found
