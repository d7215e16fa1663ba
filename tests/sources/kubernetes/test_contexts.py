"""Several clusters out of one kubeconfig, through the real command."""

import json
from pathlib import Path

from tests.cli.command import pm_timeline
from tests.sources.kubernetes.api_server import CANARY, Reply, Server, refusal
from tests.sources.kubernetes.cluster import Web, at

WINDOW = ("--from", "2026-05-04 12:00", "--to", "12:30", "--tz", "UTC", "--format", "json")


def serving(version: str) -> Server:
    """A cluster in which Deployment shop/web was rolled out at 12:01:40."""
    web = Web()
    web.running("1.0.0", at(-90000))
    web.roll(web.replica_set(version, at(100)), at(100))
    lists = web.cluster()

    def reply(path: str) -> Reply:
        name = path.partition("?")[0].rpartition("/")[2]
        return 200, {}, json.dumps({"metadata": {}, "items": lists.get(name, [])})

    return Server(reply)


def test_each_context_is_a_source_and_what_is_called_the_same_in_two_clusters_is_two(tmp_path: Path) -> None:
    with serving("1.1.0") as europe, serving("2.0.0") as america, Server(lambda _: refusal(403)) as asia:
        servers = {"europe": europe, "america": america, "asia": asia}
        config = {
            "clusters": [{"name": name, "cluster": {"server": server.url}} for name, server in servers.items()],
            "users": [{"name": "u", "user": {"token": CANARY}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": "u"}} for name in servers],
            "current-context": "asia",
        }
        (tmp_path / "kubeconfig").write_text(json.dumps(config))
        same = 'type = "kubernetes"\nkubeconfig = "kubeconfig"\n'
        tables = (f'[sources.{name}]\n{same}context = "{name}"\ncluster = "{name}"\n' for name in servers)
        (tmp_path / "pm-timeline.toml").write_text("".join(tables))
        done = pm_timeline(*WINDOW, folder=tmp_path)
    assert done.code == 0, done.err
    told = json.loads(done.out)
    starts = [row for row in told["rows"] if row["kind"] == "rollout.started"]
    assert sorted((row["text"].partition(" (")[0], tuple(row["sources"])) for row in starts) == [
        ("Rollout of web-frontend 1.1.0 in europe starts", ("europe",)),
        ("Rollout of web-frontend 2.0.0 in america starts", ("america",)),
    ]
    assert [(source["source"], source["failed"]) for source in told["coverage"]] == [
        ("europe", False),
        ("america", False),
        ("asia", True),
    ]
    assert CANARY not in done.out + done.err
