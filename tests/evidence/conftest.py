"""The play is played once; the table of what each kind of evidence told is printed at the end of the test run."""

from collections.abc import Iterator

import pytest

from tests.evidence.evidence import Evidence, collected
from tests.evidence.play import played
from tests.servers.process import or_skip, require

TABLE = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """What is left of it."""
    require("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "openssl", "prometheus", "promtool")
    folder = tmp_path_factory.mktemp("evidence")
    with or_skip(), played(folder / "cluster") as play, collected(play, folder) as found:
        yield found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table, if it was made."""
    if TABLE in config.stash:
        terminalreporter.section("seconds from the truth, and how exact it is told")
        for line in config.stash[TABLE]:
            terminalreporter.write_line(line)
