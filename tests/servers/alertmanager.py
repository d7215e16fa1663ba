"""A real Alertmanager that notifies nobody."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.servers.process import answers, binary, free_port, running, session, wait_until

_CONFIG = """
route: {receiver: nobody, group_wait: 1s}
receivers: [{name: nobody}]
inhibit_rules:
  - source_matchers: ['severity="critical"']
    target_matchers: ['severity="warning"']
    equal: [service]
"""


@contextlib.contextmanager
def alertmanager(folder: Path) -> Iterator[str]:
    """Start it and yield its base URL, with a path. Critical alerts inhibit warnings of the same `service`."""
    program = binary("prometheus-alertmanager")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "alertmanager.yml").write_text(_CONFIG)
    address = f"127.0.0.1:{free_port()}"
    url = f"http://{address}/am"
    arguments = [program, f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/data"]
    arguments += [f"--web.listen-address={address}", f"--web.external-url={url}", "--cluster.listen-address="]
    log = folder / "alertmanager.log"
    with running(arguments, log) as process:
        wait_until(lambda: answers(session(), f"{url}/-/ready"), process, log)
        yield url
