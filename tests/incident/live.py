"""The incident, served by real servers."""

import contextlib
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from tests.incident import metrics
from tests.servers.github import github
from tests.servers.kubernetes import Kubernetes, kubernetes
from tests.servers.process import ROOT
from tests.servers.prometheus import prometheus

FIXTURE = ROOT / "fixtures" / "checkout-incident"
NOTES = FIXTURE / "notes.md"
TOKEN = "canary-of-github-4f1d"
LINKS = "https://prometheus.example.com"
"""Where the links of the demo lead: its Prometheus is on no reader's machine."""


class Live(Struct, frozen=True):
    """The three servers, loaded with the incident."""

    prometheus_url: str
    kubernetes: Kubernetes
    github_url: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the program needs in its environment, also without a configuration file."""
        return {
            "PROMETHEUS_URL": self.prometheus_url,
            "KUBECONFIG": str(self.kubernetes.kubeconfig),
            "GITHUB_API_URL": self.github_url,
            "GITHUB_REPOSITORY": "acme/checkout",
            "GITHUB_TOKEN": TOKEN,
        }

    @property
    def config(self) -> str:
        """The text of a `pm-timeline.toml` that names all of them; the token is in `environment`."""
        return f"""\
[sources.prometheus]
type = "prometheus"
url = "{self.prometheus_url}"
link_url = "{LINKS}"

[sources.kubernetes]
type = "kubernetes"
kubeconfig = "{self.kubernetes.kubeconfig}"

[sources.github]
type = "github"
repository = "acme/checkout"
api_url = "{self.github_url}"
token_env = "GITHUB_TOKEN"

[sources.github-search]
type = "github"
repository = "acme/search"
api_url = "{self.github_url}"
token_env = "GITHUB_TOKEN"
"""


def objects() -> list[dict[str, Any]]:
    """The recorded Kubernetes objects."""
    found: list[dict[str, Any]] = json.loads(gzip.decompress((FIXTURE / "kubernetes.json.gz").read_bytes()))
    return found


def openmetrics() -> str:
    """The samples of Prometheus."""
    return metrics.openmetrics(json.loads((FIXTURE / "pods.json").read_text()))


@contextlib.contextmanager
def live_incident(folder: Path) -> Iterator[Live]:
    """Start all three with their state in `folder`, and yield when they are loaded. Raises Missing."""
    with (
        prometheus(folder / "prometheus", openmetrics()) as prometheus_url,
        kubernetes(folder / "kubernetes") as cluster,
        github(FIXTURE / "github", TOKEN) as github_url,
    ):
        cluster.put(objects())
        yield Live(prometheus_url, cluster, github_url)
