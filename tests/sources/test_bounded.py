"""Servers whose answers have no end, or none that fits into memory."""

import resource
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from kubernetes import client

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, SourceError, Unreachable
from sources import bounded
from sources.aws.client import Client as AwsClient
from sources.aws.settings import AwsSettings
from sources.bounded import Allowance
from sources.kube_api.api import Api
from sources.promql.client import Client
from sources.promql.settings import PromqlSettings
from sources.web import Web, authorisation
from tests.examples import few

MIB = 2**20
Send = Callable[[BaseHTTPRequestHandler, threading.Event], None]


def packed() -> tuple[bytes, bytes]:
    """The head of a gzip stream, and a piece of it that may follow any number of times: a MiB of spaces each time."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = packer.compress(b" " * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    return head, packer.compress(b" " * MIB) + packer.flush(zlib.Z_FULL_FLUSH)


def bomb(handler: BaseHTTPRequestHandler, _: threading.Event) -> None:
    head, piece = packed()
    body = head + 3000 * piece
    handler.send_header("Content-Encoding", "gzip")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def endless(handler: BaseHTTPRequestHandler, over: threading.Event) -> None:
    handler.send_header("Content-Encoding", "gzip")
    handler.end_headers()
    head, piece = packed()
    handler.wfile.write(head)
    while not over.is_set():
        handler.wfile.write(piece)


def drip(handler: BaseHTTPRequestHandler, over: threading.Event) -> None:
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    while not over.wait(0.05):
        handler.wfile.write(b" ")


@contextmanager
def serving(send: Send, status: int = 200) -> Iterator[str]:
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            send(self, over)

        def do_POST(self) -> None:
            # A connection that is closed with something unread loses what was sent.
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def log_message(self, *_: object) -> None: ...

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that hangs up is what this is about."""

    server = Quiet(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        over.set()
        server.shutdown()
        server.server_close()


def by_web(url: str, deadline: Deadline) -> None:
    with Web(authorisation(None, "", Scrubber()), Scrubber(), deadline, 10, lambda _: None) as web:
        web.get(f"{url}/", "the thing")


def by_promql(url: str, deadline: Deadline) -> None:
    with Client(PromqlSettings.model_validate({"url": url}), Scrubber(), deadline, lambda _: None) as prometheus:
        prometheus.at("the thing", "up", 1_775_000_000)


def by_kubernetes(url: str, deadline: Deadline) -> None:
    with client.ApiClient(client.Configuration(host=url)) as connection:
        Api(connection, Scrubber(), 10, deadline, lambda _: None, Allowance(deadline)).page(
            "/api/v1/pods", {}, "the thing", set()
        )


def by_aws(url: str, deadline: Deadline) -> None:
    settings = AwsSettings(regions=["eu-central-1"], endpoint_url=url)
    client = AwsClient(settings, Scrubber(), deadline, lambda _: None)
    # What is asked has a name of AWS.
    try:
        client.document("codedeploy.thing", "eu-central-1", "ListDeployments", {})
    except SourceError as error:
        raise type(error)(error.reason.replace("ListDeployments of codedeploy", "the thing"), error.hint) from None


CLIENTS = {"web": by_web, "promql": by_promql, "kubernetes": by_kubernetes, "aws": by_aws}


@pytest.fixture(autouse=True)
def aws_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-of-aws-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.parametrize(
    ("send", "ask"),
    [
        # 128 MiB are unpacked each time.
        pytest.param(send, ask, id=f"{send.__name__}-{name}", marks=pytest.mark.thorough if dear else ())
        for send, dears in ((bomb, ("kubernetes", "promql", "aws")), (endless, ("kubernetes", "promql", "aws")))
        for name, ask in CLIENTS.items()
        for dear in (name in dears,)
    ],
)
def test_an_answer_that_unpacks_to_gigabytes_is_not_read_to_its_end(
    ask: Callable[[str, Deadline], None], send: Send
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with serving(send) as url, pytest.raises(BadAnswer, match=r"the thing.*larger than 128 MiB"):
        ask(url, Deadline(60))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * 1024 < 800 * MIB


@pytest.mark.parametrize("ask", few(CLIENTS.values(), 4), ids=CLIENTS)
def test_an_answer_that_drips_ends_with_the_deadline(ask: Callable[[str, Deadline], None]) -> None:
    began = time.monotonic()
    with serving(drip) as url, pytest.raises(Unreachable, match=r"the thing.*still coming when the 1 s were over"):
        ask(url, Deadline(1))
    assert time.monotonic() - began < 8


def by_impatient_web(url: str) -> None:
    with Web(authorisation(None, "", Scrubber()), Scrubber(), Deadline(1), 0.3, lambda _: None) as web:
        web.get(f"{url}/", "the thing")


def by_impatient_promql(url: str) -> None:
    settings = PromqlSettings.model_validate({"url": url, "timeout": 0.3})
    with Client(settings, Scrubber(), Deadline(1), lambda _: None) as prometheus:
        prometheus.at("the thing", "up", 1_775_000_000)


@pytest.mark.parametrize("ask", [by_impatient_web, by_impatient_promql])
def test_an_answer_that_stops_in_the_middle_is_no_failed_connection(ask: Callable[[str], None]) -> None:
    def stalled(handler: BaseHTTPRequestHandler, over: threading.Event) -> None:
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"{")
        over.wait(60)

    with serving(stalled) as url, pytest.raises(Unreachable, match=r"the thing.*: no answer within 0\.3 s"):
        ask(url)


def test_a_refusal_without_end_is_still_the_refusal_it_is() -> None:
    with serving(endless, 403) as url, pytest.raises(Denied, match="403"):
        by_web(url, Deadline(60))


def test_all_answers_of_a_source_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    def small(handler: BaseHTTPRequestHandler, _: threading.Event) -> None:
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b" " * 1000)

    allowance = bounded.Allowance(Deadline(60), largest=2000, most=2500)
    monkeypatch.setattr("sources.web.Allowance", lambda _: allowance)
    with serving(small) as url, Web(authorisation(None, "", Scrubber()), Scrubber(), Deadline(60), 10) as web:
        for _ in range(2):
            web.get(f"{url}/", "the thing")
        with pytest.raises(SourceError, match="the thing: all answers together are larger than"):
            web.get(f"{url}/", "the thing")


def test_an_answer_that_is_not_packed_as_it_claims_is_named() -> None:
    def damaged(handler: BaseHTTPRequestHandler, _: threading.Event) -> None:
        handler.send_header("Content-Encoding", "gzip")
        handler.end_headers()
        handler.wfile.write(b'{"items": []}')

    with serving(damaged) as url, pytest.raises(BadAnswer, match="the thing: the answer cannot be unpacked"):
        by_web(url, Deadline(60))
