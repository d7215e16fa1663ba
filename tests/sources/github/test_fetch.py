import itertools
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses
from pydantic import ValidationError
from responses import RequestsMock, matchers

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap, RateLimited, SourceError, Unreachable
from sources.github import GithubSettings, GithubSource
from sources.github.api import MAX_PAGES, Api
from sources.github.ask_deployments import MOST_PREVIEWS, MOST_STATUSES
from sources.github.fetch import LEAD, fetch
from sources.github.place import Place
from tests.sources.github.counted import cost_of
from tests.sources.github.payloads import API, LOG, SETTINGS, WINDOW, deployment, run, status
from tests.sources.github.times import utc

DEPLOYMENTS, RUNS = f"{API}/deployments", f"{API}/actions/runs"
TOKEN = "ghp_canary0123456789"
NO_RUNS: dict[str, Any] = {"total_count": 0, "workflow_runs": []}
ONE_RUN = {"total_count": 1, "workflow_runs": [run(9482, "14:02:05", path=".github/workflows/ci.yml")]}


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_TOKEN", TOKEN)


@pytest.fixture
def github() -> Iterator[RequestsMock]:
    with RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def fetched(slept: list[float] | None = None, **changes: Any) -> tuple[list[Document], list[Gap], SourceError | None]:
    settings = SETTINGS.model_copy(update=changes)
    documents: list[Document] = []
    gaps: list[Gap] = []
    sleep = (slept if slept is not None else []).append
    with Api(settings.model_copy(update={"token_env": "TEST_TOKEN"}), Scrubber(), Deadline(60), sleep=sleep) as api:
        try:
            for given in fetch(api, settings, WINDOW):
                if isinstance(given, Document):
                    documents.append(given)
                else:
                    gaps.append(given)
        except SourceError as error:
            return documents, gaps, error
    return documents, gaps, None


def calls(documents: list[Document]) -> list[str]:
    return [document.call for document in documents]


def test_everything_is_asked_once_and_statuses_only_where_they_may_matter(github: RequestsMock) -> None:
    listed = [
        deployment(75, "14:35:00", "v1.4.10"),
        deployment(73, "14:18:12", "v1.4.9"),
        deployment(72, "14:02:06", "v1.5.0"),
        *(deployment(70 - n, "2026-03-20T09:00:00Z", "v1.4.9") for n in range(10)),
    ]
    github.get(DEPLOYMENTS, json=listed, headers={"Link": f'<{DEPLOYMENTS}?page=2>; rel="next"'})
    github.get(f"{DEPLOYMENTS}/72/statuses", json=[status(1, "success", "14:05:20", 9482)])
    # Of the older ones, the latest may still have been approved late.
    for number in (70, 69, 68):
        github.get(f"{DEPLOYMENTS}/{number}/statuses", json=[])
    # The run of 483 is an old one that was run again, so only its deployment tells of it.
    github.get(f"{DEPLOYMENTS}/73/statuses", json=[status(2, "success", "14:22:15", 9400)])
    github.get(RUNS, json={"total_count": 1, "workflow_runs": [run(9482, "14:02:05")]})
    github.get(f"{RUNS}/9400", json=run(9400, "14:18:10", created_at="2026-03-20T09:00:00Z", run_attempt=2))
    documents, gaps, error = fetched()
    assert (gaps, error) == ([], None)
    assert [document.asked.partition("?")[0].removeprefix(f"GET {API}") for document in documents] == [
        "/deployments",
        "/deployments/73/statuses",
        "/deployments/72/statuses",
        "/deployments/70/statuses",
        "/deployments/69/statuses",
        "/deployments/68/statuses",
        "/actions/runs",
        "/actions/runs/9400",
    ]
    assert calls(documents) == ["deployments", *["statuses"] * 5, "runs", "run"]
    assert json.loads(documents[0].text) == listed
    for sent in github.calls:
        assert sent.request.headers["Authorization"] == f"Bearer {TOKEN}"
        assert sent.request.headers["Accept"] == "application/vnd.github+json"
        assert sent.request.headers["X-GitHub-Api-Version"] == "2022-11-28"
    assert TOKEN not in repr(documents)


def test_runs_are_asked_for_by_a_range_of_time_that_survives_the_url(github: RequestsMock) -> None:
    github.get(DEPLOYMENTS, json=[])
    github.get(RUNS, json=NO_RUNS)
    documents, _, _ = fetched()
    sent = str(github.calls[1].request.url)
    assert parse_qs(urlsplit(sent).query) == {
        "created": ["2026-03-31T14:00:00Z..2026-04-01T14:30:00Z"],
        "exclude_pull_requests": ["true"],
        "per_page": ["100"],
    }
    assert documents[1].asked == f"GET {sent}"


def test_pages_are_followed_as_linked_until_there_is_one_page_of_older_deployments(github: RequestsMock) -> None:
    elsewhere = "https://api.github.com/repositories/1/deployments?page="
    link = [{"Link": f'<{elsewhere}{n}>; rel="next", <{elsewhere}9>; rel="last"'} for n in range(2, 6)]
    github.get(DEPLOYMENTS, json=[deployment(9, "14:50:00", "v2.0.0")], headers=link[0])
    github.get(f"{elsewhere}2", json=[deployment(8, "14:45:00", "v1.9.0")], headers=link[1])
    github.get(f"{elsewhere}3", json=[deployment(7, "2026-03-20T09:00:00Z", "v1.4.9")], headers=link[2])
    github.get(f"{elsewhere}4", json=[deployment(6, "2026-03-19T09:00:00Z", "v1.4.8")], headers=link[3])
    github.get(f"{DEPLOYMENTS}/7/statuses", json=[])
    github.get(f"{DEPLOYMENTS}/6/statuses", json=[])
    github.get(RUNS, json=NO_RUNS)
    documents, gaps, error = fetched()
    assert (gaps, error) == ([], None)
    assert calls(documents) == [*["deployments"] * 4, "statuses", "statuses", "runs"]


def test_pages_that_never_end_are_cut_with_a_word(github: RequestsMock) -> None:
    numbers = itertools.count(2)

    def answer(_: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        return 200, {"Link": f'<{DEPLOYMENTS}?page={next(numbers)}>; rel="next"'}, "[]"

    github.add_callback(responses.GET, DEPLOYMENTS, answer)
    github.get(RUNS, json=ONE_RUN)
    documents, gaps, error = fetched()
    assert calls(documents) == ["deployments"] * MAX_PAGES + ["runs"]
    assert error is None
    assert [gap.reason for gap in gaps] == [f"deployments: truncated after {MAX_PAGES} pages"]


def test_a_listing_ends_if_a_page_links_to_an_earlier_one(github: RequestsMock) -> None:
    github.get(DEPLOYMENTS, json=[], headers={"Link": f'<{DEPLOYMENTS}?page=2>; rel="next"'})
    github.get(RUNS, json=ONE_RUN)
    documents, gaps, error = fetched()
    assert (calls(documents), error) == (["deployments"] * 2 + ["runs"], None)
    assert [gap.reason for gap in gaps] == ["deployments: truncated, its pages lead back to one before"]


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/deployments?page=2",
        "http://api.github.com/repos/acme/checkout/deployments?page=2",
        "//evil.example/",
        "https://api.github.com@evil.example/",
        "https://api.github.com:8443/",
        "http://[",
        "file:///etc/passwd",
    ],
)
def test_the_token_goes_to_no_other_host(github: RequestsMock, link: str) -> None:
    github.get(DEPLOYMENTS, json=[], headers={"Link": f'<{link}>; rel="next"'})
    github.get(RUNS, status=302, headers={"Location": link})
    documents, gaps, error = fetched()
    assert calls(documents) == ["deployments"]
    assert error is None
    assert "deployments: truncated, the link to the next page leads to another host" in gaps[0].reason
    assert re.search("redirected to (another host|a malformed address)", gaps[1].reason)
    assert [urlsplit(sent.request.url).netloc for sent in github.calls] == ["api.github.com"] * 2


def test_a_renamed_repository_is_followed_within_its_host(github: RequestsMock) -> None:
    github.get(DEPLOYMENTS, status=301, headers={"Location": "/repositories/1/deployments"})
    github.get("https://api.github.com/repositories/1/deployments", json=[])
    github.get(RUNS, status=307, headers={"Location": RUNS})
    documents, gaps, _ = fetched()
    assert calls(documents) == ["deployments"]
    assert "again and again" in gaps[0].reason


@pytest.mark.parametrize("code", [403, 404])
def test_one_right_missing_is_named_and_the_other_half_goes_on(github: RequestsMock, code: int) -> None:
    github.get(DEPLOYMENTS, status=code, json={"message": "Resource not accessible by personal access token"})
    github.get(RUNS, json=NO_RUNS)
    documents, gaps, error = fetched()
    assert (calls(documents), error) == (["runs"], None)
    assert f"GET /repos/acme/checkout/deployments: {code}" in gaps[0].reason
    assert "`Deployments: read` on acme/checkout" in gaps[0].hint

    github.replace(responses.GET, DEPLOYMENTS, json=[])
    github.replace(responses.GET, RUNS, status=code, json={})
    documents, gaps, error = fetched()
    assert (calls(documents), error) == (["deployments"], None)
    assert "`Actions: read` on acme/checkout" in gaps[0].hint


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 401, "json": {"message": "Bad credentials"}}, Denied),
        ({"status": 403, "json": {}}, Denied),
        ({"status": 404, "json": {}}, Denied),
        ({"status": 500, "body": "<html>Unicorn</html>"}, Unreachable),
        ({"status": 200, "body": "<html>Sign in</html>", "content_type": "text/html"}, BadAnswer),
        ({"status": 200, "body": '[{"id": 1, "sha'}, BadAnswer),
        ({"body": requests.ConnectTimeout(f"no {TOKEN}")}, Unreachable),
        ({"body": requests.exceptions.SSLError(f"no {TOKEN}")}, Unreachable),
        ({"body": requests.exceptions.ChunkedEncodingError("cut")}, Unreachable),
    ],
)
def test_if_nothing_answers_the_source_ends_with_what_to_do(
    github: RequestsMock, answer: dict[str, Any], error: type[SourceError]
) -> None:
    for url in (DEPLOYMENTS, RUNS):
        github.get(url, **answer)
    documents, gaps, raised = fetched()
    assert documents == []
    assert type(raised) is error
    assert "/deployments" in raised.reason
    assert ["/actions/runs" in gap.reason for gap in gaps] == [True]
    assert TOKEN not in f"{raised.reason} {gaps}"


LIMITS = [
    pytest.param(
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{utc('15:00:00').timestamp():.0f}"}, id="primary"
    ),
    pytest.param({"retry-after": "1800"}, id="secondary"),
]


@pytest.mark.parametrize("code", [403, 429])
@pytest.mark.parametrize("headers", LIMITS)
def test_at_a_rate_limit_what_was_read_stays_and_its_end_is_told(
    github: RequestsMock, code: int, headers: dict[str, str]
) -> None:
    github.get(DEPLOYMENTS, json=[deployment(72, "14:02:06", "v1.5.0")])
    github.get(
        f"{DEPLOYMENTS}/72/statuses",
        status=code,
        json={"message": "You have exceeded a rate limit"},
        headers={"date": "Wed, 01 Apr 2026 14:30:00 GMT", **headers},
    )
    documents, gaps, error = fetched()
    assert (calls(documents), error) == (["deployments"], None)
    assert [gap.reason.partition(": ")[2] for gap in gaps] == [
        "rate limited for another 1800 s, until 2026-04-01 15:00:00 UTC"
    ]
    github.replace(responses.GET, DEPLOYMENTS, status=code, headers=headers)
    assert isinstance(fetched()[2], RateLimited)


def test_a_short_limit_is_waited_for(github: RequestsMock) -> None:
    github.get(DEPLOYMENTS, status=403, headers={"retry-after": "2"})
    github.get(DEPLOYMENTS, json=[])
    github.get(RUNS, json={"total_count": 1, "workflow_runs": [run(9482, "14:02:05")]})
    slept: list[float] = []
    documents, gaps, _ = fetched(slept)
    assert (calls(documents), gaps, slept) == (["deployments", "runs"], [], [2.0])


def test_one_deployment_that_is_gone_loses_no_other(github: RequestsMock) -> None:
    github.get(DEPLOYMENTS, json=[deployment(n, f"14:0{n}:00", "v1.5.0") for n in (3, 2, 1)])
    github.get(f"{DEPLOYMENTS}/3/statuses", status=404, json={})
    github.get(f"{DEPLOYMENTS}/2/statuses", body="<html>")
    github.get(f"{DEPLOYMENTS}/1/statuses", json=[status(1, "success", "14:05:20", 9482)])
    github.get(RUNS, json=NO_RUNS)
    github.get(f"{RUNS}/9482", status=404, json={})
    documents, gaps, error = fetched()
    assert (calls(documents), error) == (["deployments", "statuses", "runs"], None)
    assert gaps[0].reason.startswith("the statuses of 2 of 3 deployments could not be read, first GET ")
    assert gaps[1].reason.startswith("1 of 1 runs that deployments point to could not be read, first GET ")


def test_a_log_link_to_another_repository_is_not_asked_for_here(github: RequestsMock) -> None:
    github.get(DEPLOYMENTS, json=[deployment(1, "14:00:00", "v1.5.0")])
    foreign = LOG.replace("acme/checkout", "acme/deployer") + "/7"
    github.get(f"{DEPLOYMENTS}/1/statuses", json=[status(1, "success", "14:05:20", log_url=foreign)])
    github.get(RUNS, json=NO_RUNS)
    documents, gaps, _ = fetched()
    assert (calls(documents), gaps) == (["deployments", "statuses", "runs"], [])


def test_environments_are_asked_for_one_by_one(github: RequestsMock) -> None:
    for environment in ("production", "eu west/1"):
        exact = matchers.query_param_matcher({"environment": environment, "per_page": "100"})
        github.get(DEPLOYMENTS, json=[], match=[exact])
    github.get(RUNS, json=NO_RUNS)
    documents, gaps, error = fetched(environments=["production", "eu west/1"])
    assert (calls(documents), gaps, error) == (["deployments", "deployments", "runs"], [], None)


def busy(github: RequestsMock, per_hour: int) -> None:
    """A repository with so many runs each hour."""

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        start, end = (utc(end) for end in parse_qs(urlsplit(str(request.url)).query)["created"][0].split(".."))
        total = int(((end - start).total_seconds() + 1) * per_hour / 3600)
        return 200, {}, json.dumps({"total_count": total, "workflow_runs": []})

    github.get(DEPLOYMENTS, json=[])
    github.add_callback(responses.GET, RUNS, answer)


def test_more_runs_than_a_search_gives_are_asked_for_in_parts_without_hole_or_overlap(github: RequestsMock) -> None:
    busy(github, 400)
    documents, gaps, _ = fetched()
    assert gaps == []
    whole = sorted(parse_span(document) for document in documents if document.call == "runs")
    assert len(whole) > 10
    assert (whole[0][0], whole[-1][1]) == (WINDOW.start - LEAD, WINDOW.end)
    for (_, end), (start, _) in pairwise(whole):
        assert start - end == timedelta(seconds=1)


def parse_span(document: Document) -> tuple[datetime, datetime]:
    start, end = parse_qs(urlsplit(document.asked).query)["created"][0].split("..")
    return utc(start), utc(end)


def test_more_runs_than_can_be_asked_for_end_with_a_word(github: RequestsMock) -> None:
    busy(github, 10**9)
    documents, gaps, error = fetched()
    assert error is None
    assert len(github.calls) < 600
    assert all(gap.reason.startswith("runs: truncated, there are ") for gap in gaps)
    assert len(gaps) > 0
    assert len(documents) > 1


def test_no_password_is_taken_from_netrc(github: RequestsMock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine api.github.com login me password canary\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    github.get(DEPLOYMENTS, status=301, headers={"Location": "/moved"})
    github.get("https://api.github.com/moved", json=[])
    github.get(RUNS, json=NO_RUNS)
    source = GithubSource("github", SETTINGS, Scrubber())
    assert calls([d for d in source.fetch(WINDOW, Deadline(60)) if isinstance(d, Document)]) == ["deployments", "runs"]
    assert {sent.request.headers.get("Authorization") for sent in github.calls} == {None}


def test_the_source_asks_for_its_token_only_when_it_fetches_and_on_the_server_it_is_given(
    github: RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PM_TOKEN", raising=False)
    settings = GithubSettings.model_validate(
        {"repository": "acme/checkout", "api_url": "https://git.acme.example/api/v3/", "token_env": "PM_TOKEN"}
    )
    scrubber = Scrubber()
    source = GithubSource("github", settings, scrubber)
    assert list(source.read([], WINDOW)) == []
    with pytest.raises(Denied, match="PM_TOKEN"):
        list(source.fetch(WINDOW, Deadline(60)))
    monkeypatch.setenv("PM_TOKEN", TOKEN)
    github.get("https://git.acme.example/api/v3/repos/acme/checkout/deployments", json=[])
    github.get("https://git.acme.example/api/v3/repos/acme/checkout/actions/runs", json=NO_RUNS)
    assert len(list(source.fetch(WINDOW, Deadline(60)))) == 2
    assert scrubber.scrub(TOKEN) != TOKEN


@pytest.mark.parametrize(
    "wrong",
    [
        {"repository": "checkout"},
        {"repository": "acme/checkout/x"},
        {"repository": "acme/.."},
        {"repository": "https://github.com/acme/checkout"},
        {"repository": "acme/checkout", "api_url": "api.github.com"},
        {"repository": "acme/checkout", "api_url": "https://user:pass@api.github.com"},
        {"repository": "acme/checkout", "api_url": "https://[", "token_env": "A"},
        {"repository": "acme/checkout", "environment": "production"},
        {"repository": "acme/checkout", "environments": "production"},
        {"repositories": ["acme/checkout", "cart"]},
        {"repositories": []},
        {},
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        GithubSettings.model_validate(wrong)


def test_the_service_is_the_repository_unless_named() -> None:
    assert Place(SETTINGS, "acme/checkout").service() == "checkout"
    named = GithubSettings(repository="acme/mono", service="checkout")
    assert Place(named, "acme/mono").service() == "checkout"


def test_one_of_several_services_is_known_by_task_workflow_environment_or_repository() -> None:
    services = {"deploy:cart*": "cart", "deploy-web.yml": "web", "prod-search": "search", "acme/pay": "payments"}
    settings = GithubSettings(repositories=["acme/mono", "acme/pay", "acme/Mono"], services=services)
    assert settings.every == ["acme/mono", "acme/pay"]
    mono, pay = (Place(settings, repository) for repository in settings.every)
    assert [mono.service(name) for name in ("deploy:cart:eu", "Deploy-Web.yml", "prod-search", "deploy")] == [
        "cart",
        "web",
        "search",
        "mono",
    ]
    assert pay.service("deploy") == "payments"


def test_several_repositories_are_asked_and_one_that_is_refused_takes_no_other_down(github: RequestsMock) -> None:
    other = "https://api.github.com/repos/acme/cart"
    github.get(DEPLOYMENTS, status=404, json={"message": "Not Found"})
    github.get(RUNS, json=NO_RUNS)
    github.get(f"{other}/deployments", json=[deployment(5, "14:02:06", "v2.0.0")])
    github.get(f"{other}/deployments/5/statuses", json=[status(1, "success", "14:05:00")])
    github.get(f"{other}/actions/runs", json=NO_RUNS)
    documents, gaps, error = fetched(repositories=["acme/cart"])
    assert error is None
    assert [gap.hint for gap in gaps] == [
        "check `repository` and the token; a fine-grained token needs `Deployments: read` on acme/checkout"
    ]
    settings = SETTINGS.model_copy(update={"repositories": ["acme/cart"]})
    events = [
        one for one in GithubSource("github", settings, Scrubber()).read(documents, WINDOW) if isinstance(one, Event)
    ]
    assert {(one.subject.service, one.keys.repository, one.keys.version) for one in events} == {
        ("cart", "acme/cart", "2.0.0")
    }


def test_of_runs_that_deploy_the_jobs_are_asked_for_and_of_what_waited_who_approved(github: RequestsMock) -> None:
    github.get(DEPLOYMENTS, json=[deployment(72, "13:02:06", "v1.5.0")])
    waited = [status(1, "waiting", "13:02:07", 9482), status(2, "in_progress", "14:02:20", 9482)]
    github.get(f"{DEPLOYMENTS}/72/statuses", json=waited)
    again = run(9100, "14:18:10", "14:22:20", created_at="2026-03-20T09:00:00Z", run_attempt=2)
    path = {"path": ".github/workflows/deploy.yml@main"}
    runs = [run(9482, "13:02:05", "14:05:25", **path), run(9490, "14:10:00", "14:12:00", **path)]
    github.get(RUNS, json={"total_count": 2, "workflow_runs": runs})
    old = {"total_count": 1, "workflow_runs": [{**again, **path}]}
    github.get(f"{API}/actions/workflows/deploy.yml/runs", json=old)
    for id_ in (9490, 9100):
        github.get(f"{RUNS}/{id_}/jobs", json={"total_count": 0, "jobs": []})
    github.get(f"{RUNS}/9100/attempts/1", json={**again, "run_attempt": 1})
    github.get(f"{RUNS}/9482/approvals", json=[])
    documents, gaps, error = fetched(workflows=["deploy.yml"])
    assert (gaps, error) == ([], None)
    assert calls(documents) == [
        "deployments",
        "statuses",
        "runs",
        "runs",
        "jobs",
        "attempt",
        "jobs",
        "approvals",
    ]
    created = next(parse_qs(urlsplit(d.asked).query)["created"][0] for d in documents if "/workflows/" in d.asked)
    assert created == "2026-03-02T14:00:00Z..2026-03-31T13:59:59Z"


def test_a_thousand_deployments_over_twenty_repositories_cost_a_bounded_number_of_requests() -> None:
    """One request for each deployment of the window, and a few for each repository."""
    asked, gaps = cost_of(20)
    assert gaps == []
    assert asked <= 1000 + 4 * 20


def test_previews_and_what_is_too_much_are_not_asked_for_one_by_one(github: RequestsMock) -> None:
    many = [deployment(n, "14:10:00", "main") for n in range(1, MOST_STATUSES + 6)]
    previews = [deployment(900 + n, "14:11:00", "pr", environment=f"review/pr-{n}") for n in range(40)]
    github.get(DEPLOYMENTS, json=[*many, *previews])
    github.get(re.compile(f"{DEPLOYMENTS}/\\d+/statuses"), json=[])
    github.get(RUNS, json=NO_RUNS)
    documents, gaps, _ = fetched()
    assert calls(documents).count("statuses") == MOST_STATUSES + MOST_PREVIEWS
    assert [gap.reason for gap in gaps] == ["statuses: not asked for 5 further deployments of acme/checkout"]


ENVIRONMENTS = {"total_count": 2, "environments": [{"name": "Production"}, {"name": "staging"}, {"name": None}]}


@pytest.mark.parametrize(
    ("about", "ever", "reasons"),
    [
        ({"archived": True}, 0, ["acme/checkout is archived: nothing runs in it"]),
        ({"archived": False}, 0, ["acme/checkout has no Deployments and no workflow runs at all"]),
        # Nothing ran in this time, which is an answer.
        ({"archived": False}, 7, []),
        (None, 0, []),
    ],
)
def test_a_repository_that_records_nothing_is_named(
    github: RequestsMock, about: dict[str, Any] | None, ever: int, reasons: list[str]
) -> None:
    github.get(DEPLOYMENTS, json=[])
    github.get(RUNS, json=NO_RUNS, match=[matchers.query_param_matcher({"per_page": "100"}, strict_match=False)])
    every = [matchers.query_param_matcher({"per_page": "1"})]
    github.get(RUNS, json={"total_count": ever, "workflow_runs": []}, match=every)
    github.get(API, **({"json": about} if about else {"status": 404}))
    documents, gaps, error = fetched()
    assert ([gap.reason for gap in gaps], error) == (reasons, None)
    # They are asked for the gap alone, so a replay has nothing to read in them.
    assert calls(documents) == ["deployments", "runs"]


@pytest.mark.parametrize(
    ("known", "reasons"),
    [
        ({**ENVIRONMENTS, "total_count": 3}, []),
        (
            {"total_count": 2, "environments": ENVIRONMENTS["environments"][:2]},
            ["acme/checkout has no environment prod"],
        ),
        ({"message": "Not Found"}, []),
    ],
)
def test_an_environment_that_does_not_exist_is_named(
    github: RequestsMock, known: dict[str, Any], reasons: list[str]
) -> None:
    """GitHub answers with an empty list; names of environments are not case sensitive."""
    github.get(DEPLOYMENTS, json=[])
    github.get(RUNS, json=ONE_RUN)
    github.get(f"{API}/environments", json=known)
    _, gaps, error = fetched(environments=["production", "prod"])
    assert ([gap.reason for gap in gaps], error) == (reasons, None)
    assert [gap.hint for gap in gaps] == ["it has Production, staging: see `environments`"] * len(reasons)


def test_a_workflow_that_does_not_exist_is_named_unless_a_run_calls_it(github: RequestsMock) -> None:
    called = run(9482, "14:02:05", referenced_workflows=[{"path": "acme/shared/.github/workflows/roll.yml@v1"}])
    github.get(DEPLOYMENTS, json=[])
    github.get(RUNS, json={"total_count": 1, "workflow_runs": [called]})
    github.get(f"{RUNS}/9482/jobs", json={"jobs": []})
    for file in ("roll.yml", "depoly.yml"):
        github.get(f"{API}/actions/workflows/{file}/runs", status=404, json={"message": "Not Found"})
    _, gaps, error = fetched(workflows=["roll.yml", "depoly.yml"])
    assert error is None
    assert [gap.reason for gap in gaps] == [
        "acme/checkout has no workflow depoly.yml, and no run here calls one of this name"
    ]


def test_runs_of_a_renamed_repository_are_found_by_its_former_name(github: RequestsMock) -> None:
    moved = {"repository_url": "https://api.github.com/repos/acme/checkout-api"}
    linked = status(1, "success", "14:05:20", log_url=LOG.replace("acme/checkout", "acme/checkout-api") + "/9400/job/1")
    github.get(DEPLOYMENTS, json=[deployment(72, "14:02:06", "v1.5.0")])
    github.get(f"{DEPLOYMENTS}/72/statuses", json=[{**linked, **moved}])
    github.get(RUNS, json=ONE_RUN)
    github.get(f"{RUNS}/9400", json=run(9400, "14:02:10", created_at="2026-03-20T09:00:00Z", run_attempt=2))
    documents, gaps, _ = fetched()
    assert (calls(documents), gaps) == (["deployments", "statuses", "runs", "run"], [])
