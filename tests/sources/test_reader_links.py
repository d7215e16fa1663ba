"""Where links lead: the address a Prometheus reports itself, and Explore of a Grafana that asks the same."""

import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sources.reader_url import reader_url
from tests.cli.command import pm_timeline
from tests.servers.grafana import TOKEN, Grafana, serving
from tests.servers.process import require
from tests.servers.prometheus import prometheus
from tests.sources.prometheus.samples import LAST, alert, at, openmetrics, steps, up

OUTSIDE = "https://metrics.shop.example/prom"
WINDOW = ["--from", "2026-04-01T14:00:00Z", "--to", "2026-04-01T14:30:00Z", "--format", "json"]
PAGE = {"uid": "P1", "type": "prometheus", "name": "Metrics"}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A Prometheus that knows the address of its readers, and one that does not."""
    require("prometheus", "promtool")
    samples = openmetrics([up(), *alert("High", "firing", steps(at("14:06:15"), LAST), at("14:06:15"), service="web")])
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(prometheus(tmp_path_factory.mktemp(name), samples, external_url=url))
            for name, url in (("named", f"{OUTSIDE}/"), ("nameless", ""))
        }


def links(folder: Path, config: str, *options: str) -> set[str]:
    """The pages of Prometheus or Explore that the table has, asked live and replayed from the bundle."""
    (folder / "pm-timeline.toml").write_text(config)
    env = {"GRAFANA_TOKEN": TOKEN}
    live = pm_timeline(*WINDOW, "--capture", "b.zip", "--force", *options, folder=folder, env=env)
    assert live.code == 0, live.err
    again = pm_timeline("--replay", "b.zip", "--format", "json", folder=folder)
    found = [
        {page["url"] for row in json.loads(text)["rows"] for page in row["evidence"] if page.get("url")}
        for text in (live.out, again.out)
    ]
    assert found[0] == found[1], "a replay has the same links"
    return found[0]


def config(url: str, *more: str) -> str:
    return "\n".join(["[sources.prom]", 'type = "prometheus"', f'url = "{url}"', *more, ""])


def with_grafana(url: str) -> str:
    return f'[sources.grafana]\ntype = "grafana"\nurl = "{url}"\ntoken_env = "GRAFANA_TOKEN"\n'


def test_the_address_that_prometheus_reports_is_where_links_lead(servers: dict[str, str], tmp_path: Path) -> None:
    assert {link.partition("/graph?")[0] for link in links(tmp_path, config(servers["named"]))} == {OUTSIDE}


def test_without_one_links_lead_to_where_it_is_asked(servers: dict[str, str], tmp_path: Path) -> None:
    url = servers["nameless"]
    assert {link.partition("/graph?")[0] for link in links(tmp_path, config(url))} == {url}


def test_link_url_goes_before_what_it_reports(servers: dict[str, str], tmp_path: Path) -> None:
    found = links(tmp_path, config(servers["named"], 'link_url = "https://p.example"'))
    assert {link.partition("/graph?")[0] for link in found} == {"https://p.example"}


def explored(link: str) -> tuple[str, dict[str, Any]]:
    """The address of Grafana, and the one pane of its Explore."""
    base, _, query = link.partition("/explore?")
    (pane,) = json.loads(parse_qs(query)["panes"][0]).values()
    return base, pane


def test_where_a_grafana_asks_the_same_links_lead_to_its_explore(servers: dict[str, str], tmp_path: Path) -> None:
    url = servers["named"]
    grafana = Grafana(settings={"appUrl": "https://grafana.shop.example/", "buildInfo": {"secret": "hunter2hunter2"}})
    other = {"uid": "P2", "type": "prometheus", "url": "http://other:9090"}
    grafana.data_sources = [other, {**PAGE, "url": f"{url}/", "basicAuthUser": "hunter2hunter2"}]
    with serving(grafana) as address:
        found = links(tmp_path, config(url) + with_grafana(address))
    with zipfile.ZipFile(tmp_path / "b.zip") as bundle:
        assert not any(b"hunter2" in bundle.read(name) for name in bundle.namelist())
    for link in found:
        base, pane = explored(link)
        assert (base, pane["datasource"]) == ("https://grafana.shop.example", "P1")
        (query,) = pane["queries"]
        assert query["expr"].startswith("ALERTS{")
        assert query["datasource"] == {"type": "prometheus", "uid": "P1"}
        assert int(pane["range"]["to"]) - int(pane["range"]["from"]) == 3_600_000
        assert int(pane["range"]["from"]) <= at("14:06:15") * 1000 <= int(pane["range"]["to"])
    assert found


def test_by_its_type_alone_only_where_there_is_no_choice(servers: dict[str, str], tmp_path: Path) -> None:
    url = servers["named"]
    listed = {"One": PAGE, "Logs": {"uid": "L1", "type": "loki"}}
    grafana = Grafana(settings={"appUrl": "http://localhost:3000/", "datasources": listed})
    with serving(grafana) as address:
        alone = links(tmp_path, config(url) + with_grafana(address))
        listed["Two"] = {**PAGE, "uid": "P2"}
        of_two = links(tmp_path, config(url) + with_grafana(address))
        named = links(tmp_path, config(url, 'grafana_datasource = "P2"') + with_grafana(address))
    assert {explored(link)[0] for link in alone} == {address}, "localhost is nobody's address but its own"
    assert {urlsplit(link).netloc for link in of_two} == {"metrics.shop.example"}
    assert {explored(link)[1]["datasource"] for link in named} == {"P2"}


def test_what_may_not_be_seen_costs_nothing_but_the_links(servers: dict[str, str], tmp_path: Path) -> None:
    with serving(Grafana()) as address:
        found = links(tmp_path, config(servers["named"]) + with_grafana(address))
    assert all(re.match(re.escape(OUTSIDE), link) for link in found)


@pytest.mark.parametrize(
    ("reported", "shown"),
    [
        ("https://prom.example/p/", "https://prom.example/p"),
        ("http://10.1.2.3:9090", "http://10.1.2.3:9090"),
        ("", ""),
        (None, ""),
        (7, ""),
        ("/prometheus/", ""),
        ("javascript:alert(1)", ""),
        ("https://user:pw@prom.example", ""),
        ("https://prom.example/) [x](https://evil", ""),
        ("http://localhost:9090/", ""),
        ("http://127.0.0.1:9090", ""),
        ("http://[::1]:9090", ""),
        ("http://[::1", ""),
        ("http://0.0.0.0:9090", ""),
    ],
)
def test_an_address_of_one_machine_or_none_is_not_taken(reported: object, shown: str) -> None:
    assert reader_url(reported) == shown
