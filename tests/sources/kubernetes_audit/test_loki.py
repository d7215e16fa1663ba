"""The audit log out of Loki: the same as from files, whatever the shippers did to it."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from collector.event import Event
from collector.source import BadAnswer, Denied, Document
from sources.kubernetes_audit import KubernetesAuditSettings
from sources.kubernetes_audit.loki import narrowed
from sources.kubernetes_audit.reduce import reduced
from sources.loki.client import LIMITS
from tests.examples import few
from tests.servers.loki import Loki
from tests.sources.kubernetes_audit import log
from tests.sources.kubernetes_audit.log import WINDOW, Json, at, entry, incident
from tests.sources.kubernetes_audit.shipping import LABELS, QUERY, WRAPPINGS, fetched, shipped, told

T = at("14:10:00")


def gist(events: list[Event]) -> list[tuple[Any, ...]]:
    """All of the Events but where in the log they are."""
    return [
        (e.kind, e.at, e.earliest, e.latest, e.summary, e.native_id, e.keys, e.numbers, e.merge_key) for e in events
    ]


@pytest.fixture(scope="module")
def from_files(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    path = tmp_path_factory.mktemp("audit") / "audit.log"
    path.write_text(log.lines(incident()))
    events, gaps = log.told(path)
    assert gaps == []
    return gist(events)


@pytest.mark.parametrize("wrapping", few(WRAPPINGS, 3))
def test_the_incident_is_the_same_as_from_files_however_it_is_wrapped(
    wrapping: str, from_files: list[tuple[Any, ...]]
) -> None:
    events, gaps = told(Loki(shipped(incident(), WRAPPINGS[wrapping])))
    assert gist(events) == from_files
    assert gaps == []
    first = events[0].query
    assert re.fullmatch(re.escape(QUERY) + r' \|= "[^"]+"', first)


def test_what_was_shipped_late_or_in_pages_or_twice_is_the_same(
    from_files: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Loki([*shipped(incident(), late=timedelta(minutes=13)), *shipped(incident(), late=timedelta(minutes=3))])
    late.max_entries = 40
    events, gaps = told(late)
    assert gist(events) == from_files
    assert gaps == []
    assert len(late.asked) > 5
    assert LIMITS[0] > 40


def test_lines_that_nobody_needs_are_not_sent() -> None:
    agents = {"userAgent": "kube-scheduler"}
    idle = [
        entry(
            T, "system:node:n1", "update", "leases", "n1", requestURI=f"/apis/coordination.k8s.io/v1/namespaces/x{path}"
        )
        for path in ("/leases/n1", "/leases?a=b")
    ]
    idle += [entry(T, "dana", verb, "pods", "web") for verb in ("get", "list", "watch")]
    idle.append(entry(T, "dana", "create", "pods", "web", stage="RequestReceived"))
    events = "/apis/events.k8s.io/v1/namespaces/shop/events"
    idle.append(entry(T, "system:kube-scheduler", "create", "events", "e", requestURI=events, **agents))
    reviews = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    idle.append(entry(T, "system:apiserver", "create", "subjectaccessreviews", "", requestURI=reviews))
    lock = "/api/v1/namespaces/shop/configmaps/ingress-controller-leader-nginx"
    operator = "system:serviceaccount:shop:operator"
    idle += [
        entry(T, operator, "update", "configmaps", lock.rpartition("/")[2], requestURI=f"{lock}{query}")
        for query in ("", "?timeout=5s")
    ]
    idle = [_in_order(each) for each in idle]
    wanted = [entry(T, "dana", verb, "pods/exec", "web") for verb in ("get", "create")]
    wanted += [
        entry(T, user, "update", "configmaps", name, requestURI=f"/api/v1/namespaces/shop/configmaps/{name}")
        for user, name in (("dana", "a-leader"), (operator, "leaderboard"))
    ]
    wanted = [_in_order(each) for each in wanted]
    loki = Loki(shipped([*idle, *wanted]))
    sent = loki.selected(narrowed(QUERY))
    assert [json.loads(line)["auditID"] for _, _, line in sent] == [each["auditID"] for each in wanted]


def _in_order(item: Json) -> Json:
    """As the API server writes it: k8s.io/apiserver/pkg/apis/audit/v1, Event."""
    first = ("kind", "apiVersion", "level", "auditID", "stage", "requestURI", "verb", "user")
    return {**{name: item[name] for name in first}, **item}


TEXT = st.text(max_size=8) | st.sampled_from(
    ["RequestReceived", '"stage":"RequestReceived"', "/events", '"verb":"get"']
)
KEYS = st.sampled_from(["stage", "verb", "objectRef", "a", "/apis/coordination.k8s.io/v1/namespaces/x/leases"])


@pytest.mark.thorough
@given(
    verb=st.sampled_from(["create", "update", "patch", "delete", "get", "list", "watch", "deletecollection"]),
    what=st.sampled_from(
        ["deployments", "pods/exec", "pods/status", "leases", "events", "endpoints", "widgets", "nodes", "configmaps"]
    ),
    name=TEXT | st.sampled_from(["a-leader", "lock", "leaderboard", 'lock","verb":"update","user":{"username":"x']),
    user=st.sampled_from(["dana", "system:serviceaccount:shop:operator"]),
    stage=st.sampled_from(["ResponseComplete", "RequestReceived", "ResponseStarted", "Panic"]),
    labels=st.dictionaries(KEYS, TEXT, max_size=3),
    wrapping=st.sampled_from(sorted(WRAPPINGS)),
)
def test_nothing_that_would_be_kept_is_left_in_loki(
    verb: str, what: str, name: str, user: str, stage: str, labels: dict[str, str], wrapping: str
) -> None:
    """Nobody can hide by what they write into names or labels."""
    resource = what.partition("/")[0]
    item = entry(T, user, verb, what, name, stage=stage, requestObject={"metadata": {"labels": labels}})
    item["requestURI"] = f"/api/v1/namespaces/shop/{resource}/{name}"
    item = _in_order(item)
    if reduced(item) is not None:
        assert Loki(shipped([item], WRAPPINGS[wrapping])).selected(narrowed(QUERY))


def test_no_secret_value_environment_or_command_is_kept() -> None:
    canary = "canary-6c1f"
    spec = {"template": {"spec": {"containers": [{"name": "web", "image": "web:1", "env": [{"value": canary}]}]}}}
    every = [
        entry(T, "dana", "update", resource, "web", requestObject={"data": {"k": canary}, "spec": spec})
        for resource in ("secrets", "configmaps", "deployments", "pods")
    ]
    every.append(entry(T, "dana", "create", "pods/exec", "web", requestURI=f"/exec?command={canary}"))
    strange = [(at_, labels, f"{line} but cut {canary}") for at_, labels, line in shipped(every[:1])]
    _, given_ = fetched(Loki([*shipped(every), *strange]))
    assert "web:1" in repr(given_)
    assert canary not in repr(given_)


def test_what_loki_holds_of_the_window_is_told() -> None:
    """Its begin, its holes and its end, also where nobody changed anything; lines that are no entries are counted."""
    quiet = [entry(at("13:00:10") + timedelta(seconds=20 * n), "dana", "list", "pods", "") for n in range(180)]
    begins = [each for each in quiet if each["stageTimestamp"] > "2026-04-01T13:20"]
    first = entry(at("14:01:00"), "dana", "create", "configmaps", "a")
    last = entry(at("14:20:00"), "dana", "create", "configmaps", "b")

    def reasons(entries: list[Json], **more: Any) -> list[str]:
        return [gap.reason for gap in told(Loki(shipped(entries, late=timedelta()), **more))[1]]

    assert reasons([*begins, first, last]) == [
        "the audit log has nothing between 2026-04-01 14:01:10Z and 2026-04-01 14:20:00Z",
        "the audit log ends at 2026-04-01 14:20:10Z",
    ]
    assert reasons([first])[0] == "the audit log begins at 2026-04-01 14:01:00Z"
    assert reasons([]) == ["no entry of an audit log was found"]
    until_the_end = [entry(at(f"14:{minute}:00"), "dana", "get", "pods", "a") for minute in range(10, 31, 4)]
    assert reasons([*quiet, first, *quiet, *until_the_end])[:1] == [
        "the audit log has nothing between 2026-04-01 14:01:10Z and 2026-04-01 14:10:00Z"
    ]
    blind = reasons([*quiet, first, last], counting=False)
    assert blind[0].startswith("whether the log has holes is not known: counts of Loki: answered 422")
    loki = Loki([*shipped([first]), (shipped([first])[0][0], LABELS, '{"verb":"create"} of something else')])
    assert "1 lines are no entries of an audit log and were left out" in [gap.reason for gap in told(loki)[1]]


def test_a_late_line_covers_its_own_time() -> None:
    """After an outage of the shipper everything comes at once."""
    entries = [
        entry(at(f"14:{minute:02}:00"), "dana", "create", "configmaps", f"c{minute}") for minute in range(0, 31, 3)
    ]
    lines = shipped([entry(at("13:58:00"), "dana", "create", "configmaps", "c")])
    lines += [(shipped(entries[-1:])[0][0], labels, line) for _, labels, line in shipped(entries)]
    assert told(Loki(lines))[1] == []


@pytest.mark.parametrize(
    ("settings", "kind", "said"),
    [({"org_id": ""}, Denied, "tenants"), ({"query": "job=nothing"}, BadAnswer, "parse error")],
)
def test_what_loki_refuses_says_why(settings: dict[str, str], kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        fetched(Loki([]), **settings)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "both missing; set one"),
        ({"path": "a.log", "url": "http://loki", "query": QUERY}, "both set; keep one"),
        ({"url": "http://loki"}, "set query, too"),
        ({"path": "a.log", "query": QUERY, "org_id": "shop"}, "query, org_id: only with url"),
        ({"url": "loki", "query": QUERY}, "must be a URL"),
        ({"url": "http://loki", "query": QUERY, "username": "me"}, "needs its password"),
        ({"url": "http://loki", "query": QUERY, "org_id": "a\nb"}, "no tenant has"),
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        KubernetesAuditSettings.model_validate(wrong)


def test_entries_and_documents_are_of_the_window(tmp_path: Path) -> None:
    outside = [entry(WINDOW.start - timedelta(hours=1, seconds=30), "dana", "create", "configmaps", "a")]
    _, given_ = fetched(Loki(shipped(outside, late=timedelta(minutes=2))))
    (page,) = [each.json() for each in given_ if isinstance(each, Document) and each.call == "entries"]
    assert page["entries"] == []
