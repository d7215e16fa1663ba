import pytest
from pydantic import ValidationError

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap
from sources.alertmanager import AlertmanagerSettings, AlertmanagerSource
from tests.collector.build import WINDOW
from tests.sources.prometheus.server import Reply, Server


def fetch(url: str, **settings: object) -> list[Document | Gap]:
    made = AlertmanagerSettings.model_validate({"url": url, **settings})
    source = AlertmanagerSource("am", made, Scrubber(), sleep=lambda seconds: None)
    return list(source.fetch(WINDOW, Deadline(30)))


def test_alerts_in_every_state_and_silences_are_asked_for_with_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD", "canary-51")
    with Server(lambda path, _: (200, {}, "[]")) as server:
        given = fetch(f"{server.url}/am/", username="ann", token_env="PASSWORD")
        assert [path for path, _ in server.asked] == [
            "/am/api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true",
            "/am/api/v2/silences",
        ]
        assert {headers["Authorization"] for _, headers in server.asked} == {"Basic YW5uOmNhbmFyeS01MQ=="}
    assert [one.call for one in given if isinstance(one, Document)] == ["alerts", "silences"]


def test_what_one_question_does_not_get_the_other_does() -> None:
    with Server(lambda path, _: (403, {}, "") if "silences" in path else (200, {}, "[]")) as server:
        alerts, gap = fetch(server.url)
    assert isinstance(alerts, Document)
    assert isinstance(gap, Gap)
    assert "silences" in gap.reason


@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        ((404, {}, "404 page not found"), BadAnswer, "404, there is no API v2"),
        ((200, {}, '{"status": "success", "data": []}'), BadAnswer, "no answer of Alertmanager's API v2"),
        ((302, {"Location": "https://sso/login?state=1"}, ""), Denied, "redirects to https://sso/login$"),
        ((401, {}, ""), Denied, "401"),
    ],
)
def test_what_is_no_alertmanager_is_named(reply: Reply, error: type[Exception], says: str) -> None:
    with Server(lambda *_: reply) as server, pytest.raises(error, match=says):
        fetch(server.url)


def test_settings_take_a_plain_url_only() -> None:
    assert AlertmanagerSettings(url="https://am/x/api/v2/").url == "https://am/x"
    for wrong in ("am:9093", "https://user:pw@am", "https://am?x=1", "https://[am"):
        with pytest.raises(ValidationError):
            AlertmanagerSettings(url=wrong)
    with pytest.raises(ValidationError, match="username needs its password"):
        AlertmanagerSettings(url="https://am", username="ann")
