"""The whole command on a large cluster, against plain downloads of the same lists from the same API server."""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sources.kubernetes.lists import LISTS
from tests.bench.busy import END, START, Cluster, busy
from tests.bench.spent import Spent, spent
from tests.cli.command import COMMAND
from tests.servers.kubernetes import Kubernetes, kubernetes
from tests.servers.process import binary

PARTS = 10
"""50,000 Events and 5,000 pods."""
CURL, KUBECTL, OURS = "curl, same lists", "kubectl get events -A -o json", "pm-timeline"


@dataclass(frozen=True)
class Size:
    """What was measured on a cluster of one size."""

    cluster: Cluster
    best: Mapping[str, Spent]
    """Of several runs of each program."""
    timeline: Mapping[str, Any]
    """What ours gave, decoded."""

    @property
    def ratio(self) -> float:
        """Ours against curl, by the clock."""
        return self.best[OURS].seconds / self.best[CURL].seconds


@dataclass(frozen=True)
class Scale:
    """The same on a small cluster and on one ten times as large."""

    small: Size
    large: Size

    @property
    def growth(self) -> float:
        """How many times longer ours takes, by the clock."""
        return self.large.best[OURS].seconds / self.small.best[OURS].seconds

    def __str__(self) -> str:
        lines = []
        for size in (self.small, self.large):
            lines.append(f"scale: {len(size.cluster.events):,} Events, {size.cluster.pods:,} pods: wall s, CPU s, MB")
            for name, took in size.best.items():
                lines.append(f"  {name:<30} {took.seconds:6.2f} {took.cpu:6.2f} {took.megabytes:6.0f}")
            lines.append(f"  {size.ratio:.2f} times curl (allowed: 2)")
        memory = self.large.best[OURS].megabytes
        lines.append(
            f"  {self.growth:.1f} times as long as the small one (allowed: 10.5), {memory:.0f} MB (allowed: 200)"
        )
        return "\n".join(lines)


def scale(rounds: int = 3) -> Scale:
    """Measure each program on both, as often as told. Raises Missing if one is not on this machine."""
    for name in ("curl", "kubectl"):
        binary(name)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = stack.enter_context(kubernetes(folder / "kubernetes"))
        _load(cluster, busy(1), 0)
        small = _size(cluster, folder, busy(1), rounds + 2)
        whole = busy(PARTS)
        _load(cluster, whole, len(small.cluster.objects))
        return Scale(small, _size(cluster, folder, whole, rounds))


def _load(cluster: Kubernetes, of: Cluster, begin: int) -> None:
    cluster.put(of.objects[begin:])


def _size(cluster: Kubernetes, folder: Path, of: Cluster, rounds: int) -> Size:
    (folder / "pm-timeline.toml").write_text(
        f'[sources.kubernetes]\ntype = "kubernetes"\nkubeconfig = "{cluster.kubeconfig}"\ndeadline = 300\n'
    )
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "TZ": "UTC", "LANG": "C.UTF-8"}
    config = f"--kubeconfig={cluster.kubeconfig}"
    window = ["--from", START.isoformat(), "--to", END.isoformat()]
    commands = {
        CURL: _curl(cluster),
        KUBECTL: ["kubectl", config, "get", "events", "--all-namespaces", "--output=json"],
        OURS: [COMMAND, *window, "--format", "json"],
    }
    took: dict[str, list[Spent]] = {name: [] for name in commands}
    # In turn, so that a busy machine slows all of them.
    for _ in range(rounds):
        for name, command in commands.items():
            took[name].append(spent(command, folder, env))
    best = {name: _best(runs) for name, runs in took.items()}
    return Size(of, best, json.loads((folder / "out").read_text()))


def _curl(cluster: Kubernetes) -> Sequence[str]:
    command = ["curl", "--silent", "--show-error", "--fail", "--cacert", str(cluster.ca)]
    command += ["--header", f"Authorization: Bearer {cluster.token}"]
    for what in LISTS:
        if what.name != "secrets" and not what.custom:
            command += ["--output", f"{what.name}.json", f"{cluster.url}{what.path}/{what.name}"]
    return command


def _best(runs: Sequence[Spent]) -> Spent:
    """The least of the times, which others on the machine disturb; the most of the memory."""
    return Spent(min(r.seconds for r in runs), min(r.cpu for r in runs), max(r.megabytes for r in runs))
