"""However slow each system is, all of them together take little longer than the slowest."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from collector.gather import gather
from collector.secrets import Scrubber
from sources.registry import build
from tests.bench.measured_again import best_of_three
from tests.collector.build import WINDOW
from tests.sources.asking import posted
from tests.sources.examples import over_http, settings_at
from tests.sources.github.counted import cost_of
from tests.sources.playing import playing
from tests.sources.prometheus.server import Reply

pytestmark = pytest.mark.bench
DELAYS = (0.4, 0.6, 0.8, 1.0)
"""Seconds before each answer, a server for each."""


@pytest.fixture
def servers() -> Iterator[list[str]]:
    """Addresses of Alertmanagers that have nothing, each slower than the one before."""
    running = [ThreadingHTTPServer(("127.0.0.1", 0), _handler(delay)) for delay in DELAYS]
    for server in running:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield [f"http://127.0.0.1:{server.server_port}" for server in running]
    for server in running:
        server.shutdown()
        server.server_close()


def _handler(delay: float) -> type[BaseHTTPRequestHandler]:
    class Delayed(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(delay)
            body = json.dumps([]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the interface
            pass

    return Delayed


def _took(urls: list[str]) -> float:
    scrubber = Scrubber()
    sources = [build(f"s{number}", "alertmanager", {"url": url}, scrubber) for number, url in enumerate(urls)]
    begun = time.monotonic()
    found = gather(sources, WINDOW, lambda source, deadline: source.fetch(WINDOW, deadline), scrubber)
    assert not any(coverage.failed for coverage in found.coverage)
    return time.monotonic() - begun


def test_the_whole_takes_little_longer_than_the_slowest(servers: list[str]) -> None:
    alone = [_took([url]) for url in servers]
    print(f"the slowest alone {max(alone):.2f} s, one after the other {sum(alone):.2f} s")
    together = best_of_three(lambda: _took(servers), lambda took: took <= 1.2 * max(alone))
    assert together <= 1.2 * max(alone)


EVERY = 1.0
"""Seconds before each answer of any system."""
SYSTEMS = [type_ for type_ in over_http() if type_ != "aws"]
"""All but AWS, which takes credentials from whoever runs this."""


def test_of_systems_of_every_type_the_whole_takes_little_longer_than_the_slowest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def slowly(type_: str) -> Callable[[str, Mapping[str, str]], Reply]:
        play = playing(type_)

        def reply(path: str, headers: Mapping[str, str]) -> Reply:
            time.sleep(EVERY)
            return play(path, headers)

        return reply

    with contextlib.ExitStack() as stack:
        asked = {type_: stack.enter_context(posted(slowly(type_))) for type_ in SYSTEMS}

        def took(types: list[str]) -> float:
            scrubber = Scrubber()
            sources = []
            for type_ in types:
                folder = tmp_path / f"{type_}-{len(types)}"
                folder.mkdir(exist_ok=True)
                settings = settings_at(type_, asked[type_].url, folder, "a-token-of-the-bench")
                sources.append(build(type_, type_, settings, scrubber))
            begun = time.monotonic()
            gather(sources, WINDOW, lambda source, deadline: source.fetch(WINDOW, deadline), scrubber)
            return time.monotonic() - begun

        def both() -> tuple[float, float]:
            for one in asked.values():
                one.asked.clear()
            together = took(SYSTEMS)
            most = max(SYSTEMS, key=lambda type_: len(asked[type_].asked))
            return together, took([most])

        took(SYSTEMS[:1] + SYSTEMS[-1:])  # What is imported once belongs to neither.
        with capsys.disabled():
            print(f"\n{len(SYSTEMS)} types side by side, and the slowest of them alone, in seconds:")
            together, slowest = best_of_three(both, lambda times: times[0] <= 1.2 * times[1])
    assert together <= 1.2 * slowest


def test_a_thousand_deployments_cost_a_request_each_and_a_few_for_each_repository() -> None:
    asked, gaps = cost_of(20)
    print(f"1,000 deployments over 20 repositories: {asked:,} requests to GitHub")
    assert not gaps
    assert asked <= 1000 + 4 * 20
