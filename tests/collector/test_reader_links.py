"""Links for readers, where the system is asked by another address."""

import pytest

from collector.event import Kind
from collector.reader_links import for_readers
from collector.source_config import SourceConfig
from tests.collector.build import event


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://127.0.0.1:9090/graph?g0.expr=up", "https://prom.example/p/graph?g0.expr=up"),
        ("http://127.0.0.1:9090", "https://prom.example/p"),
        ("http://127.0.0.1:90901/graph", "http://127.0.0.1:90901/graph"),
        ("https://elsewhere.example/x", "https://elsewhere.example/x"),
        ("", ""),
    ],
)
def test_only_what_is_of_the_system_itself_is_replaced(url: str, shown: str) -> None:
    source = SourceConfig(
        "prom", "prometheus", {"url": "http://127.0.0.1:9090/", "link_url": "https://prom.example/p/"}
    )
    (found,) = for_readers([event(Kind.ALERT_FIRING, "14:00:00", source="prom", url=url)], [source])
    assert found.url == shown


def test_without_it_nothing_changes() -> None:
    one = event(Kind.ALERT_FIRING, "14:00:00", source="prom", url="http://127.0.0.1:9090/graph")
    assert for_readers([one], [SourceConfig("prom", "prometheus", {"url": "http://127.0.0.1:9090"})]) == (one,)
