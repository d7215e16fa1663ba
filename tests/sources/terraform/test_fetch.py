from typing import Any

import pytest

from collector.event import Event, Kind
from collector.source import Denied
from sources.problems import SettingsError
from sources.registry import check
from tests.servers.web import serving
from tests.sources.terraform.payloads import LOG, SECRET, Cloud, at, fetched, read

APPLIED = {"planned-at": at("14:01:00"), "applying-at": at("14:06:03"), "applied-at": at("14:08:30")}


def many(cloud: Cloud, days: int) -> None:
    """Two runs a day, newest first, the last of them on the first of April."""
    for day in range(days):
        for hour in (14, 2):
            stamp = f"2026-03-{32 - day:02}T{hour:02}:00:00.000Z" if day else f"2026-04-01T{hour:02}:00:00.000Z"
            cloud.run(f"run-{day}-{hour}", stamp, "applied", APPLIED)


def test_runs_are_read_back_to_72_hours_before_the_window_and_no_further() -> None:
    cloud = Cloud(per_page=2)
    many(cloud, 20)
    with serving(cloud.answer) as url:
        documents, gaps = fetched(url)
    assert gaps == []
    # Each page has the runs of one day; the first whose runs are all older than 72 hours is the last.
    assert [path for path in cloud.asked if "/runs?" in path] == [
        f"/api/v2/organizations/acme/runs?{n}" for n in range(1, 6)
    ]
    assert len(documents) == 5


def test_what_waited_for_the_weekend_is_found() -> None:
    cloud = Cloud(users={"user-sam": "sam-okafor"})
    stamps = {"planned-at": "2026-03-29T15:01:00+00:00", "confirmed-at": at("14:05:00"), "applying-at": at("14:05:02")}
    cloud.run("run-old", "2026-03-29T15:00:00.000Z", "applying", stamps, confirmed_by="user-sam")
    with serving(cloud.answer) as url:
        documents, _ = fetched(url)
    (approved,) = [event for event in read(documents) if event.kind == Kind.DEPLOY_APPROVED]
    assert approved.summary.endswith("by sam-okafor")


def test_no_value_of_a_variable_and_no_address_of_a_log_is_kept() -> None:
    cloud = Cloud()
    cloud.run("run-a1", "2026-04-01T14:00:00.000Z", "applied", APPLIED, counts=(1, 0, 0))
    with serving(cloud.answer) as url:
        documents, _ = fetched(url)
    assert documents
    assert not [text for one in documents if (text := one.text) and (SECRET in text or LOG in text)]
    assert any("1 added" in event.summary for event in read(documents))


def test_an_enterprise_without_a_listing_of_all_runs_is_asked_by_workspace() -> None:
    cloud = Cloud(lists_all_runs=False, workspaces={"ws-1": "checkout", "ws-2": "search"})
    cloud.run("run-a1", "2026-04-01T14:00:00.000Z", "applied", APPLIED)
    cloud.run("run-b1", "2026-04-01T14:00:00.000Z", "applied", APPLIED, workspace="ws-2")
    with serving(cloud.answer) as url:
        documents, gaps = fetched(url)
    assert gaps == []
    assert {event.subject.service for event in read(documents)} == {"checkout", "search"}


def services(cloud: Cloud, **settings: Any) -> tuple[set[str], list[str]]:
    """Those whose runs were seen, and why some were not."""
    with serving(cloud.answer) as url:
        documents, gaps = fetched(url, **settings)
    return {event.subject.service for event in read(documents) if isinstance(event, Event)}, [g.reason for g in gaps]


def test_workspaces_by_name_and_by_pattern_and_none_that_only_contain_a_name() -> None:
    names = {"ws-1": "checkout", "ws-2": "checkout-old", "ws-3": "shop-web", "ws-4": "shop-api", "ws-5": "eu-shop"}
    cloud = Cloud(workspaces=names)
    for number, workspace in enumerate(names):
        cloud.run(f"run-{number}", "2026-04-01T14:00:00.000Z", "applied", APPLIED, workspace=workspace)
    assert services(cloud, workspaces=["checkout", "shop-*"]) == ({"checkout", "shop-web", "shop-api"}, [])
    assert services(cloud, workspaces=["*-shop", "no-such"]) == (
        {"eu-shop"},
        ["workspaces: no-such cannot be seen"],
    )


def test_names_that_cannot_be_had_are_one_gap_and_everything_else_is_there() -> None:
    cloud = Cloud()
    stamps = {**APPLIED, "confirmed-at": at("14:05:00")}
    cloud.run("run-a1", "2026-04-01T14:00:00.000Z", "applied", stamps, confirmed_by="user-gone")
    with serving(cloud.answer) as url:
        documents, (gap,) = fetched(url)
    assert gap.reason.startswith("the names of 1 of 1 users are not known, first GET /api/v2/users/user-gone: 404")
    assert Kind.DEPLOY_APPROVED in {event.kind for event in read(documents)}


def test_an_organization_that_is_not_there_is_named() -> None:
    with serving(lambda *_: (404, {})) as url, pytest.raises(Denied, match="/organizations/acme/workspaces: 404"):
        fetched(url)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"organization": "acme/x"}, "must be the name of an organization"),
        ({"organization": "acme", "workspaces": ["a*b"]}, "must be names of workspaces"),
        ({"organization": "acme", "tags": ["a,b"]}, "one tag each"),
        ({"organization": "acme", "services": [{"match": "{service}-{servic}"}]}, "and no other braces"),
        ({"organization": "acme", "services": [{"match": "{service}-x", "service": "y"}]}, "keep one"),
    ],
)
def test_settings_name_what_is_wrong(settings: dict[str, object], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        check("terraform", settings)
