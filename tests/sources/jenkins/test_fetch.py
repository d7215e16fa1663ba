import base64
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests
import responses
from pydantic import ValidationError
from responses import RequestsMock

from collector.event import Event, Kind
from collector.secrets import MASK, Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap, RateLimited, SourceError, Unreachable
from sources.jenkins import JenkinsSettings, JenkinsSource
from sources.jenkins.api import Api
from sources.jenkins.fetch import MOST_JOBS, MOST_STAGES, fetch
from tests.sources.jenkins.payloads import SETTINGS, URL, WINDOW, build, given, ms, stage, utc

TOKEN = "11canary0123456789abcdef"
SOON = utc("15:00:00")
LATER = utc("2026-04-20T10:00:00+00:00")
EMPTY_QUEUE = {"_class": "hudson.model.Queue", "items": []}


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_TOKEN", TOKEN)


@pytest.fixture
def jenkins() -> Iterator[RequestsMock]:
    with RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{URL}/queue/api/json", json=EMPTY_QUEUE)
        yield mock


def fetched(
    now: datetime = SOON, slept: list[float] | None = None, **changes: Any
) -> tuple[list[Document], list[Gap], SourceError | None]:
    settings = SETTINGS.model_copy(update={"username": "reader", "token_env": "TEST_TOKEN", **changes})
    documents: list[Document] = []
    gaps: list[Gap] = []
    with Api(settings, Scrubber(), Deadline(60), sleep=(slept if slept is not None else []).append) as api:
        try:
            for one in fetch(api, settings, WINDOW, now):
                if isinstance(one, Document):
                    documents.append(one)
                else:
                    gaps.append(one)
        except SourceError as error:
            return documents, gaps, error
    return documents, gaps, None


def job(name: str, last: str = "14:02:06", until: str = "14:05:20") -> dict[str, Any]:
    last_build = {"number": 52, "timestamp": ms(last), "duration": ms(until) - ms(last), "building": False}
    class_ = "org.jenkinsci.plugins.workflow.job.WorkflowJob"
    return {"_class": class_, "name": name, "color": "blue", "lastBuild": last_build}


def folder(*jobs: dict[str, Any], name: str = "") -> dict[str, Any]:
    return {"_class": "com.cloudbees.hudson.plugins.folder.Folder", "name": name, "jobs": list(jobs)}


def built(*listed: dict[str, Any], all_: bool = False) -> dict[str, Any]:
    return {"_class": "x", ("allBuilds" if all_ else "builds"): list(listed)}


def paths(documents: list[Document]) -> list[str]:
    return [urlsplit(one.asked.removeprefix("GET ")).path.removeprefix("/jenkins") for one in documents]


def test_jobs_builds_stages_and_the_queue_are_asked_for_with_a_tree_each(jenkins: RequestsMock) -> None:
    branch = {**folder(job("feature%2Fcart"), name="checkout"), "_class": "x.WorkflowMultiBranchProject"}
    idle = job("old", "2026-03-01T10:00:00+00:00", "2026-03-01T10:05:00+00:00")
    jenkins.get(f"{URL}/api/json", json=folder(branch, idle, {"name": "new", "color": "notbuilt", "lastBuild": None}))
    place = f"{URL}/job/checkout/job/feature%252Fcart"
    jenkins.get(f"{place}/api/json", json=built(build(52, "14:02:06", "14:05:20")))
    jenkins.get(f"{place}/52/wfapi/describe", json={"startTimeMillis": ms("14:02:06"), "stages": []})
    documents, gaps, error = fetched()
    assert (gaps, error) == ([], None)
    assert paths(documents) == [
        "/api/json",
        "/job/checkout/job/feature%252Fcart/api/json",
        "/job/checkout/job/feature%252Fcart/52/wfapi/describe",
        "/queue/api/json",
    ]
    trees = [parse_qs(urlsplit(str(call.request.url)).query).get("tree", [""])[0] for call in jenkins.calls]
    assert [bool(tree) for tree in trees] == [True, True, False, True]
    assert "{0,100}" in trees[1]
    login = base64.b64encode(f"reader:{TOKEN}".encode()).decode()
    assert {call.request.headers["Authorization"] for call in jenkins.calls} == {f"Basic {login}"}
    assert TOKEN not in repr(documents)


def test_the_queue_of_now_says_nothing_of_a_window_long_ago(jenkins: RequestsMock) -> None:
    jenkins.get(f"{URL}/api/json", json=folder(job("cart")))
    jenkins.get(f"{URL}/job/cart/api/json", json=built())
    assert paths(fetched(LATER)[0]) == ["/api/json", "/job/cart/api/json"]


def test_folders_deeper_than_an_answer_goes_and_lists_longer_than_it_are_asked_for(jenkins: RequestsMock) -> None:
    many = [job(f"idle-{n}", "2026-03-01T10:00:00+00:00", "2026-03-01T10:01:00+00:00") for n in range(500)]
    deep = {"_class": "com.cloudbees.hudson.plugins.folder.Folder", "name": "c"}
    jenkins.get(f"{URL}/api/json", json=folder(folder(*many, name="a"), folder(folder(deep, name="b"), name="z")))
    jenkins.get(f"{URL}/job/a/api/json", json=folder(job("last")))
    jenkins.get(f"{URL}/job/z/job/b/job/c/api/json", json=folder(job("deepest")))
    for place in ("a/job/last", "z/job/b/job/c/job/deepest"):
        jenkins.get(f"{URL}/job/{place}/api/json", json=built())
    documents, gaps, error = fetched(LATER)
    assert (gaps, error) == ([], None)
    assert sorted(paths(documents)) == [
        "/api/json",
        "/job/a/api/json",
        "/job/a/job/last/api/json",
        "/job/z/job/b/job/c/api/json",
        "/job/z/job/b/job/c/job/deepest/api/json",
    ]
    assert "{500,1000}" in unquote(next(one.asked for one in documents if "/job/a/api" in one.asked))


def test_builds_are_asked_for_slice_by_slice_until_they_are_old_enough(jenkins: RequestsMock) -> None:
    jenkins.get(f"{URL}/api/json", json=folder(job("cart")))
    newest = [build(300 - n, "14:20:00", "14:21:00", _class="hudson.model.FreeStyleBuild") for n in range(100)]
    older = [
        build(200 - n, "2026-03-30T14:20:00+00:00", "2026-03-30T14:21:00+00:00", _class="hudson.model.FreeStyleBuild")
        for n in range(100)
    ]

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        tree = parse_qs(urlsplit(str(request.url)).query)["tree"][0]
        first = "{0,100}" in tree
        assert first == ("allBuilds" not in tree)
        return 200, {}, json.dumps(built(*newest) if first else built(*older, all_=True))

    jenkins.add_callback(responses.GET, f"{URL}/job/cart/api/json", answer)
    documents, gaps, _ = fetched(LATER)
    assert (len(documents), gaps) == (3, [])


def test_builds_without_an_end_are_cut_with_a_gap(jenkins: RequestsMock) -> None:
    jenkins.get(f"{URL}/api/json", json=folder(job("cart")))
    listed = [build(300 - n, "14:20:00", "14:21:00", _class="hudson.model.FreeStyleBuild") for n in range(100)]
    jenkins.get(f"{URL}/job/cart/api/json", json={"builds": listed, "allBuilds": listed})
    _, gaps, _ = fetched(LATER)
    assert [gap.reason for gap in gaps] == ["builds: truncated, cart has more than 1000 since then"]


def test_a_pipeline_that_waits_since_days_is_asked_for(jenkins: RequestsMock) -> None:
    waits = job("cart", "2026-03-29T14:00:00+00:00", "2026-03-29T14:00:00+00:00")
    waits["lastBuild"]["building"] = True
    jenkins.get(f"{URL}/api/json", json=folder(waits))
    jenkins.get(f"{URL}/job/cart/api/json", json=built(build(52, "2026-03-29T14:00:00+00:00")))
    jenkins.get(f"{URL}/job/cart/52/wfapi/describe", json={"startTimeMillis": ms("14:00:00"), "stages": []})
    assert "/job/cart/52/wfapi/describe" in paths(fetched(LATER)[0])


def test_an_empty_list_of_jobs_is_a_gap_and_not_a_calm_day(jenkins: RequestsMock) -> None:
    jenkins.get(f"{URL}/api/json", json={"_class": "hudson.model.Hudson", "jobs": []})
    documents, gaps, error = fetched(username="")
    assert (len(documents), error) == (1, None)
    assert "jobs: none is visible" in gaps[0].reason
    assert gaps[0].hint == "set `username` and its API token"


def test_patterns_that_match_no_job_are_named(jenkins: RequestsMock) -> None:
    jenkins.get(f"{URL}/api/json", json=folder(job("cart")))
    _, gaps, _ = fetched(jobs=["till/*"])
    assert [gap.reason for gap in gaps] == ["jobs: none of the 1 that are visible is one of `jobs`"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 401, "body": "<html>Invalid password/token for user: reader</html>"}, Denied),
        ({"status": 403, "body": "<html>reader is missing the Overall/Read permission</html>"}, Denied),
        ({"status": 404, "body": "<html>Not Found</html>"}, Denied),
        ({"status": 302, "headers": {"Location": "https://sso.example.com/login?from=%2F"}}, Denied),
        ({"status": 500, "body": "<html>Oops!</html>"}, Unreachable),
        ({"status": 503, "body": "<html>Jenkins is getting ready to work</html>"}, Unreachable),
        ({"status": 429, "body": "slow down", "headers": {"Retry-After": "1800"}}, RateLimited),
        ({"status": 200, "body": "<html>Sign in</html>", "content_type": "text/html"}, BadAnswer),
        ({"status": 200, "body": '{"jobs": [{"na'}, BadAnswer),
        ({"status": 200, "body": "[]"}, BadAnswer),
        ({"body": requests.ConnectTimeout(f"no {TOKEN}")}, Unreachable),
    ],
)
def test_if_nothing_answers_the_source_ends_with_what_to_do(
    jenkins: RequestsMock, answer: dict[str, Any], error: type[SourceError]
) -> None:
    jenkins.get(f"{URL}/api/json", **answer)
    documents, gaps, raised = fetched()
    assert (documents, gaps) == ([], [])
    assert raised is not None
    assert isinstance(raised, error)
    assert raised.reason.startswith("GET /jenkins/api/json")
    assert TOKEN not in raised.reason + raised.hint
    assert len(jenkins.calls) <= 3


def test_a_short_limit_is_waited_for_and_a_long_one_keeps_what_was_read(jenkins: RequestsMock) -> None:
    jenkins.get(f"{URL}/api/json", status=429, headers={"Retry-After": "2"})
    jenkins.get(f"{URL}/api/json", status=429)
    jenkins.get(f"{URL}/api/json", json=folder(job("cart")))
    limited = {"Retry-After": "1800", "Date": "Wed, 01 Apr 2026 14:30:00 GMT"}
    jenkins.get(f"{URL}/job/cart/api/json", status=429, headers=limited)
    slept: list[float] = []
    documents, gaps, error = fetched(slept=slept)
    assert (paths(documents), slept, error) == (["/api/json"], [2.0, 1.0], None)
    assert "rate limited for another 1800 s, until 2026-04-01 15:00:00 UTC" in gaps[0].reason


def test_one_job_that_may_not_be_read_loses_no_other(jenkins: RequestsMock) -> None:
    jenkins.get(f"{URL}/api/json", json=folder(job("cart"), job("till"), job("web")))
    jenkins.get(f"{URL}/job/cart/api/json", status=403, body="<html>")
    jenkins.get(f"{URL}/job/till/api/json", body='{"builds": [')
    jenkins.get(f"{URL}/job/web/api/json", json=built())
    documents, gaps, error = fetched(LATER)
    assert (paths(documents), error) == (["/api/json", "/job/web/api/json"], None)
    assert gaps[0].reason.startswith("the builds of 2 of 3 jobs could not be read, first GET /jenkins/job/")


def test_a_jenkins_without_the_plugin_for_stages_is_asked_once_and_named(jenkins: RequestsMock) -> None:
    jenkins.get(f"{URL}/api/json", json=folder(job("cart")))
    listed = [build(n, "14:02:06", "14:05:20") for n in range(5)]
    jenkins.get(f"{URL}/job/cart/api/json", json=built(*listed))
    jenkins.get(re.compile(r".*/wfapi/describe"), status=404, body="<html>")
    documents, gaps, _ = fetched(LATER)
    assert len(documents) == 2
    assert [gap.reason.partition(":")[0] for gap in gaps] == ["stages"]
    assert "Pipeline: REST API" in gaps[0].hint
    assert sum("wfapi" in str(call.request.url) for call in jenkins.calls) == 1


def test_a_large_jenkins_costs_a_bounded_number_of_requests_and_deploys_come_first(jenkins: RequestsMock) -> None:
    names = [f"job-{n}" for n in range(300)] + ["deploy-cart"]
    jenkins.get(f"{URL}/api/json", json=folder(*(job(name) for name in names)))
    jenkins.get(re.compile(r".*/job/[\w-]+/api/json"), json=built(build(1, "14:02:06", "14:05:20")))
    jenkins.get(re.compile(r".*/wfapi/describe"), json={"startTimeMillis": ms("14:02:06"), "stages": []})
    documents, gaps, error = fetched(LATER)
    assert error is None
    assert len(jenkins.calls) == 1 + MOST_JOBS + MOST_STAGES
    assert [gap.reason for gap in gaps] == [
        "the builds of 101 of 301 jobs that ran were not asked for",
        "the stages of 100 of 200 builds were not asked for",
    ]
    assert paths(documents)[1] == "/job/deploy-cart/api/json"
    assert paths(documents)[1 + MOST_JOBS] == "/job/deploy-cart/1/wfapi/describe"


def test_only_the_parameters_that_are_configured_are_kept(jenkins: RequestsMock) -> None:
    jenkins.get(f"{URL}/api/json", json=folder(job("deploy-cart")))
    secret = given(VERSION="1.5.0", DB_PASSWORD="canary-hunter2", Target_Env="production")
    jenkins.get(f"{URL}/job/deploy-cart/api/json", json=built(build(52, "14:02:06", "14:05:20", secret)))
    jenkins.get(re.compile(r".*/wfapi/describe"), json={"startTimeMillis": ms("14:02:06"), "stages": []})
    documents, _, _ = fetched(LATER)
    assert "canary-hunter2" not in repr(documents)
    assert "DB_PASSWORD" not in repr(documents)
    assert "1.5.0" in documents[1].text
    assert "production" in documents[1].text


def test_a_folder_is_looked_below(jenkins: RequestsMock) -> None:
    jenkins.get(f"{URL}/job/shop/job/back%20end/api/json", json=folder(job("deploy-cart")))
    jenkins.get(f"{URL}/job/shop/job/back%20end/job/deploy-cart/api/json", json=built())
    documents, gaps, error = fetched(LATER, folder="shop/back end")
    assert (len(documents), gaps, error) == (2, [], None)


@pytest.mark.parametrize("value", ["a//b", "../x", "a/./b"])
def test_a_folder_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="full name of a folder"):
        JenkinsSettings(url=URL, folder=value)


def test_replayed_documents_read_as_live_ones_and_hide_an_echoed_token(jenkins: RequestsMock) -> None:
    jenkins.get(f"{URL}/api/json", json=folder(job("deploy-cart")))
    named = build(52, "14:02:06", "14:05:20", given(SERVICE=f"cart {TOKEN}"))
    jenkins.get(f"{URL}/job/deploy-cart/api/json", json=built(named))
    flow = {"startTimeMillis": ms("14:02:06"), "stages": [stage("Deploy", "14:03:00", "14:04:00")]}
    jenkins.get(f"{URL}/job/deploy-cart/52/wfapi/describe", json=flow)
    scrubber = Scrubber()
    login = {"username": "reader", "token_env": "TEST_TOKEN"}
    source = JenkinsSource("jenkins", SETTINGS.model_copy(update=login), scrubber)
    documents = [one for one in source.fetch(WINDOW, Deadline(60)) if isinstance(one, Document)]
    back = [Document(one.call, one.asked, one.at, scrubber.scrub(one.text)) for one in documents]
    assert TOKEN not in repr(back)
    replayed = list(JenkinsSource("jenkins", SETTINGS, Scrubber()).read(back, WINDOW))
    live = list(source.read(documents, WINDOW))
    assert [event.kind for event in replayed if isinstance(event, Event)] == [
        Kind.RUN_STARTED,
        Kind.RUN_SUCCEEDED,
        Kind.DEPLOY_STARTED,
        Kind.DEPLOY_SUCCEEDED,
    ]
    assert repr(replayed) == repr(live).replace(TOKEN, MASK)
