"""What Mimir, Thanos, VictoriaMetrics and Grafana Cloud document, answered by a local server."""

import base64
import ssl
import subprocess
from email.message import Message
from pathlib import Path

import pytest
from pydantic import ValidationError

from collector.secrets import MASK, Scrubber
from collector.source import BadAnswer, Denied, Document, Gap, RateLimited, SourceError, Unreachable
from sources.prometheus import PrometheusSettings
from sources.promql.series import asked
from tests.servers.process import binary, require
from tests.sources.prometheus.samples import document, read
from tests.sources.prometheus.server import Reply, Server, empty, error, fetch, ok

CANARY = "canary-of-a-header-93b2"
CHUNKS = (
    "the query exceeded the maximum number of chunks (limit: 2000000 chunks) (err-mimir-max-chunks-per-query). "
    "Consider reducing the time range and/or number of series selected by the query. One way to reduce the number of "
    "selected series is to add more label matchers to the query. Otherwise, to adjust the related per-tenant limit, "
    "configure -querier.max-fetched-chunks-per-query, or contact your service administrator."
)


def mimir(path: str, headers: Message) -> Reply:
    """Of tenant `shop`, under its usual prefix, as through a gateway that wants a key."""
    if not headers["X-Scope-OrgID"]:
        return 401, {"Content-Type": "text/plain"}, "no org id\n"
    if not path.startswith("/prometheus/api/v1/"):
        return 404, {"Content-Type": "text/plain"}, "404 page not found\n"
    if headers["X-Scope-OrgID"] != "shop" or headers["X-Gateway-Key"] not in (None, f"Key {CANARY}"):
        return 403, {}, f"{'no ' * 60}{headers['X-Gateway-Key']}"
    if "query=ALERTS_FOR_STATE" in path:
        return error(422, "execution", CHUNKS)
    return empty(path)


def test_mimir_is_asked_for_its_tenant_and_its_limits_reach_the_user() -> None:
    with Server(mimir) as server:
        given = fetch(f"{server.url}/prometheus/", headers={"X-Scope-OrgID": "shop"})
    [gap] = [one for one in given if isinstance(one, Gap)]
    assert gap.reason.endswith(f"answered 422: {CHUNKS}")
    assert "shorter window" in gap.hint
    assert [one.call for one in given if isinstance(one, Document)] == ["names", "alive", "alerts"]


@pytest.mark.parametrize(
    ("path", "settings", "kind", "said"),
    [
        ("/prometheus", {}, Denied, ["401: no org id", "X-Scope-OrgID"]),
        ("", {"headers": {"X-Scope-OrgID": "shop"}}, BadAnswer, ["404: 404 page not found", '"/prometheus"']),
        ("/prometheus", {"headers": {"X-Scope-OrgID": "other"}}, Denied, ["403"]),
    ],
)
def test_what_is_missing_for_mimir_is_named(
    path: str, settings: dict[str, object], kind: type[SourceError], said: list[str]
) -> None:
    with Server(mimir) as server, pytest.raises(kind) as caught:
        fetch(server.url + path, **settings)
    assert [part for part in said if part not in caught.value.reason + caught.value.hint] == []


def test_secret_headers_are_sent_and_appear_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"headers": {"X-Scope-OrgID": "shop"}, "headers_env": {"X-Gateway-Key": "GATEWAY_KEY"}}
    with Server(mimir) as server:
        with pytest.raises(Denied, match="GATEWAY_KEY is not set"):
            fetch(f"{server.url}/prometheus", **settings)
        assert server.asked == []
        monkeypatch.setenv("GATEWAY_KEY", f"Key {CANARY}")
        given = fetch(f"{server.url}/prometheus", **settings)
        assert CANARY not in repr(given)
        monkeypatch.setenv("GATEWAY_KEY", f"Basic {CANARY}")
        scrubber = Scrubber()
        with pytest.raises(Denied, match="403") as caught:
            fetch(f"{server.url}/prometheus", scrubber=scrubber, **settings)
    # The server echoes it, and reasons are cut short, so it is taken out before.
    assert MASK in caught.value.reason
    assert CANARY[:8] not in caught.value.reason
    assert CANARY not in scrubber.scrub(f"it is {CANARY}")
    monkeypatch.setenv("GATEWAY_KEY", f"{CANARY}\nHost: other")
    with pytest.raises(Denied, match="characters that no header has") as broken:
        fetch("http://127.0.0.1:1", **settings)
    assert CANARY not in broken.value.reason


def test_a_limit_on_requests_is_told_in_the_words_of_the_server() -> None:
    text = "the request has been rejected because the tenant exceeded the request rate limit (err-mimir-tenant-max-x)"
    limited = error(429, "too_many_requests", text)
    with Server(lambda path, headers: limited) as server, pytest.raises(RateLimited) as caught:
        fetch(server.url)
    assert caught.value.reason.endswith(text)
    assert len(server.asked) == 3


def test_of_a_long_reason_both_ends_are_kept() -> None:
    # VictoriaMetrics repeats the whole question first.
    text = f'error when executing query="{"x" * 5000}" for (time=1): too many points: cannot exceed -search.max'
    with Server(lambda path, headers: error(422, "422", text)) as server, pytest.raises(BadAnswer) as caught:
        fetch(server.url)
    assert caught.value.reason.endswith("too many points: cannot exceed -search.max")
    assert 'answered 422: error when executing query="xxx' in caught.value.reason
    assert len(caught.value.reason) < 700


def test_partial_answers_are_used_and_told_once() -> None:
    # Thanos answers 200 with what it has; VictoriaMetrics' cluster says isPartial.
    down = "receive series from Addr: 10.0.0.7:10901 LabelSets: {}:\n rpc error: code = Unavailable"

    def thanos(path: str, headers: Message) -> Reply:
        data = ok([]) if "/label/" in path else None
        return data or ok({"result": []}, warnings=[down, "No StoreAPIs matched for this query"], infos=["odd name"])

    with Server(thanos) as server:
        given = fetch(f"{server.url}/thanos", params={"partial_response": "true", "max_source_resolution": "0s"})
    assert all("partial_response=true&max_source_resolution=0s" in path for path in server.paths)
    documents = [one for one in given if isinstance(one, Document)]
    assert [asked(one.asked).base for one in documents] == [f"{server.url}/thanos"] * 4
    page = document("alerts", "http://prom/api/v1/query?query=ALERTS%5B60s%5D&time=60", {"result": []}, isPartial=True)
    _, gaps = read([*documents, page, page])
    assert [gap.reason for gap in gaps if gap.hint.startswith("the server's own warning")] == [
        "alerts, alerts_for_state, alive: No StoreAPIs matched for this query",
        "alerts, alerts_for_state, alive: odd name",
        f"alerts, alerts_for_state, alive: {down.replace(chr(10), '')}",
        "alerts: the answer is partial",
    ]


def test_without_the_endpoint_for_names_every_counter_is_asked_for() -> None:
    def proxy(path: str, headers: Message) -> Reply:
        return (404, {}, "404 page not found") if "/label/" in path else empty(path)

    with Server(proxy) as server:
        given = fetch(server.url)
    assert isinstance(given[0], Gap)
    assert "answered 404" in given[0].reason
    counted = [asked(one.asked).query for one in given if isinstance(one, Document) and one.call == "series"]
    assert {"http_requests_total", 'istio_requests_total{reporter="destination"}'} <= set(counted)


def test_grafana_cloud_takes_user_and_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", "glc_" + CANARY)
    expected = "Basic " + base64.b64encode(f"123456:glc_{CANARY}".encode()).decode()

    def cloud(path: str, headers: Message) -> Reply:
        right = headers["Authorization"] == expected and path.startswith("/api/prom/api/v1/")
        return empty(path) if right else (401, {}, '{"status":"error","error":"authentication error: invalid token"}')

    with Server(cloud) as server:
        assert len(fetch(f"{server.url}/api/prom", username="123456", token_env="GRAFANA_TOKEN")) == 4
        with pytest.raises(Denied, match="authentication error: invalid token"):
            fetch(f"{server.url}/api/prom", token_env="GRAFANA_TOKEN")


def test_a_proxy_whose_own_path_looks_like_the_api_is_no_trouble() -> None:
    base = "https://kube.example.com/api/v1/namespaces/monitoring/services/prometheus:9090/proxy"
    assert asked(f"GET {base}/api/v1/query?query=up%5B60s%5D&time=60").base == base
    assert asked(f"GET {base}/api/v1/label/__name__/values?start=1&end=2").base == base


def test_proxies_of_the_environment_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    with Server(empty) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        assert len(fetch("http://prometheus.internal")) == 4
        assert proxy.paths[0].startswith("http://prometheus.internal/api/v1/label/")
    with pytest.raises(Unreachable, match=r"no connection to the proxy http://127\.0\.0\.1:\d+ \(connection refused\)"):
        fetch("http://prometheus.internal")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority, certificates of a server and a client signed by it, and a key with a passphrase."""
    require("openssl")
    folder = tmp_path_factory.mktemp("tls")
    (folder / "ext").write_text("subjectAltName=IP:127.0.0.1\nauthorityKeyIdentifier=keyid\n")
    commands = [
        "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=ca -keyout ca.key -out ca.crt"
        " -addext keyUsage=critical,keyCertSign,cRLSign"
    ]
    for name in ("server", "client"):
        commands += [
            f"req -newkey rsa:2048 -nodes -subj /CN={name} -keyout {name}.key -out {name}.csr",
            f"x509 -req -in {name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile ext -out {name}.crt",
        ]
    for command in (*commands, "rsa -aes128 -passout pass:x -in client.key -out locked.key"):
        subprocess.run([binary("openssl"), *command.split()], cwd=folder, capture_output=True, check=True)
    (folder / "both.pem").write_text((folder / "client.crt").read_text() + (folder / "client.key").read_text())
    return folder


def test_certificates_of_both_sides(certificates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates / "client.crt"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificates / "server.crt", certificates / "server.key")
    tls.load_verify_locations(certificates / "ca.crt")
    tls.verify_mode = ssl.CERT_REQUIRED
    authority, mine, key, locked = (
        str(certificates / name) for name in ("ca.crt", "client.crt", "client.key", "locked.key")
    )
    with Server(empty, tls) as server:
        assert len(fetch(server.url, ca_file=authority, cert_file=mine, key_file=key)) == 4
        assert len(fetch(server.url, ca_file=authority, cert_file=str(certificates / "both.pem"))) == 4
        with pytest.raises(Unreachable, match="certificate is not trusted") as untrusted:
            fetch(server.url, cert_file=mine, key_file=key)
        assert untrusted.value.hint == "see ca_file"
        with pytest.raises(Unreachable) as nameless:
            fetch(server.url, ca_file=authority)
        assert "cert_file" in nameless.value.hint, nameless.value.reason
    for files, said in (
        ({"ca_file": "/no/such"}, "ca_file /no/such cannot be used: no such file"),
        ({"ca_file": key}, "it is not PEM"),
        ({"cert_file": mine, "key_file": locked}, "has a passphrase"),
        ({"cert_file": mine, "key_file": str(certificates / "server.key")}, "the key does not fit"),
        ({"cert_file": mine}, "it is not PEM"),
    ):
        with pytest.raises(Denied, match=said):
            fetch("https://127.0.0.1:1", **files)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"headers": {"Authorization": f"Bearer {CANARY}"}}, "looks secret; use headers_env"),
        ({"headers": {"Cookie": CANARY}}, "looks secret; use headers_env"),
        ({"headers": {"X-Scope-OrgID": f"a\r\n{CANARY}"}}, "printable ASCII"),
        ({"headers": {"X Y": "a"}}, "is no name of a header"),
        ({"headers": {"X-Y": "a"}, "headers_env": {"x-y": "B"}}, "x-y is set twice"),
        ({"headers_env": {"authorization": "B"}, "token_env": "C"}, "authorization is set twice"),
        ({"params": {"query": "up"}}, "set by the questions themselves"),
        ({"params": {"api_key": CANARY}}, "looks secret"),
        ({"key_file": "/a"}, "set cert_file too"),
        ({"url": "https://mimir/prometheus/api/v1/query"}, "must end before /api/v1/query"),
        ({"url": "https://cloud/api/prom/push"}, "must end before /push"),
    ],
)
def test_settings_that_cannot_work_are_refused_without_quoting_secrets(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said) as caught:
        PrometheusSettings.model_validate({"url": "http://prom", **given})
    assert CANARY not in "".join(one["msg"] for one in caught.value.errors())
