import json
from collections import Counter
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from responses import RequestsMock

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap, SourceError, Unreachable
from sources.grafana import GrafanaSettings, GrafanaSource
from sources.grafana import pages as paging
from sources.grafana.api import Api
from sources.grafana.fetch import fetch
from sources.grafana.items import annotations_page
from tests.servers.grafana import TOKEN, Grafana, serving
from tests.sources.grafana.payloads import (
    SETTINGS,
    URL,
    WINDOW,
    alert_annotation,
    annotation,
    annotations,
    change,
    ms,
)

HISTORY, ANNOTATIONS = f"{URL}/api/v1/rules/history", f"{URL}/api/annotations"
EMPTY: dict[str, Any] = {"schema": {"fields": [{"name": "time"}]}, "data": {"values": [[]]}}
Fetched = tuple[list[Document], list[Gap], SourceError | None]


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_TOKEN", TOKEN)


def fetched(settings: GrafanaSettings = SETTINGS) -> Fetched:
    documents: list[Document] = []
    gaps: list[Gap] = []
    with Api(
        settings.model_copy(update={"token_env": "TEST_TOKEN"}), Scrubber(), Deadline(60), sleep=lambda _: None
    ) as api:
        try:
            for given_ in fetch(api, WINDOW):
                (documents if isinstance(given_, Document) else gaps).append(given_)  # type: ignore[arg-type]
        except SourceError as error:
            return documents, gaps, error
    return documents, gaps, None


def from_server(grafana: Grafana) -> Fetched:
    with serving(grafana) as url:
        return fetched(GrafanaSettings(url=url))


def ids(documents: list[Document], call: str) -> list[int]:
    return [item["id"] for document in documents if document.call == call for item in document.json()]


@pytest.mark.thorough
def test_thousands_of_annotations_are_all_paged_in() -> None:
    every = [annotation(n, "12:00:00", "x", time=ms("12:00:00") + n * 700, timeEnd=0) for n in range(1, 4001)]
    # Many at one millisecond, more than one page holds.
    every += [annotation(n, "13:30:00.123", "tie") for n in range(5001, 7001)]
    # Marked spans that last through everything: they come again on every page, and began long before.
    every += [annotation(n, "2026-03-20T00:00:00", "span", timeEnd=ms("16:00:00")) for n in range(8001, 8101)]
    for one in every[:4000]:
        del one["timeEnd"]
    outside = [annotation(9001, "15:00:00", "later"), annotation(9002, "2026-03-30T00:00:00", "earlier")]
    documents, gaps, error = from_server(Grafana([*every, *outside]))
    assert (gaps, error) == ([], None)
    assert set(ids(documents, "annotations")) == {one["id"] for one in every}
    assert len(documents) < 15


def test_thousands_of_transitions_are_all_paged_in_whatever_their_order() -> None:
    rows = [change("14:00:00", "Normal", "Alerting", values={"n": n}) for n in range(2600)]
    rows = [(at + (n // 4) * 250, line) for n, (at, line) in enumerate(rows)]
    rows += [change("13:00:00.500", "Normal", "Alerting", values={"n": n}) for n in range(2600, 4200)]
    documents, gaps, error = from_server(Grafana(history=rows))
    assert (gaps, error) == ([], None)
    assert [document.call for document in documents if document.call != "history"] == ["annotations"]
    given_ = [line["values"]["n"] for document in documents[:-1] for line in document.json()["data"]["values"][1]]
    assert set(given_) == set(range(4200))


def test_a_server_that_gives_less_than_it_is_asked_for_is_paged_all_the_same() -> None:
    every = [annotation(n, "12:00:00", "x", time=ms("12:00:00") + n, timeEnd=ms("12:00:00") + n) for n in range(1, 951)]
    documents, gaps, _ = from_server(Grafana(every, cap=100))
    assert gaps == []
    assert len(set(ids(documents, "annotations"))) == 950


def test_more_at_one_millisecond_than_is_ever_given_is_a_gap_and_loses_nothing_else() -> None:
    ties = [annotation(n, "13:00:00", "tie") for n in range(1, paging.LIMITS[-1] + 200)]
    documents, gaps, _ = from_server(
        Grafana([*ties, annotation(9001, "14:00:00", "x"), annotation(9002, "12:00:00", "y")])
    )
    assert [gap.reason for gap in gaps] == ["annotations: so many at one moment that some of them were left out"]
    assert {9001, 9002} <= set(ids(documents, "annotations"))


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 15)), max_size=40),
    st.integers(0, 10),
    st.integers(15, 30),
)
def test_every_item_is_reached_or_told_of(spans: list[tuple[int, int]], start: int, to: int) -> None:
    grafana = Grafana([{"id": n, "time": at, "timeEnd": at + lasts} for n, (at, lasts) in enumerate(spans, 1)])

    def ask(upto: int, limit: int) -> Document:
        return annotations(*grafana.find(start, upto, limit))

    with patch.object(paging, "LIMITS", (3, 7)):
        given_ = list(paging.pages(ask, annotations_page, "annotations", start, to))
    documents = [one for one in given_ if isinstance(one, Document)]
    reached = set(ids(documents, "annotations")) == {one["id"] for one in grafana.find(start, to, 1000)}
    ends = Counter(at + lasts for at, lasts in spans)
    most_at_once = max((sum(at <= end <= at + lasts for at, lasts in spans) for end in (*ends, to)), default=0)
    assert reached or any(isinstance(one, Gap) for one in given_)
    assert reached or most_at_once >= 7
    assert len(documents) <= paging.MAX_PAGES


@pytest.fixture
def grafana() -> Any:
    with RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def test_what_is_asked(grafana: RequestsMock) -> None:
    grafana.get(HISTORY, json=EMPTY)
    grafana.get(ANNOTATIONS, json=[])
    documents, gaps, error = fetched(SETTINGS.model_copy(update={"org_id": 3}))
    assert (gaps, error) == ([], None)
    start, end = ms("2026-03-31T14:00:00"), ms("14:45:00")
    assert [document.asked for document in documents] == [
        f"GET {HISTORY}?from={start // 1000}&to={end // 1000 + 1}&limit=1000",
        f"GET {ANNOTATIONS}?from={start}&to={end}&limit=1000&type=annotation",
    ]
    for call in grafana.calls:
        assert call.request.headers["Authorization"] == f"Bearer {TOKEN}"
        assert call.request.headers["X-Grafana-Org-Id"] == "3"
    assert TOKEN not in repr(documents)


@pytest.mark.parametrize(
    ("status", "said"),
    [(404, "Not found"), (500, "ruleUID is required to query annotations")],
)
def test_without_a_history_for_all_rules_the_annotations_of_alerts_are_asked(
    grafana: RequestsMock, status: int, said: str
) -> None:
    history = grafana.get(HISTORY, status=status, json={"message": said})
    grafana.get(ANNOTATIONS, json=[])
    documents, gaps, error = fetched()
    assert (gaps, error) == ([], None)
    assert [document.call for document in documents] == ["alert_annotations", "annotations"]
    assert "type=alert" in documents[0].asked
    assert history.call_count == 1


def test_a_missing_permission_is_named_and_the_rest_is_read(grafana: RequestsMock) -> None:
    said = "You'll need additional permissions to perform this action. Permissions needed: alert.rules:read"
    grafana.get(HISTORY, status=403, json={"message": said, "title": "Access denied"})
    grafana.get(ANNOTATIONS, json=[alert_annotation(1, "14:06:15", "Normal", "Alerting")])
    documents, gaps, error = fetched()
    assert error is None
    assert [document.call for document in documents] == ["alert_annotations", "annotations"]
    assert len(gaps) == 1
    assert said in gaps[0].reason
    assert "`alert.rules:read`" in gaps[0].hint


def test_no_permission_at_all_is_one_error_that_names_them(grafana: RequestsMock) -> None:
    grafana.get(HISTORY, status=403, json={"message": "no"})
    grafana.get(ANNOTATIONS, status=403, json={"message": "no"})
    documents, gaps, error = fetched()
    assert documents == []
    assert isinstance(error, Denied)
    assert "`alert.rules:read`" in error.hint
    assert {"`annotations:read`" in gap.hint for gap in gaps} == {True}


def test_a_history_that_fails_is_a_gap_even_if_annotations_are_there(grafana: RequestsMock) -> None:
    said = "prometheus historian backend does not support querying"
    grafana.get(HISTORY, status=500, json={"message": said})
    grafana.get(ANNOTATIONS, json=[])
    documents, gaps, error = fetched()
    assert error is None
    assert [document.call for document in documents] == ["alert_annotations", "annotations"]
    assert [said in gap.reason for gap in gaps] == [True]


Answering = Callable[[RequestsMock], object]


@pytest.mark.parametrize(
    ("answering", "kind", "told"),
    [
        (lambda mock: mock.get(HISTORY, status=401, json={"message": "Invalid API key"}), Denied, "Invalid API key"),
        (lambda mock: mock.get(HISTORY, status=302, headers={"Location": "/login"}), Denied, "redirects to /login"),
        (lambda mock: mock.get(HISTORY, body="<html>Log in</html>"), BadAnswer, "HTML instead of JSON"),
        (lambda mock: mock.get(HISTORY, body='{"schema": {"na'), BadAnswer, "not valid JSON"),
        (lambda mock: mock.get(HISTORY, status=503, body="busy"), Unreachable, "503"),
    ],
)
def test_a_system_that_refuses_says_why(
    grafana: RequestsMock, answering: Answering, kind: type[SourceError], told: str
) -> None:
    answering(grafana)
    grafana.get(ANNOTATIONS, status=404, json={"message": "Not found"})
    documents, gaps, error = fetched()
    assert documents == []
    assert type(error) is kind
    assert told in error.reason
    assert any("path prefix" in gap.hint for gap in gaps)


def test_the_token_comes_from_its_setting_and_is_scrubbed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", TOKEN)
    scrubber = Scrubber()
    grafana = Grafana([annotation(1, "14:00:00", "x")])
    with serving(grafana) as url:
        settings = GrafanaSettings(url=url + "/", token_env="GRAFANA_TOKEN")
        documents = list(GrafanaSource("mine", settings, scrubber).fetch(WINDOW, Deadline(10)))
    assert len(documents) == 2
    assert all(path.startswith("/grafana/api/") for path in grafana.asked)
    assert TOKEN not in scrubber.scrub(json.dumps([repr(one) for one in documents]) + TOKEN)


@pytest.mark.parametrize("url", ["grafana.example.com", "https://me:pw@host", "https://host?x=1", "ftp://host"])
def test_an_address_that_cannot_be_asked_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        GrafanaSettings(url=url)
