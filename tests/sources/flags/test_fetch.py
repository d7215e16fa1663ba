"""Audit logs of flags are paged to their last page, within the window and the time before it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from collector.source import Denied, RateLimited
from sources import flag_log
from tests.collector.build import WINDOW, at
from tests.servers.web import serving
from tests.sources.flags.logs import (
    TOKEN,
    Body,
    Flagsmith,
    LaunchDarkly,
    Unleash,
    clocks,
    fetched,
    flagsmith,
    ld,
    read,
    told,
    unleash,
)

SETTINGS: dict[str, dict[str, Any]] = {
    "launchdarkly": {"projects": ["shop"]},
    "unleash": {},
    "flagsmith": {"organisation": 1},
}
Answering = Callable[..., Body]


def server(type_: str, when: list[str]) -> Any:
    """One of each system, in whose log a flag was switched at each of these times."""
    if type_ == "launchdarkly":
        return LaunchDarkly([ld(f"{n:06}", c, ["updateOn"], "turned on the flag") for n, c in enumerate(when)])
    if type_ == "unleash":
        return Unleash([unleash(n, c, "feature-environment-enabled") for n, c in enumerate(when)])
    return Flagsmith(
        [flagsmith(n, c, "Remote config value updated for feature: new-checkout") for n, c in enumerate(when)]
    )


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_TOKEN", TOKEN)


def asked(type_: str, system: Any) -> tuple[list[str], list[Any], Any, int]:
    with serving(system) as url:
        if type_ == "flagsmith" and isinstance(system, Flagsmith):
            system.url = url
        documents, gaps, error = fetched(type_, url, **SETTINGS[type_])
    events, troubles = read(type_, documents, **SETTINGS[type_])
    return told(events), [*gaps, *troubles], error, len(documents)


@pytest.mark.parametrize(("type_", "many"), [("launchdarkly", 130), ("unleash", 2300), ("flagsmith", 2300)])
def test_every_page_is_read_to_the_last(type_: str, many: int) -> None:
    found, gaps, error, pages = asked(type_, server(type_, clocks(many, "13:50:00")))
    assert (len(found), gaps, error) == (many, [], None)
    # LaunchDarkly has separate lists of flags, segments and AI Configs, the last two empty here.
    assert pages <= many / 20 + 4


@pytest.mark.parametrize("type_", SETTINGS)
def test_an_empty_log_is_no_event_and_no_gap(type_: str) -> None:
    assert asked(type_, server(type_, []))[:3] == ([], [], None)


@pytest.mark.parametrize("type_", SETTINGS)
def test_the_edges_of_the_window_are_in_it_and_so_is_the_time_before(type_: str) -> None:
    found = asked(type_, server(type_, ["02:00:00", "14:00:00", "14:30:00"]))[0]
    assert [line[:8] for line in found] == ["02:00:00", "14:00:00", "14:30:00"]


def test_of_what_is_older_nothing_more_is_asked() -> None:
    older = [flagsmith(n, c, "Segment updated: x") for n, c in enumerate(clocks(30000, "00:00:00", 0.2))]
    system = Flagsmith([*older, flagsmith(99999, "14:02:00", "Remote config value updated for feature: a")])
    found, gaps, _, pages = asked("flagsmith", system)
    assert (found, gaps, pages) == (["14:02:00 Flag a value changed in production (by dana@acme.example)"], [], 1)


@pytest.mark.parametrize("type_", SETTINGS)
def test_what_lies_beyond_the_last_page_that_is_asked_is_a_gap(type_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flag_log, "MAX_PAGES", 2)
    many = 100 if type_ == "launchdarkly" else 2500
    found, gaps, error, _ = asked(type_, server(type_, clocks(many, "13:59:00", 0.5)))
    (gap,) = gaps
    assert (error, "cut off after 2 pages" in gap.reason) == (None, True)
    assert gap.span is not None
    assert gap.span[0] == WINDOW.start - timedelta(hours=12)
    assert gap.span[1] <= at(found[0][:8]) + timedelta(seconds=1)


@pytest.mark.parametrize("type_", SETTINGS)
@pytest.mark.parametrize("link", ["http://evil.example/next", "same"])
def test_a_link_to_another_host_or_back_is_not_followed(type_: str, link: str) -> None:
    inner = server(type_, clocks(3))
    calls: list[str] = []

    def answer(path: str, params: Any, headers: Any) -> Body:
        calls.append(path)
        status, body = inner(path, params, headers)
        if isinstance(body, dict) and "items" in body:
            body["_links"] = {
                "next": {"href": f"?{'&'.join(f'{k}={v}' for k, v in params.items())}" if link == "same" else link}
            }
        elif isinstance(body, dict) and "results" in body:
            body["next"] = f"?page_size={params['page_size']}" if link == "same" else link
        elif isinstance(body, dict):
            body["total"] = 10**9
        return status, body

    found, gaps, error, _ = asked(type_, answer)
    assert (len(found), error) == (3, None)
    assert len(gaps) >= 1
    assert len(calls) < 10


def test_flagsmith_behind_a_proxy_links_to_a_scheme_that_is_not_there() -> None:
    system = server("flagsmith", clocks(2300, "13:50:00"))
    with serving(system) as url:
        system.url = url.replace("http", "https")
        documents, gaps, error = fetched("flagsmith", url, organisation=1)
    assert (len(read("flagsmith", documents, organisation=1)[0]), gaps, error) == (2300, [], None)


def test_a_project_that_is_not_there_is_a_gap_and_not_an_empty_log() -> None:
    with serving(LaunchDarkly([ld("1", "14:02:00", ["updateOn"], "turned on the flag")])) as url:
        documents, gaps, error = fetched("launchdarkly", url, projects=["shop", "chekout"])
    assert error is None
    assert len(read("launchdarkly", documents, projects=["shop"])[0]) == 1
    assert [gap.reason for gap in gaps] == [
        "GET /api/v2/projects/chekout: 404, it does not exist, or the token may not see it:"
        " whether flags of project chekout were changed is not known"
    ]


@pytest.mark.parametrize(("total", "reasons"), [(2, ["project shop has no environment prod"]), (30, [])])
def test_an_environment_that_does_not_exist_is_a_gap_and_not_an_empty_log(total: int, reasons: list[str]) -> None:
    listed = {"totalCount": total, "items": [{"key": "production"}, {"key": "test"}]}

    def answers(path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, Any]:
        if path.startswith("/api/v2/projects/"):
            return 200, {"key": "shop", "environments": listed if params.get("expand") == "environments" else None}
        return 200, {"items": []}

    with serving(answers) as url:
        _, gaps, error = fetched("launchdarkly", url, projects=["shop"], environments=["prod", "test"])
    assert ([gap.reason for gap in gaps], error) == (reasons, None)


def test_ai_configs_are_asked_for_and_an_instance_without_them_still_has_flags() -> None:
    variation = ld("2", "14:03:00", [])
    variation["accesses"] = [{"action": "updateAIConfigVariation", "resource": "proj/shop:aiconfig/support-bot"}]
    targeting = ld("3", "14:04:00", ["updateAIConfigTargeting"], what="aiconfig/support-bot")
    system = LaunchDarkly([ld("1", "14:02:00", ["updateOn"], "turned on the flag"), variation, targeting])
    with serving(system) as url:
        documents, gaps, error = fetched("launchdarkly", url, projects=["shop"], environments=["production"])
    events, _ = read("launchdarkly", documents, projects=["shop"])
    assert [one.keys.flag for one in events] == ["new-checkout", "AI Config support-bot", "AI Config support-bot"]
    assert (gaps, error) == ([], None)

    def refuses(path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, Any]:
        unknown = "aiconfig" in params.get("spec", "")
        return (400, {"message": "invalid resource"}) if unknown else system(path, params, headers)

    with serving(refuses) as url:
        documents, gaps, error = fetched("launchdarkly", url, projects=["shop"])
    assert [one.keys.flag for one in read("launchdarkly", documents, projects=["shop"])[0]] == ["new-checkout"]
    assert [gap.reason for gap in gaps] == [
        "AI Configs of project shop: GET /api/v2/auditlog: answered 400: invalid resource"
    ]
    assert error is None


def test_of_a_state_of_flagsmith_the_details_are_asked_and_a_refusal_is_a_gap() -> None:
    entry = flagsmith(5, "14:02:00", "Flag state updated for feature: new-checkout")
    system = Flagsmith([entry], {5: [{"field": "enabled", "old": True, "new": False}]})
    assert asked("flagsmith", system)[0] == [
        "14:02:00 Flag new-checkout turned off in production (by dana@acme.example)"
    ]

    def refused(path: str, params: Any, headers: Any) -> Body:
        return (403, {"detail": "no"}) if path.endswith("/5/") else system(path, params, headers)

    found, gaps, error, _ = asked("flagsmith", refused)
    assert found == ["14:02:00 Flag new-checkout state changed in production (by dana@acme.example)"]
    assert (len(gaps), error) == (1, None)


@pytest.mark.parametrize("type_", SETTINGS)
@pytest.mark.parametrize(("status", "kind"), [(401, Denied), (403, Denied), (404, Denied), (429, RateLimited)])
def test_a_refusal_names_the_right_or_the_wait(type_: str, status: int, kind: type[Exception]) -> None:
    _, _, error, _ = asked(type_, lambda *_: (status, {"message": "no"}))
    assert isinstance(error, kind)
    if kind is Denied:
        assert "the token needs" in error.hint


def test_an_instance_of_unleash_that_counts_more_than_it_gives_is_a_gap() -> None:
    _, gaps, _, _ = asked("unleash", lambda *_: (200, {"events": [], "total": 12}))
    assert [gap.reason for gap in gaps] == ["events: Unleash counts 12 and gave 0"]
