"""A real Prometheus: one that holds given samples and scrapes nothing, one that evaluates rules now."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers.process import answers, binary, free_port, running, session, wait_until


@contextlib.contextmanager
def prometheus(folder: Path, openmetrics: str, rules: str = "", external_url: str = "") -> Iterator[str]:
    """Start it with the samples of an OpenMetrics text, however old, and yield its base URL.

    `rules` is the text of a rules file, `external_url` what it takes for its own address. Raises Missing if one is
    missing.
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
    arguments += [f"--web.external-url={external_url}", "--web.route-prefix=/"] if external_url else []
    log = folder / "prometheus.log"
    with running(arguments, log) as process:
        wait_until(lambda: answers(session(), f"{url}/-/ready"), process, log)
        yield url


@contextlib.contextmanager
def evaluating(folder: Path, rules: str, alertmanager: str) -> Iterator[str]:
    """Start it with nothing to scrape but itself, each second, as often as it evaluates; yield its base URL.

    `alertmanager` is where it sends alerts to. Started again in the same folder, it goes on with what it has.
    """
    program = binary("prometheus")
    folder.mkdir(parents=True, exist_ok=True)
    address, receiver = f"127.0.0.1:{free_port()}", urlsplit(alertmanager)
    (folder / "rules.yml").write_text(rules)
    (folder / "prometheus.yml").write_text(
        f"""
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [rules.yml]
scrape_configs:
  - job_name: prometheus
    static_configs: [targets: ["{address}"]]
alerting:
  alertmanagers:
    - path_prefix: "{receiver.path}"
      static_configs: [targets: ["{receiver.netloc}"]]
"""
    )
    arguments = [program, f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    # It finds the receiver only after 5 s: what it could not send by then it sends again, and what it did send holds
    # for four times this.
    arguments += [f"--web.listen-address={address}", "--rules.alert.resend-delay=3s"]
    log = folder / "prometheus.log"
    with running(arguments, log) as process:
        wait_until(lambda: answers(session(), f"http://{address}/-/ready"), process, log)
        yield f"http://{address}"
