"""What the real servers say of the incident is what happened in it."""

from datetime import timedelta

import pytest

from tests.incident import live as served
from tests.incident import metrics
from tests.incident.workloads import CHECKOUT, moment
from tests.servers.process import session

OLD, BAD = "1.4.9", "1.5.0"
VERSION = "app.kubernetes.io/version"
REVISION = "deployment.kubernetes.io/revision"


@pytest.fixture(scope="module")
def listed(live):
    """All objects of a kind, in pages as a client asks for them."""
    asking = session(live.kubernetes.ca, live.kubernetes.token)

    def pages(path):
        asked = {"limit": "200"}
        while True:
            page = asking.get(live.kubernetes.url + path, params=asked, timeout=30).json()
            yield from page["items"]
            if not page["metadata"].get("continue"):
                return
            asked["continue"] = page["metadata"]["continue"]

    return lambda path: list(pages(path))


@pytest.fixture(scope="module")
def query(live):
    def ask(call, **asked):
        with session() as asking:
            answer = asking.get(f"{live.prometheus_url}/api/v1/{call}", params=asked, timeout=30).json()
        assert answer["status"] == "success"
        return answer["data"]["result"]

    return ask


def checkout_sets(listed):
    sets = [
        one
        for one in listed("/apis/apps/v1/namespaces/shop/replicasets")
        if one["metadata"]["name"].startswith("checkout-")
    ]
    return {one["spec"]["template"]["metadata"]["labels"][VERSION]: one for one in sets}


def last_seen(event):
    times = (event.get("series") or {}).get("lastObservedTime"), event["lastTimestamp"], event["eventTime"]
    return max(moment(one.removesuffix("Z")) for one in times if one)


def test_five_hundred_events_and_more_have_nothing_to_do_with_it(listed):
    events = listed("/api/v1/events")
    noise = [one for one in events if not one["involvedObject"]["name"].startswith("checkout")]
    assert len(noise) >= 500
    assert all(moment("13:40:00") <= last_seen(one) < moment("14:40:00") for one in events)
    reasons = {one["reason"] for one in noise}
    assert reasons >= {
        "BackOff",
        "FailedScheduling",
        "FailedMount",
        "Unhealthy",
        "SuccessfulRescale",
        "NodeHasDiskPressure",
    }


def test_scaling_shows_the_rollout_and_the_rollback(listed):
    sets = {one["metadata"]["name"]: version for version, one in checkout_sets(listed).items()}
    events = [
        one
        for one in listed("/api/v1/namespaces/shop/events")
        if one["reason"] == "ScalingReplicaSet" and one["involvedObject"]["name"] == "checkout"
    ]
    scaled = {}
    for one in sorted(events, key=last_seen):
        *_, way, _, _, name, _, size = one["message"].split()
        scaled[way, sets[name], int(size), last_seen(one) > moment("14:18:00")] = last_seen(one)
    for step, at in {
        ("up", BAD, 3, False): "14:02:50",
        ("down", OLD, 3, False): "14:03:56",
        ("up", BAD, 6, False): "14:03:56",
        ("down", OLD, 0, False): "14:05:02",
        ("up", OLD, 3, True): "14:20:00",
        ("down", BAD, 0, True): "14:22:10",
    }.items():
        assert abs(scaled[step] - moment(at)) <= timedelta(seconds=3), step


def test_the_old_replica_set_was_adopted_again(listed):
    sets = checkout_sets(listed)
    old, bad = sets[OLD], sets[BAD]
    assert old["metadata"]["creationTimestamp"] == "2026-03-24T10:12:04Z"
    assert old["metadata"]["annotations"][REVISION] == "9"
    assert old["metadata"]["annotations"][f"{REVISION}-history"] == "7"
    assert old["status"]["availableReplicas"] == 6
    assert bad["metadata"]["creationTimestamp"] == "2026-04-01T14:02:50Z"
    assert bad["metadata"]["annotations"][REVISION] == "8"
    assert bad["status"]["replicas"] == 0
    assert set(sets) == {version for _, version in CHECKOUT.releases} | {BAD}
    deployments = listed("/apis/apps/v1/namespaces/shop/deployments")
    checkout = next(one for one in deployments if one["metadata"]["name"] == "checkout")
    progress = next(one for one in checkout["status"]["conditions"] if one["type"] == "Progressing")
    assert progress["reason"] == "NewReplicaSetAvailable"
    done = moment(progress["lastUpdateTime"].removesuffix("Z"))
    assert abs(done - moment("14:22:10")) <= timedelta(seconds=3)


def test_no_pod_of_the_bad_version_is_left(listed):
    pods = [one for one in listed("/api/v1/namespaces/shop/pods") if one["metadata"]["name"].startswith("checkout-")]
    assert [one["metadata"]["labels"][VERSION] for one in pods] == [OLD] * 6
    for one in pods:
        conditions = {
            item["type"]: moment(item["lastTransitionTime"].removesuffix("Z")) for item in one["status"]["conditions"]
        }
        running = one["status"]["containerStatuses"][0]["state"]["running"]["startedAt"]
        created = moment(one["metadata"]["creationTimestamp"].removesuffix("Z"))
        order = [created, conditions["PodScheduled"], moment(running.removesuffix("Z")), conditions["Ready"]]
        assert order == sorted(order)
        assert moment("14:20:00") <= order[0]
        assert timedelta(seconds=30) <= order[3] - order[0] <= timedelta(seconds=40)


def test_a_user_without_rights_is_refused(live):
    powerless = live.kubernetes.powerless_kubeconfig.read_text()
    token = powerless.partition('"token": "')[2].partition('"')[0]
    with session(live.kubernetes.ca, token) as asking:
        answer = asking.get(f"{live.kubernetes.url}/api/v1/events", timeout=30)
    assert answer.status_code == 403


def test_raw_alerts_tell_when_it_was_pending_and_firing(query):
    found = query("query", query='ALERTS{alertname="CheckoutHighErrorRatio"}[2h]', time="2026-04-01T14:40:00Z")
    times = {one["metric"]["alertstate"]: [at for at, _ in one["values"]] for one in found}
    assert times["pending"][0] == pytest.approx(moment("14:04:15").timestamp(), abs=1)
    assert times["firing"][0] == pytest.approx(moment("14:06:15").timestamp(), abs=1)
    assert times["firing"][-1] == pytest.approx(moment("14:23:30").timestamp(), abs=1)


def test_the_counters_are_what_the_alert_says(query):
    rule = {
        "query": metrics.EXPRESSION,
        "start": str(metrics.PENDING - 900),
        "end": str(metrics.LAST + 900),
        "step": "15",
    }
    (held,) = query("query_range", **rule)
    assert [held["values"][0][0], held["values"][-1][0]] == [metrics.PENDING, metrics.LAST]
    assert len(held["values"]) == (metrics.LAST - metrics.PENDING) / 15 + 1


def test_the_error_ratio_climbs_to_forty_percent_and_falls_back(query):
    ratio = metrics.EXPRESSION.partition(" > ")[0].replace("[2m]", "[1m]")

    def at(time):
        ((_, value),) = [one["value"] for one in query("query", query=ratio, time=f"2026-04-01T{time}Z")]
        return float(value)

    assert at("14:02:00") < 0.005
    assert 0.08 < at("14:04:25") < 0.22
    assert at("14:10:00") == pytest.approx(0.4, abs=0.03)
    assert at("14:18:00") == pytest.approx(0.4, abs=0.03)
    assert at("14:23:30") < 0.005


@pytest.mark.thorough
def test_the_samples_are_the_same_every_time():
    assert served.openmetrics() == served.openmetrics()


def test_github_answers_in_pages_to_those_who_may_ask(live):
    url = f"{live.github_url}/repos/acme/checkout/actions/runs"
    with session() as asking:
        refused = asking.get(url, timeout=30)
    assert (refused.status_code, refused.json()["message"]) == (401, "Requires authentication")
    asking = session(token=served.TOKEN)
    window = {"created": "2026-04-01T14:00:00Z..2026-04-01T14:30:00+00:00", "per_page": "1"}
    numbers, page = [], asking.get(url, params=window, timeout=30)
    while True:
        assert page.json()["total_count"] == 3
        numbers += [run["run_number"] for run in page.json()["workflow_runs"]]
        if "next" not in page.links:
            break
        page = asking.get(page.links["next"]["url"], timeout=30)
    assert numbers == [1935, 483, 482]
    assert asking.get(url.replace("acme", "other"), timeout=30).status_code == 404
    assert int(page.headers["x-ratelimit-remaining"]) > 0
