import itertools
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses
from responses import RequestsMock, matchers

from collector.event import Event, Kind
from collector.secrets import MASK, Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap, RateLimited, SourceError, Unreachable
from sources.gitlab import GitlabSource
from sources.gitlab.api import MAX_PAGES, Api
from sources.gitlab.fetch import fetch
from tests.sources.gitlab.payloads import (
    API,
    PROJECT,
    SETTINGS,
    WINDOW,
    decided,
    deployment,
    job,
    pipeline,
    stamp,
    utc,
)

NAMED = f"{API}/projects/acme%2Fshop%2Fcheckout"
OURS = f"{API}/projects/7"
DEPLOYMENTS, PIPELINES, ENVIRONMENTS = f"{OURS}/deployments", f"{OURS}/pipelines", f"{OURS}/environments"
TOKEN = "glpat-canary_0123456789"
SOON = utc("15:00:00")
TIERS = [{"id": 9, "name": "production", "tier": "production"}]


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_TOKEN", TOKEN)


@pytest.fixture
def gitlab() -> Iterator[RequestsMock]:
    with RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(NAMED, json=PROJECT)
        yield mock


def fetched(
    now: datetime = SOON, slept: list[float] | None = None, **changes: Any
) -> tuple[list[Document], list[Gap], SourceError | None]:
    settings = SETTINGS.model_copy(update={"token_env": "TEST_TOKEN", **changes})
    documents: list[Document] = []
    gaps: list[Gap] = []
    with Api(settings, Scrubber(), Deadline(60), sleep=(slept if slept is not None else []).append) as api:
        try:
            for given in fetch(api, settings, WINDOW, now):
                if isinstance(given, Document):
                    documents.append(given)
                else:
                    gaps.append(given)
        except SourceError as error:
            return documents, gaps, error
    return documents, gaps, None


def calls(documents: list[Document]) -> list[str]:
    return [document.call for document in documents]


def asked(gitlab: RequestsMock, url: str) -> list[dict[str, list[str]]]:
    """The parameters of every request for that address."""
    sent = [urlsplit(str(call.request.url)) for call in gitlab.calls]
    return [parse_qs(one.query) for one in sent if f"{one.scheme}://{one.netloc}{one.path}" == url]


def idle(gitlab: RequestsMock) -> None:
    gitlab.get(DEPLOYMENTS, json=[])
    gitlab.get(PIPELINES, json=[])


def test_a_project_without_deploys_costs_four_requests(gitlab: RequestsMock) -> None:
    idle(gitlab)
    documents, gaps, error = fetched()
    assert (calls(documents), gaps, error) == (["project", "deployments", "pipelines", "pipelines"], [], None)
    since = "2026-03-31T14:00:00.000Z"
    assert asked(gitlab, DEPLOYMENTS) == [
        {"updated_after": [since], "sort": ["desc"], "order_by": ["updated_at"], "per_page": ["100"]}
    ]
    assert asked(gitlab, PIPELINES) == [
        {"updated_after": [since], "order_by": ["updated_at"], "per_page": ["100"]},
        {"updated_after": [since], "order_by": ["updated_at"], "per_page": ["100"], "source": ["parent_pipeline"]},
    ]
    assert [call.request.headers["PRIVATE-TOKEN"] for call in gitlab.calls] == [TOKEN] * 4
    assert not any("Authorization" in call.request.headers for call in gitlab.calls)
    assert TOKEN not in repr(documents)


def test_a_token_of_oauth_is_sent_as_bearer(gitlab: RequestsMock) -> None:
    idle(gitlab)
    fetched(scheme="Bearer")
    assert {call.request.headers["Authorization"] for call in gitlab.calls} == {f"Bearer {TOKEN}"}
    assert not any("PRIVATE-TOKEN" in call.request.headers for call in gitlab.calls)


def test_deployments_bring_what_ran_before_their_approvals_their_tiers_and_their_jobs(gitlab: RequestsMock) -> None:
    waited = deployment(941, job(657, 8812, "14:02:06", "14:05:20", created="13:50:00"))
    at_once = deployment(940, job(650, 8811, "14:01:06", "14:01:20", created="14:01:05"))
    gitlab.get(DEPLOYMENTS, json=[waited, at_once])
    gitlab.get(f"{DEPLOYMENTS}/941", body=decided(941, ("sam", "approved", "14:01:30")).text)
    gitlab.get(ENVIRONMENTS, json=TIERS)
    gitlab.get(PIPELINES, json=[pipeline(8820, "14:10:00", "14:12:00")])
    for number in (8811, 8812, 8820):
        gitlab.get(f"{PIPELINES}/{number}/jobs", json=[])
    documents, gaps, error = fetched()
    assert (gaps, error) == ([], None)
    assert [urlsplit(document.asked).path.rpartition("/projects/")[2] for document in documents] == [
        "acme%2Fshop%2Fcheckout",
        "7/deployments",
        "7/deployments",
        "7/deployments/941",
        "7/environments",
        "7/pipelines",
        "7/pipelines",
        "7/pipelines/8812/jobs",
        "7/pipelines/8811/jobs",
        "7/pipelines/8820/jobs",
    ]
    before = asked(gitlab, DEPLOYMENTS)[1]
    assert before["status"] == ["success"]
    assert before["updated_before"] == ["2026-03-31T14:00:00.000Z"]
    assert asked(gitlab, f"{PIPELINES}/8812/jobs") == [{"include_retried": ["true"], "per_page": ["100"]}]


def test_long_after_the_window_only_what_changed_in_it_and_next_after_it_is_asked_for(gitlab: RequestsMock) -> None:
    in_window = matchers.query_param_matcher({"updated_before": stamp("14:30:00")}, strict_match=False)
    newer = matchers.query_param_matcher({"updated_after": stamp("14:30:00"), "sort": "asc"}, strict_match=False)
    late = deployment(941, job(657, 8812, "14:20:00", "14:50:00", created="14:19:59"))
    gitlab.get(DEPLOYMENTS, json=[], match=[in_window])
    link = {"Link": f'<{DEPLOYMENTS}?page=2>; rel="next"'}
    gitlab.get(DEPLOYMENTS, json=[late], match=[newer], headers=link)
    days_later = deployment(950, job(700, 8900, "2026-04-04T10:00:00.000Z", "2026-04-04T10:01:00.000Z"))
    gitlab.get(
        DEPLOYMENTS, json=[days_later], match=[matchers.query_param_matcher({"page": "2"})],
        headers={"Link": f'<{DEPLOYMENTS}?page=3>; rel="next"'},
    )  # fmt: skip
    gitlab.get(DEPLOYMENTS, json=[], match=[matchers.query_param_matcher({"status": "success"}, strict_match=False)])
    gitlab.get(ENVIRONMENTS, json=TIERS)
    gitlab.get(PIPELINES, json=[])
    gitlab.get(f"{PIPELINES}/8812/jobs", json=[])
    documents, gaps, error = fetched(utc("2026-04-20T10:00:00.000Z"))
    assert (gaps, error) == ([], None)
    assert calls(documents).count("deployments") == 4
    assert [sorted(one) for one in asked(gitlab, PIPELINES)] == [
        ["order_by", "per_page", "updated_after", "updated_before"],
        ["order_by", "per_page", "source", "updated_after", "updated_before"],
        ["created_after", "created_before", "per_page"],
        ["created_after", "created_before", "per_page", "source"],
    ]


def test_pages_are_followed_as_linked_to_the_last_whatever_the_kind_of_paging(gitlab: RequestsMock) -> None:
    gitlab.get(DEPLOYMENTS, json=[], headers={"Link": f'<{DEPLOYMENTS}?cursor=eyJpZCI6&per_page=100>; rel="next"'})
    cursor = matchers.query_param_matcher({"cursor": "eyJpZCI6", "per_page": "100"})
    last = {"Link": f'<{DEPLOYMENTS}?page=1>; rel="first"'}
    gitlab.get(DEPLOYMENTS, json=[], match=[cursor], headers=last)
    gitlab.get(PIPELINES, json=[])
    documents, gaps, error = fetched()
    assert (calls(documents).count("deployments"), gaps, error) == (2, [], None)


def test_pages_that_never_end_are_cut_with_a_gap(gitlab: RequestsMock) -> None:
    numbers = itertools.count(2)

    def answer(_: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        return 200, {"Link": f'<{DEPLOYMENTS}?page={next(numbers)}>; rel="next"'}, "[]"

    gitlab.add_callback(responses.GET, DEPLOYMENTS, answer)
    gitlab.get(PIPELINES, json=[])
    documents, gaps, _ = fetched()
    assert calls(documents).count("deployments") == MAX_PAGES
    assert [gap.reason for gap in gaps] == [
        f"deployments: truncated after {MAX_PAGES} pages of /projects/7/deployments"
    ]


def test_a_listing_ends_if_a_page_links_to_an_earlier_one(gitlab: RequestsMock) -> None:
    gitlab.get(DEPLOYMENTS, json=[], headers={"Link": f'<{DEPLOYMENTS}?page=2>; rel="next"'})
    gitlab.get(PIPELINES, json=[])
    documents, gaps, _ = fetched()
    assert calls(documents).count("deployments") == 2
    assert [gap.reason for gap in gaps] == ["deployments: truncated, its pages lead back to one before"]


@pytest.mark.parametrize("link", ["https://evil.example/api/v4/x", "//evil.example/", "http://[", "file:///etc/passwd"])
def test_the_token_goes_to_no_other_host(gitlab: RequestsMock, link: str) -> None:
    gitlab.get(DEPLOYMENTS, json=[], headers={"Link": f'<{link}>; rel="next"'})
    gitlab.get(PIPELINES, status=302, headers={"Location": link})
    documents, gaps, error = fetched()
    assert (calls(documents), error) == (["project", "deployments"], None)
    assert "the link to the next page leads to another host" in gaps[0].reason
    assert "redirected" in gaps[1].reason
    assert {urlsplit(str(call.request.url)).netloc for call in gitlab.calls} == {"git.example.com"}


def test_a_renamed_project_is_followed_and_named(gitlab: RequestsMock) -> None:
    gitlab.replace(responses.GET, NAMED, status=301, headers={"Location": OURS})
    gitlab.get(OURS, json={**PROJECT, "path_with_namespace": "acme/shop/till"})
    idle(gitlab)
    documents, gaps, error = fetched()
    assert (calls(documents)[0], error) == ("project", None)
    assert [gap.reason for gap in gaps] == ["project acme/shop/checkout was renamed to acme/shop/till"]


@pytest.mark.parametrize("to", ["https://git.example.com/gitlab/users/sign_in", "https://sso.example.com/api/v4/x"])
def test_a_login_page_is_no_renamed_project(gitlab: RequestsMock, to: str) -> None:
    gitlab.replace(responses.GET, NAMED, status=302, headers={"Location": to})
    documents, _, error = fetched()
    assert documents == []
    assert isinstance(error, Denied)
    assert "redirected out of the API" in error.reason


def test_every_project_of_a_group_is_asked_and_the_others_go_on_where_one_is_denied(gitlab: RequestsMock) -> None:
    listed = [{"id": number, "path_with_namespace": f"acme/{number}", "web_url": None} for number in (7, 8)]
    group = f"{API}/groups/acme%2Fshop/projects"
    gitlab.get(group, json=listed[:1], headers={"Link": f'<{group}?page=2>; rel="next"'})
    gitlab.get(group, json=listed[1:], match=[matchers.query_param_matcher({"page": "2"})])
    idle(gitlab)
    gitlab.get(f"{API}/projects/8/deployments", status=403, json={"message": "403 Forbidden"})
    gitlab.get(f"{API}/projects/8/pipelines", status=403, json={"message": "403 Forbidden"})
    documents, gaps, error = fetched(projects=[], group="acme/shop")
    assert error is None
    assert calls(documents) == ["projects", "projects", "deployments", "pipelines", "pipelines"]
    assert asked(gitlab, group)[0]["include_subgroups"] == ["true"]
    assert [gap.reason.partition(", first")[0] for gap in gaps] == [
        "deployments of 1 of 2 projects could not be read",
        "pipelines of 1 of 2 projects could not be read",
    ]
    assert "README lists the rights needed" in gaps[0].hint


def test_a_group_without_projects_is_a_gap_and_not_a_calm_day(gitlab: RequestsMock) -> None:
    gitlab.get(f"{API}/groups/acme%2Fshop/projects", json=[])
    documents, gaps, error = fetched(projects=[], group="acme/shop")
    assert (calls(documents), error) == (["projects"], None)
    assert [gap.reason for gap in gaps] == ["group acme/shop: it has no project that the token may see"]


def test_a_project_that_is_not_there_loses_no_other(gitlab: RequestsMock) -> None:
    gitlab.get(f"{API}/projects/acme%2Fgone", status=404, json={"message": "404 Project Not Found"})
    idle(gitlab)
    documents, gaps, error = fetched(projects=["acme/gone", "acme/shop/checkout"])
    assert (calls(documents)[:2], error) == (["project", "deployments"], None)
    assert gaps[0].reason.startswith("1 of 2 projects: first GET /gitlab/api/v4/projects/acme%2Fgone: 404")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 401, "json": {"message": "401 Unauthorized"}}, Denied),
        ({"status": 403, "json": {"message": "403 Forbidden"}}, Denied),
        ({"status": 404, "json": {"message": "404 Project Not Found"}}, Denied),
        ({"status": 500, "body": "<html>GitLab is not responding</html>"}, Unreachable),
        ({"status": 429, "body": "Retry later\n", "headers": {"Retry-After": "1800"}}, RateLimited),
        ({"status": 200, "body": "<html>Sign in</html>", "content_type": "text/html"}, BadAnswer),
        ({"status": 200, "body": '{"id": 7, "path_w'}, BadAnswer),
        ({"body": requests.ConnectTimeout(f"no {TOKEN}")}, Unreachable),
    ],
)
def test_if_nothing_answers_the_source_ends_with_what_to_do(
    gitlab: RequestsMock, answer: dict[str, Any], error: type[SourceError]
) -> None:
    gitlab.replace(responses.GET, NAMED, **answer)
    documents, gaps, raised = fetched()
    assert (documents, gaps) == ([], [])
    assert raised is not None
    assert isinstance(raised, error)
    assert raised.reason.startswith("GET /gitlab/api/v4/projects/acme%2Fshop%2Fcheckout")
    assert TOKEN not in raised.reason + raised.hint
    assert len(gitlab.calls) <= 3


def test_a_short_limit_is_waited_for_also_where_nothing_names_how_long(gitlab: RequestsMock) -> None:
    gitlab.get(DEPLOYMENTS, status=429, body="Retry later\n", headers={"Retry-After": "2"})
    gitlab.get(DEPLOYMENTS, json=[])
    gitlab.get(PIPELINES, status=429, body="Retry later\n")
    gitlab.get(PIPELINES, json=[])
    slept: list[float] = []
    documents, gaps, error = fetched(slept=slept)
    assert (calls(documents), gaps, error) == (["project", "deployments", "pipelines", "pipelines"], [], None)
    assert slept == [2.0, 1.0]


def test_at_a_long_limit_what_was_read_stays(gitlab: RequestsMock) -> None:
    gitlab.get(DEPLOYMENTS, json=[])
    limited = {"Retry-After": "1800", "Date": "Wed, 01 Apr 2026 14:30:00 GMT"}
    gitlab.get(PIPELINES, status=429, body="Retry later\n", headers=limited)
    documents, gaps, error = fetched()
    assert (calls(documents), error) == (["project", "deployments"], None)
    assert [gap.reason.partition(": ")[2] for gap in gaps] == [
        "rate limited for another 1800 s, until 2026-04-01 15:00:00 UTC"
    ]


def test_a_gitlab_without_approvals_is_asked_for_them_once(gitlab: RequestsMock) -> None:
    listed = [deployment(n, job(n, 8000 + n, "14:02:06", "14:05:20", created="13:50:00")) for n in range(901, 950)]
    gitlab.get(DEPLOYMENTS, json=listed)
    gitlab.get(f"{DEPLOYMENTS}/949", json=listed[-1])
    gitlab.get(ENVIRONMENTS, json=TIERS)
    gitlab.get(PIPELINES, json=[])
    for n in range(901, 950):
        gitlab.get(f"{PIPELINES}/{8000 + n}/jobs", json=[])
    documents, gaps, _ = fetched()
    assert (calls(documents).count("deployment"), gaps) == (1, [])


def test_a_thousand_deployments_cost_a_bounded_number_of_requests(gitlab: RequestsMock) -> None:
    listed = [deployment(n, job(n, 8000 + n, "14:02:06", "14:05:20", created="13:50:00")) for n in range(1000, 2000)]

    def page(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        query = parse_qs(urlsplit(str(request.url)).query)
        if "status" in query:
            return 200, {}, "[]"
        number = int(query.get("page", ["0"])[0])
        link = {"Link": f'<{DEPLOYMENTS}?page={number + 1}>; rel="next"'} if number < 9 else {}
        return 200, link, json.dumps(listed[number * 100 : number * 100 + 100])

    gitlab.add_callback(responses.GET, DEPLOYMENTS, page)
    gitlab.get(re.compile(rf"{DEPLOYMENTS}/\d+$"), json={"approvals": []})
    gitlab.get(re.compile(rf"{PIPELINES}/\d+/jobs"), json=[])
    gitlab.get(ENVIRONMENTS, json=TIERS)
    gitlab.get(PIPELINES, json=[])
    _, gaps, error = fetched()
    assert error is None
    assert len(gitlab.calls) <= 1 + 10 + 1 + 200 + 1 + 2 + 200
    assert [gap.reason.partition(":")[0] for gap in gaps] == [
        "the approvals of 800 deployments were not asked for",
        "the jobs of 800 pipelines were not asked for",
    ]


@pytest.mark.thorough
def test_twenty_busy_projects_each_get_their_share_of_a_bounded_number_of_requests(gitlab: RequestsMock) -> None:
    group = [{"id": n, "path_with_namespace": f"acme/{n}", "web_url": None} for n in range(1, 21)]
    gitlab.get(f"{API}/groups/acme/projects", json=group)

    def listed(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        of = int(str(request.url).partition("/projects/")[2].partition("/")[0])
        ids = range(of * 1000, of * 1000 + 50)
        return 200, {}, json.dumps([deployment(n, job(n, n, "14:02:06", "14:05:20", created="13:50:00")) for n in ids])

    gitlab.add_callback(responses.GET, re.compile(r".*/projects/\d+/deployments\?"), listed)
    gitlab.get(re.compile(r".*/deployments/\d+$"), json={"approvals": []})
    gitlab.get(re.compile(r".*/pipelines/\d+/jobs"), json=[])
    gitlab.get(re.compile(r".*/pipelines\?"), json=[])
    gitlab.get(re.compile(r".*/environments\?"), json=TIERS)
    documents, gaps, error = fetched(projects=[], group="acme")
    assert error is None
    assert len(gitlab.calls) == 1 + 20 * (1 + 1 + 1 + 2) + 200 + 200
    asked_of = {one.asked.partition("/projects/")[2].partition("/")[0] for one in documents if one.call == "deployment"}
    assert len(asked_of) == 20
    assert [gap.reason.partition(":")[0] for gap in gaps] == [
        "the approvals of 800 deployments were not asked for",
        "the jobs of 800 pipelines were not asked for",
    ]


def test_one_deployment_or_pipeline_that_cannot_be_read_loses_no_other(gitlab: RequestsMock) -> None:
    waited = deployment(941, job(657, 8812, "14:02:06", "14:05:20", created="13:50:00"))
    gitlab.get(DEPLOYMENTS, json=[waited])
    gitlab.get(f"{DEPLOYMENTS}/941", status=404, json={})
    gitlab.get(ENVIRONMENTS, status=404, json={})
    gitlab.get(PIPELINES, json=[])
    gitlab.get(f"{PIPELINES}/8812/jobs", body='[{"id": 1')
    _, gaps, error = fetched()
    assert error is None
    assert gaps[0].reason.startswith("the approvals of 1 of 1 deployments could not be read, first GET ")
    assert gaps[1].reason.startswith("the jobs of 1 of 1 pipelines could not be read, first GET ")


def test_replayed_documents_read_as_live_ones_and_hide_an_echoed_token(gitlab: RequestsMock) -> None:
    work = job(657, 8812, "14:02:06", "14:05:20", created="13:50:00", name=f"deploy {TOKEN}")
    gitlab.get(DEPLOYMENTS, json=[deployment(941, work)])
    gitlab.get(f"{DEPLOYMENTS}/941", body=decided(941, ("sam", "approved", "14:01:30")).text)
    gitlab.get(ENVIRONMENTS, json=TIERS)
    gitlab.get(PIPELINES, json=[])
    gitlab.get(f"{PIPELINES}/8812/jobs", json=[work])
    scrubber = Scrubber()
    source = GitlabSource("gitlab", SETTINGS.model_copy(update={"token_env": "TEST_TOKEN"}), scrubber)
    documents = [given for given in source.fetch(WINDOW, Deadline(60)) if isinstance(given, Document)]
    stored = [json.dumps([one.call, one.asked, one.at.isoformat(), scrubber.scrub(one.text)]) for one in documents]
    assert TOKEN not in " ".join(stored)
    back = [
        Document(call, asked_, datetime.fromisoformat(at), text) for call, asked_, at, text in map(json.loads, stored)
    ]
    replayed = list(GitlabSource("gitlab", SETTINGS, Scrubber()).read(back, WINDOW))
    live = list(source.read(documents, WINDOW))
    assert [event.kind for event in replayed if isinstance(event, Event)] == [
        Kind.DEPLOY_WAITING,
        Kind.DEPLOY_APPROVED,
        Kind.DEPLOY_STARTED,
        Kind.DEPLOY_SUCCEEDED,
    ]
    assert repr(replayed) == repr(live).replace(TOKEN, MASK)


def test_the_edges_of_the_window_are_asked_for_to_the_millisecond() -> None:
    from sources.gitlab.span import stamp as written

    assert written(utc("14:00:00") + timedelta(milliseconds=250, microseconds=900)) == "2026-04-01T14:00:00.250Z"


@pytest.mark.parametrize(
    ("listed", "hints"),
    [
        (TIERS, ["there are production"]),
        ([], ["there are none"]),
        ([*TIERS, {"id": 10, "name": "prod/eu", "tier": "production"}], []),
        # A full page may not be the last one.
        ([{"id": n, "name": f"review/{n}"} for n in range(100)], []),
        ({"message": "403 Forbidden"}, []),
    ],
)
def test_environments_that_no_project_has_are_named(gitlab: RequestsMock, listed: Any, hints: list[str]) -> None:
    """GitLab cannot filter deployments by patterns, so those to other environments are left out after the request."""
    gitlab.get(DEPLOYMENTS, json=[deployment(941, job(657, 8812, "14:02:06", "14:05:20"))])
    gitlab.get(PIPELINES, json=[])
    gitlab.get(ENVIRONMENTS, json=listed)
    _, gaps, error = fetched(environments=["prod", "prod/*"])
    assert ([gap.hint for gap in gaps], error) == (hints, None)
    assert [gap.reason for gap in gaps] == [
        "no project has an environment that `environments` names (prod, prod/*)"
    ] * len(hints)
