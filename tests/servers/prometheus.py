"""A real Prometheus that holds given samples and scrapes nothing."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.servers.process import answers, binary, free_port, running, session, wait_until


@contextlib.contextmanager
def prometheus(folder: Path, openmetrics: str, rules: str = "") -> Iterator[str]:
    """Start it with the samples of an OpenMetrics text, however old, and yield its base URL.

    `rules` is the text of a rules file. Raises Missing if a program is missing.
    """
    program, promtool = binary("prometheus"), binary("promtool")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "samples.txt").write_text(openmetrics)
    filled = [promtool, "tsdb", "create-blocks-from", "openmetrics", "--quiet", "samples.txt", "data"]
    subprocess.run(filled, cwd=folder, capture_output=True, check=True)
    (folder / "rules.yml").write_text(rules or "groups: []\n")
    (folder / "prometheus.yml").write_text("rule_files: [rules.yml]\n")
    url = f"http://127.0.0.1:{free_port()}"
    arguments = [program, f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    arguments += ["--storage.tsdb.retention.time=100y", f"--web.listen-address={url.removeprefix('http://')}"]
    log = folder / "prometheus.log"
    with running(arguments, log) as process:
        wait_until(lambda: answers(session(), f"{url}/-/ready"), process, log)
        yield url
