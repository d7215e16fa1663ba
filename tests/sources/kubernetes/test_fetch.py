import base64
import contextlib
import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap, RateLimited, SourceError, Unreachable
from sources.cluster.lists import DEPLOYMENT_CONFIGS, LISTS, NAMES
from sources.kube_api.reduce import reduced
from sources.kube_api.settings import KubernetesSettings
from sources.kubernetes.fetch import fetch
from tests.sources.kubernetes.api_server import CANARY, Reply, Server, refusal

IN_NAMESPACES = [name for name in NAMES if name != "nodes"]


def page(*names: str, token: str = "") -> Reply:
    items = [{"metadata": {"name": name, "uid": name}} for name in names]
    return 200, {}, json.dumps({"metadata": {"continue": token}, "items": items})


def kubeconfig(folder: Path, url: str, user: dict[str, Any] | None = None, **context: str) -> Path:
    path = folder / "kubeconfig"
    config = {
        "clusters": [{"name": "c", "cluster": {"server": url}}],
        "users": [{"name": "u", "user": user or {"token": CANARY}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u", **context}}],
        "current-context": "x",
    }
    path.write_text(json.dumps(config))
    return path


def run(path: Path | None, **more: Any) -> tuple[list[Document], list[Gap], SourceError | None, list[float]]:
    """What fetch gives, how it ends, and how long it would have slept; fails if the token shows anywhere."""
    slept: list[float] = []
    scrubber = Scrubber()
    settings = KubernetesSettings(**({"kubeconfig": path} if path else {}), **{"timeout": 2.0, "secrets": True, **more})
    given: list[Document | Gap] = []
    ended: SourceError | None = None
    try:
        given.extend(fetch(settings, scrubber, Deadline(20), slept.append))
    except SourceError as error:
        ended = error
    documents = [each for each in given if isinstance(each, Document)]
    gaps = [each for each in given if isinstance(each, Gap)]
    said = [*(text for gap in gaps for text in (gap.reason, gap.hint)), *(each.asked + each.text for each in documents)]
    said += [ended.reason, ended.hint] if ended else []
    assert all(CANARY not in scrubber.scrub(text) for text in said)
    return documents, gaps, ended, slept


def test_every_list_is_read_to_its_end(tmp_path: Path) -> None:
    def reply(path: str) -> Reply:
        if "/events" in path and "continue" not in path:
            return page("a", "b", token="next/1")
        return page("c")

    with Server(reply) as server:
        documents, gaps, ended, _ = run(kubeconfig(tmp_path, server.url))
    assert (gaps, ended) == ([], None)
    # A page of each of the largest lists in turn: Events, pods, Events.
    assert [each.call for each in documents] == [*NAMES[:2], "events", *NAMES[2:]]
    assert documents[0].asked == f"GET {server.url}/api/v1/events?limit=2000"
    assert documents[2].asked == f"GET {server.url}/api/v1/events?limit=2000&continue=next/1"
    assert documents[3].asked == f"GET {server.url}/apis/apps/v1/replicasets?limit=500"
    assert server.tokens == {f"Bearer {CANARY}"}


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (refusal(500), Unreachable, "still answered 500 after 3"),
        (refusal(401), Denied, "401"),
        (refusal(403), Denied, "may not list events, pods, replicasets, "),
        (refusal(404), BadAnswer, "answered 404"),
        (refusal(302, Location="http://127.0.0.1:9/"), BadAnswer, "answered 302"),
        (refusal(429, Retry_After="3600"), RateLimited, "3600 s"),
        ((200, {}, "<html>Log in</html>"), BadAnswer, "HTML instead of JSON"),
        ((200, {}, '{"items": [{"meta'), BadAnswer, "not valid JSON"),
        ((200, {}, "[]"), BadAnswer, "no list"),
        ((200, {"Content-Length": "5000"}, '{"items": []}'), Unreachable, "broke before the answer was complete"),
    ],
    ids=["500", "401", "403", "404", "302", "429", "html", "cut", "list", "short"],
)
def test_a_bad_answer_is_an_error_that_says_what(
    tmp_path: Path, reply: Reply, error: type[SourceError], words: str
) -> None:
    with Server(lambda _: reply) as server:
        documents, _, ended, _ = run(kubeconfig(tmp_path, server.url))
    assert documents == []
    assert type(ended) is error
    assert words in ended.reason
    assert f"kubernetes at {server.url}" in ended.reason


@pytest.mark.usefixtures("patient")
def test_a_limit_is_waited_for(tmp_path: Path) -> None:
    replies = [refusal(429, Retry_After="7"), refusal(503)]
    with Server(lambda _: replies.pop() if replies else page("a")) as server:
        documents, gaps, ended, slept = run(kubeconfig(tmp_path, server.url))
    assert (len(documents), gaps, ended) == (len(NAMES), [], None)
    assert slept == [0.5, 7]


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    ended = run(kubeconfig(tmp_path, url))[2]
    assert isinstance(ended, Unreachable)
    assert ended.reason == f"kubernetes at {url}: connection refused"


def test_a_name_that_is_not_there(tmp_path: Path) -> None:
    ended = run(kubeconfig(tmp_path, f"http://user:{CANARY}@no.such.host.invalid"))[2]
    assert isinstance(ended, Unreachable)
    assert ended.reason == "kubernetes at http://no.such.host.invalid: its name is not known"


@contextlib.contextmanager
def deaf() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"//127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_never_answers(tmp_path: Path, scheme: str) -> None:
    with deaf() as url:
        ended = run(kubeconfig(tmp_path, f"{scheme}:{url}"), timeout=0.2)[2]
    assert isinstance(ended, Unreachable)
    assert "no answer within 0.2 s" in ended.reason or "no connection within 0.2 s" in ended.reason


def test_https_spoken_to_by_http(tmp_path: Path) -> None:
    with Server(lambda _: page("a")) as server:
        ended = run(kubeconfig(tmp_path, server.url.replace("http:", "https:")))[2]
    assert isinstance(ended, Unreachable)
    assert "TLS" in ended.reason


@pytest.mark.parametrize("times", [1, 2])
def test_a_list_that_expires_is_begun_again_once(tmp_path: Path, times: int) -> None:
    left = [refusal(410)] * times

    def reply(path: str) -> Reply:
        if "/pods" not in path:
            return page("a")
        return (left.pop() if left else page("c")) if "continue" in path else page("a", "b", token="t")

    with Server(reply) as server:
        documents, gaps, ended, _ = run(kubeconfig(tmp_path, server.url))
    pods = [[item["metadata"]["name"] for item in each.json()["items"]] for each in documents if each.call == "pods"]
    assert ended is None
    assert [each.call for each in documents][-1] == NAMES[-1]
    if times == 1:
        assert (pods, gaps) == ([["a", "b"], ["a", "b"], ["c"]], [])
    else:
        assert pods == [["a", "b"], ["a", "b"]]
        assert [gap.reason for gap in gaps] == ["pods: truncated, the list expired while it was read"]


def test_a_list_whose_pages_never_end_is_left_after_the_first_that_repeats(tmp_path: Path) -> None:
    with Server(lambda path: page("a", token="t" if "/pods" in path else "")) as server:
        documents, gaps, ended, _ = run(kubeconfig(tmp_path, server.url))
    assert ended is None
    assert [each.call for each in documents].count("pods") == 2
    assert [gap.reason for gap in gaps] == [
        "pods: truncated, the server names a page as the next one that it has sent already"
    ]


def test_a_missing_right_costs_only_its_list(tmp_path: Path) -> None:
    with Server(
        lambda path: refusal(403) if "/pods" in path or path.endswith("spaces?limit=500") else page("a")
    ) as server:
        documents, gaps, ended, _ = run(kubeconfig(tmp_path, server.url))
    assert [each.call for each in documents] == [name for name in NAMES if name != "pods"]
    assert [gap.reason for gap in gaps] == ["may not list pods (all namespaces)"]
    assert "list on pods" in gaps[0].hint
    assert ended is None


def test_without_the_right_for_all_namespaces_those_are_asked_that_may_be(tmp_path: Path) -> None:
    def reply(path: str) -> Reply:
        if path == "/api/v1/namespaces":
            return page("shop", "bank")
        return page("a") if "/namespaces/shop/" in path else refusal(403)

    with Server(reply) as server:
        documents, gaps, ended, _ = run(kubeconfig(tmp_path, server.url))
    assert documents[0].asked == f"GET {server.url}/api/v1/namespaces/shop/events?limit=2000"
    reasons = [f"may list {', '.join(IN_NAMESPACES)} in shop only", "may not list nodes (all namespaces)"]
    assert [gap.reason for gap in gaps] == reasons
    assert server.asked.count("/api/v1/namespaces") == 1
    assert [each.call for each in documents] == IN_NAMESPACES
    assert ended is None


def test_the_namespace_of_the_context_is_asked_as_a_last_resort(tmp_path: Path) -> None:
    with Server(lambda path: page("a") if "/namespaces/mine/" in path else refusal(403)) as server:
        documents, gaps, _, _ = run(kubeconfig(tmp_path, server.url, namespace="mine"))
    assert [each.call for each in documents] == IN_NAMESPACES
    assert gaps[0].reason.endswith("in mine only")


def test_configured_namespaces_are_the_only_ones_asked(tmp_path: Path) -> None:
    with Server(lambda path: refusal(403) if "/bank/" in path else page("a")) as server:
        documents, gaps, ended, _ = run(kubeconfig(tmp_path, server.url), namespaces=["shop", "bank"])
    assert [each.call for each in documents] == IN_NAMESPACES
    assert [gap.reason for gap in gaps] == [f"may not list {', '.join(IN_NAMESPACES)} (bank)"]
    elsewhere = [path for path in server.asked if "/namespaces/shop/" not in path and "/namespaces/bank/" not in path]
    # Whether the cluster has them at all.
    assert elsewhere == [what.group for what in (*LISTS, DEPLOYMENT_CONFIGS) if what.custom]
    assert ended is None


@pytest.mark.parametrize(
    ("resources", "listed"),
    [(["deploymentconfigs", "deploymentconfigs/scale"], True), (["other"], False), ([], False)],
)
def test_replication_controllers_are_listed_where_openshift_has_deployment_configs(
    resources: list[str], listed: bool, tmp_path: Path
) -> None:
    """Every cluster has the resource, and hardly any uses it otherwise."""
    group: Reply = 200, {}, json.dumps({"resources": [{"name": name} for name in resources]})

    with Server(lambda path: group if path == DEPLOYMENT_CONFIGS.group else page("a")) as server:
        documents, gaps, ended, _ = run(kubeconfig(tmp_path, server.url))
    assert ([one.call for one in documents if one.call == "replicationcontrollers"] != []) == listed
    assert (gaps, ended) == ([], None)


def test_who_may_list_one_namespace_alone_and_asks_about_it_lists_that_without_a_gap(tmp_path: Path) -> None:
    with Server(lambda path: page("a") if "/namespaces/shop/" in path else refusal(403)) as server:
        documents, gaps, ended, _ = run(kubeconfig(tmp_path, server.url), asked_namespaces=["shop"])
        missing, left, _, _ = run(kubeconfig(tmp_path, server.url), asked_namespaces=["shop", "bank"])
    assert ended is None
    assert {each.call for each in documents} >= {"events", "pods"}
    assert not any("/namespaces/bank/" in each.asked or "may list" in each.asked for each in documents)
    assert [gap.reason for gap in gaps] == ["may not list nodes (all namespaces)"]
    assert {each.call for each in missing} == {each.call for each in documents}
    assert any("(bank)" in gap.reason for gap in left)


def test_who_may_list_everything_does_whatever_is_asked_about(tmp_path: Path) -> None:
    with Server(lambda path: page("a")) as server:
        documents, gaps, _, _ = run(kubeconfig(tmp_path, server.url), asked_namespaces=["shop"])
    assert not any("/namespaces/shop/" in each.asked for each in documents)
    assert gaps == []


@pytest.mark.parametrize("status", [403, 404])
def test_a_cluster_without_argo_rollouts_is_no_gap(status: int, tmp_path: Path) -> None:
    """Who may list everything is told that it is not there; who may not, that it is forbidden."""

    def reply(path: str) -> Reply:
        if path == "/apis/argoproj.io/v1alpha1":
            return refusal(404)
        return refusal(status) if path.startswith("/apis/argoproj.io") else page("a")

    with Server(reply) as server:
        documents, gaps, ended, _ = run(kubeconfig(tmp_path, server.url), namespaces=["shop"])
    assert [each.call for each in documents] == [
        name for name in IN_NAMESPACES if name not in ("rollouts", "analysisruns")
    ]
    assert (gaps, ended) == ([], None)


def test_a_group_that_another_project_shares_has_no_rollouts(tmp_path: Path) -> None:
    """Argo CD has its Applications in the group of Argo Rollouts; that they may not be listed is no gap then."""

    def reply(path: str) -> Reply:
        if path == "/apis/argoproj.io/v1alpha1":
            return 200, {}, json.dumps({"kind": "APIResourceList", "resources": [{"name": "applications"}]})
        return refusal(403) if path.startswith("/apis/argoproj.io") else page("a")

    with Server(reply) as server:
        _, gaps, ended, _ = run(kubeconfig(tmp_path, server.url), namespaces=["shop"])
    assert (gaps, ended) == ([], None)


def failing(tmp_path: Path, *command: str) -> dict[str, Any]:
    api = "client.authentication.k8s.io/v1"
    return {"exec": {"apiVersion": api, "command": command[0], "args": list(command[1:]), "interactiveMode": "Never"}}


def test_a_plugin_that_fails_is_named_and_its_output_is_not_shown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    handlers = list(logging.getLogger().handlers)
    for command, words, remedy in [
        (("sh", "-c", f"echo {CANARY} >&2; exit 3"), "plugin sh failed with exit code 3", "by hand"),
        (("no-such-plugin",), "no-such-plugin is not installed", "install it"),
        (("echo", CANARY), "plugin echo printed something else", "by hand"),
    ]:
        ended = run(kubeconfig(tmp_path, "http://127.0.0.1:9", failing(tmp_path, *command)))[2]
        assert isinstance(ended, Denied)
        assert words in ended.reason
        assert CANARY not in ended.reason
        assert remedy in ended.hint
    assert caplog.records == []
    assert CANARY not in "".join(capfd.readouterr())
    assert logging.getLogger().handlers == handlers


def test_secrets_of_the_kubeconfig_are_known(tmp_path: Path) -> None:
    scrubber = Scrubber()
    user = {"username": "u", "password": CANARY}
    settings = KubernetesSettings(kubeconfig=kubeconfig(tmp_path, "http://127.0.0.1:9", user), timeout=0.1)
    with pytest.raises(Unreachable):
        list(fetch(settings, scrubber, Deadline(5), lambda _: None))
    basic = base64.b64encode(f"u:{CANARY}".encode()).decode()
    assert CANARY not in scrubber.scrub(f"{CANARY} {basic}")
    assert basic not in scrubber.scrub(basic)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "does not exist"),
        ("", "is empty"),
        ("- a\n", "is malformed"),
        ("\0", "is not valid YAML"),
        ("a: &a [*a, *b]", "is not valid YAML"),
        (f"a: [{CANARY}", "is not valid YAML (line 1)"),
        ("[]", "is malformed"),
        (f"users: [{{name: u, user: {{token: {CANARY}}}}}]", "has no current-context"),
        (f"current-context: gone\ncontexts: [{{name: {CANARY}}}]", "its current-context does not exist"),
        ("current-context: x\ncontexts: [{name: x, context: {cluster: c}}]", "the cluster of the context is not in it"),
        ("current-context: x\ncontexts: 7", "is malformed"),
    ],
)
def test_a_broken_kubeconfig_is_named(tmp_path: Path, text: str | None, words: str) -> None:
    path = tmp_path / "config"
    if text is not None:
        path.write_text(text)
    ended = run(path)[2]
    assert ended is not None
    assert f"kubeconfig {path}" in ended.reason
    assert words in ended.reason
    assert CANARY not in ended.reason


def test_a_context_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path, "http://127.0.0.1:9")
    (name,) = [each["name"] for each in yaml.safe_load(path.read_text())["contexts"]]
    for wrong, guess in (("prod", ""), (f"{name}x", f"; did you mean {name}?")):
        ended = run(path, context=wrong)[2]
        assert ended is not None
        assert ended.reason.endswith(f"it has no context '{wrong}'{guess}")
        assert ended.hint == f"there are: {name}"


@pytest.mark.parametrize("token", ["canary-first canary-second", "canary-first\ncanary-second", "canary-first\x00"])
def test_a_token_that_yaml_folded_over_two_lines_is_refused_and_no_half_of_it_shows(tmp_path: Path, token: str) -> None:
    settings = KubernetesSettings(kubeconfig=kubeconfig(tmp_path, "http://127.0.0.1:9", {"token": token}))
    scrubber = Scrubber()
    with pytest.raises(Denied, match="has spaces or line breaks") as refused:
        list(fetch(settings, scrubber, Deadline(5)))
    assert "canary" not in f"{refused.value.reason} {refused.value.hint}"
    echoed = scrubber.scrub(f"Bearer {token}; {token.split()[0]}; {token.split()[-1]}")
    assert "canary" not in echoed


def test_a_token_too_short_to_be_masked_is_refused(tmp_path: Path) -> None:
    ended = run(kubeconfig(tmp_path, "http://127.0.0.1:9", {"token": "ab"}))[2]
    assert ended is not None
    assert ended.reason.startswith("the token in the kubeconfig has fewer than 4 characters")


def test_a_line_break_after_the_token_is_none_of_it(tmp_path: Path) -> None:
    with Server(lambda _: page("a")) as server:
        assert run(kubeconfig(tmp_path, server.url, {"token": f"{CANARY}\n"}))[2] is None


def test_the_configuration_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(lambda _: page("a")) as server:
        monkeypatch.setenv("KUBECONFIG", str(kubeconfig(tmp_path, server.url)))
        assert len(run(None)[0]) == len(NAMES)
        monkeypatch.setenv("KUBECONFIG", str(tmp_path / "gone"))
        ended = run(None)[2]
        assert ended is not None
        assert "from $KUBECONFIG" in ended.reason
        monkeypatch.delenv("KUBECONFIG")
        monkeypatch.setenv("HOME", str(tmp_path))
        ended = run(None)[2]
        assert ended is not None
        assert ended.reason.startswith("no kubeconfig")


def test_drivers_of_volumes_take_passwords_and_analyses_arguments() -> None:
    volumes: list[dict[str, object]] = [
        {"name": "a", "csi": {"driver": "x", "volumeAttributes": {"password": CANARY}}},
        {"name": "b", "flexVolume": {"driver": "x", "options": {"password": CANARY}}},
        {"name": "c", "secret": {"secretName": "c", "items": [{"key": "k", "path": CANARY}]}},
        {"name": "d", "projected": {"sources": [{"configMap": {"name": "d"}}, {"x": {"y": CANARY}}]}},
        {"name": "e", "persistentVolumeClaim": {"claimName": "e"}},
    ]
    template = {"spec": {"containers": [], "volumes": volumes}}
    analysis = {"templates": [{"templateName": "t"}], "args": [{"name": "key", "value": CANARY}]}
    spec = {"template": template, "strategy": {"canary": {"steps": [{"analysis": analysis}]}}}
    kept = reduced({"items": [{"metadata": {"name": "web"}, "spec": spec}]})
    assert CANARY not in json.dumps(kept)
    assert kept["items"][0]["spec"]["template"]["spec"]["volumes"] == [
        {"name": "a", "csi": {}},
        {"name": "b", "flexVolume": {}},
        {"name": "c", "secret": {"secretName": "c"}},
        {"name": "d", "projected": {"sources": [{"configMap": {"name": "d"}}, {"x": {}}]}},
        {"name": "e", "persistentVolumeClaim": {"claimName": "e"}},
    ]


def test_that_an_annotation_of_a_template_changed_is_seen_and_not_what_it_is() -> None:
    def noted(**notes: str) -> dict[str, str]:
        template = {"metadata": {"annotations": {"checksum/config": "c1", **notes}}, "spec": {}}
        found: dict[str, str] = reduced({"spec": {"template": template}})["spec"]["template"]["metadata"]["annotations"]
        return found

    one, again, other = (noted(password=value) for value in (CANARY, CANARY, f"{CANARY}2"))
    assert one == again != other
    assert CANARY not in repr((one, other))
    assert one["checksum/config"] == "c1"


def test_what_may_hold_secrets_is_left_out() -> None:
    probe = {"httpGet": {"path": f"/{CANARY}", "port": 8080, "httpHeaders": [{"value": CANARY}]}, "periodSeconds": 5}
    variables = [
        {"name": "PASSWORD", "value": CANARY},
        {"name": "URL", "valueFrom": {"configMapKeyRef": {"name": "web", "key": "url", "x": CANARY}}},
    ]
    container = {"name": "web", "image": "web:1", "env": variables, "args": [CANARY], "livenessProbe": probe}
    container["lifecycle"] = {"preStop": {"exec": {"command": [CANARY]}}}
    template = {"spec": {"containers": [container], "initContainers": [container], "volumes": [{"name": "v"}]}}
    tools = (
        "kubectl.kubernetes.io/last-applied-configuration",
        "kapp.k14s.io/original",
        "objectset.rio.cattle.io/applied",
    )
    notes = {**dict.fromkeys(tools, f'{{"env": "{CANARY}"}}'), "deployment.kubernetes.io/revision": "7"}
    meta = {"annotations": notes, "managedFields": [{"manager": "kubectl", "time": "t", "fieldsV1": {"f:x": CANARY}}]}
    kept = reduced({"items": [{"metadata": meta, "spec": {"template": template}}]})
    assert CANARY not in json.dumps(kept)
    (item,) = kept["items"]
    assert item["metadata"] == {
        "annotations": {"deployment.kubernetes.io/revision": "7"},
        "managedFields": [{"manager": "kubectl", "time": "t"}],
    }
    (of_web,) = item["spec"]["template"]["spec"]["containers"]
    assert of_web == {
        "name": "web",
        "image": "web:1",
        "env": [
            {"name": "PASSWORD"},
            {"name": "URL", "valueFrom": {"configMapKeyRef": {"name": "web", "key": "url"}}},
        ],
        "args": ["…"],
        "livenessProbe": {"periodSeconds": 5, "httpGet": {"port": 8080}},
    }


def test_of_configmaps_and_secrets_no_content_is_asked_for_and_none_is_kept(tmp_path: Path) -> None:
    notes = {"annotations": {"tool": CANARY}, "managedFields": [{"manager": "helm", "time": "t", "fieldsV1": CANARY}]}
    item = {"metadata": {"name": "a", "labels": {"app": "web"}, **notes}, "data": {"k": CANARY}, "stringData": CANARY}
    with Server(lambda _: (200, {}, json.dumps({"items": [item]}))) as server:
        documents = run(kubeconfig(tmp_path, server.url))[0]
        assert "secrets" not in {each.call for each in run(kubeconfig(tmp_path, server.url), secrets=False)[0]}
    only = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    asked = {path: accepted for path, accepted in server.accepted.items() if accepted == only}
    assert sorted(asked) == ["/api/v1/configmaps", "/api/v1/secrets"]
    for document in documents:
        if document.call in ("configmaps", "secrets"):
            kept = {"name": "a", "labels": {"app": "web"}, "managedFields": [{"manager": "helm", "time": "t"}]}
            assert document.json() == {"items": [{"metadata": kept}]}


@pytest.mark.parametrize("refused", [False, True])
def test_endpoint_slices_are_asked_for_only_of_services_without_a_selector(tmp_path: Path, *, refused: bool) -> None:
    specs: dict[str, dict[str, Any]] = {
        "kubernetes": {"ports": []},
        "web": {"selector": {"app": "web"}},
        "mail": {"type": "ExternalName", "externalName": "mail.example.com"},
    }

    def reply(path: str) -> Reply:
        if "/endpointslices" in path:
            return refusal(403) if refused else page("old-database-1")
        if path == "/apis/discovery.k8s.io/v1":
            return 200, {}, json.dumps({"resources": [{"name": "endpointslices"}]})
        if "/services" not in path:
            return page("a")
        metas = [{"name": name, "namespace": "default", "uid": name} for name in specs]
        items = [{"metadata": meta, "spec": specs[meta["name"]]} for meta in metas]
        return 200, {}, json.dumps({"metadata": {}, "items": items})

    with Server(reply) as server:
        documents, gaps, ended, _ = run(kubeconfig(tmp_path, server.url))
        assert ([each.call for each in documents], gaps, ended) == (list(NAMES), [], None)
        specs["old-database"] = {"ports": [{"port": 5432}]}
        documents, gaps, ended, _ = run(kubeconfig(tmp_path, server.url))
    assert ended is None
    if refused:
        assert [gap.reason for gap in gaps] == ["may not list endpointslices (all namespaces)"]
        assert [each.call for each in documents] == list(NAMES)
    else:
        assert [each.call for each in documents] == [*NAMES, "endpointslices"]
        assert documents[-1].asked.endswith(
            "?labelSelector=kubernetes.io%2Fservice-name+in+%28old-database%29&limit=500"
        )
