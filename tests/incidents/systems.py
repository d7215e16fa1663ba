"""Systems that take part in an incident beside the cluster, Prometheus and GitHub, as servers to be asked."""

import contextlib
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct

from tests.servers.aws import aws as serving_aws
from tests.servers.gitlab import Gitlab
from tests.servers.kubernetes import Kubernetes
from tests.servers.web import serving
from tests.sources.aws.account import REGION, Account
from tests.sources.flags import logs
from tests.sources.flags.logs import LaunchDarkly
from tests.sources.git.clones import Clone
from tests.sources.jenkins.payloads import ms
from tests.sources.terraform.payloads import Cloud

TOKEN = "canary-of-incidents-93c1"
Started = tuple[dict[str, object], Mapping[str, str]]
"""The settings of its source, and the addresses in them with what they are to be called."""


class System(Struct, frozen=True):
    """One of them."""

    type: str
    """Of its source."""
    start: Callable[[contextlib.ExitStack, Path, Kubernetes], Started]
    """Given a folder that is not there yet, and the cluster, whose objects are there already."""


def in_cluster(type_: str, **settings: object) -> System:
    """What has its objects in the cluster: `argocd`, `flux`, `helm`."""

    def start(_stack: contextlib.ExitStack, _folder: Path, cluster: Kubernetes) -> Started:
        return {"kubeconfig": str(cluster.kubeconfig), **settings}, {}

    return System(type_, start)


def gitlab(server: Gitlab, **settings: object) -> System:
    """GitLab with one project."""

    def answer(path: str, query: Mapping[str, str], _headers: Mapping[str, str]) -> tuple[int, Any]:
        status, body, page = server(path, query)
        # So short are its lists that all is on the first page.
        assert not page, f"{path}?{urlencode(query)}"
        return status, body

    return _web("gitlab", answer, {"projects": [server.project["path_with_namespace"]], **settings}, "git.example.com")


def launchdarkly(entries: Sequence[dict[str, Any]], **settings: object) -> System:
    """LaunchDarkly with one project, `shop`."""
    log = LaunchDarkly(entries)

    def answer(path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, Any]:
        known = headers.get("authorization") == TOKEN
        return log(path, query, {"authorization": logs.TOKEN}) if known else (401, {"message": "invalid token"})

    return _web("launchdarkly", answer, {"projects": ["shop"], **settings}, "app.launchdarkly.com")


def jenkins(
    jobs: Mapping[str, Sequence[dict[str, Any]]],
    stages: Mapping[tuple[str, int], tuple[str, list[dict[str, Any]]]],
    **settings: object,
) -> System:
    """Jenkins with these jobs and their builds, the last first; of some builds with their start and their stages."""
    class_ = "org.jenkinsci.plugins.workflow.job.WorkflowJob"

    def answer(path: str, query: Mapping[str, str], _headers: Mapping[str, str]) -> tuple[int, Any]:
        if path == "/api/json":
            known = [
                {"_class": class_, "name": name, "color": "blue", "lastBuild": builds[0]}
                for name, builds in jobs.items()
            ]
            return 200, {"_class": "hudson.model.Hudson", "jobs": known}
        _, _, name, *rest = path.split("/")
        if rest == ["api", "json"]:
            first, end = map(int, query["tree"].rpartition("{")[2].rstrip("}").split(","))
            listed = "allBuilds" if "allBuilds" in query["tree"] else "builds"
            return 200, {"_class": class_, listed: list(jobs[name][first:end])}
        started, ran = stages.get((name, int(rest[0])), ("", []))
        return 200, {"id": rest[0], "startTimeMillis": ms(started) if started else 0, "stages": ran}

    return _web("jenkins", answer, {"username": "reader", **settings}, "ci.example.com")


def aws(account: Account, **settings: object) -> System:
    """An account of AWS in one region."""

    def start(stack: contextlib.ExitStack, _folder: Path, _cluster: Kubernetes) -> Started:
        url = stack.enter_context(serving_aws(account.answer))
        return {"regions": [REGION], "endpoint_url": url, **settings}, {url: f"https://{REGION}.amazonaws.example.com"}

    return System("aws", start)


def terraform(cloud: Cloud, **settings: object) -> System:
    """HCP Terraform with one organization, `acme`."""
    return _web("terraform", cloud.answer, {"organization": "acme", **settings}, "app.terraform.io")


Merged = Sequence[tuple[str, str, str]]
"""(time, who, message) of what was merged, the oldest first."""


def commits_of(merged: Merged) -> list[str]:
    """The commits that a clone of it has: they are the same each time."""
    with tempfile.TemporaryDirectory() as folder:
        made = Clone(Path(folder) / "clone")
        return [made.commit(message, clock, who) for clock, who, message in merged]


def clone(merged: Merged, **settings: object) -> System:
    """A clone of git."""

    def start(_stack: contextlib.ExitStack, folder: Path, _cluster: Kubernetes) -> Started:
        made = Clone(folder)
        for clock, who, message in merged:
            made.commit(message, clock, who)
        return {"clone": str(folder), **settings}, {str(folder): "/home/oncall/src/config"}

    return System("git", start)


def _web(type_: str, answer: Any, settings: dict[str, object], host: str) -> System:
    def start(stack: contextlib.ExitStack, _folder: Path, _cluster: Kubernetes) -> Started:
        url = stack.enter_context(serving(answer))
        return {"url": url, "token_env": "TOKEN", **json.loads(json.dumps(settings))}, {url: f"https://{host}"}

    return System(type_, start)
