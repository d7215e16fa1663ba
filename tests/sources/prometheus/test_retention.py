"""For how long samples are kept, in the words of the server."""

from email.message import Message

import pytest

from collector.secrets import Scrubber
from collector.source import Deadline
from sources.prometheus import PrometheusSettings, PrometheusSource
from sources.promql.retention import retention
from tests.sources.prometheus.server import Reply, Server, ok


@pytest.mark.parametrize(
    ("reported", "words"),
    [
        ("15d", "15d"),
        ("1w3d12h", "1w3d12h"),
        ("15d or 512MB", "15d, at most 512MB"),
        ("10GiB", "at most 10GiB"),
        # Thanos' querier, which keeps nothing itself.
        ("", ""),
        (None, ""),
        ("forever\x1b[2J", ""),
    ],
)
def test_it_is_what_the_server_reports_and_else_not_known(reported: object, words: str) -> None:
    assert retention(reported) == words


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (ok({"storageRetention": "30d"}), "30d"),
        (ok([]), ""),
        ((404, {}, "404 page not found"), ""),
        ((400, {}, ""), ""),
    ],
)
def test_who_has_no_such_page_reports_none(answer: Reply, words: str) -> None:
    def reply(path: str, _: Message) -> Reply:
        return answer if path == "/api/v1/status/runtimeinfo" else (500, {}, "")

    with Server(reply) as server:
        source = PrometheusSource("prod", PrometheusSettings(url=server.url), Scrubber())
        assert source.retention(Deadline(5)) == words
