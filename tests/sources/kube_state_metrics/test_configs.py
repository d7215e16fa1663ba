"""ConfigMaps and Secrets that are made and changed, and those that change all the time."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from collector.event import Event, Kind
from collector.merge import merge
from collector.source import Deadline, Document, Gap
from tests.collector.build import WINDOW
from tests.examples import rarely
from tests.servers.process import require
from tests.servers.prometheus import prometheus
from tests.sources.kube_state_metrics.answers import ksm, read
from tests.sources.kube_state_metrics.config_series import OLD, TIMES, changed, config
from tests.sources.kube_state_metrics.derived import TARGET
from tests.sources.kube_state_metrics.sampling import clock
from tests.sources.kubernetes import cluster
from tests.sources.prometheus.samples import LAST, Sampled, at, openmetrics, utc
from tests.sources.prometheus.server import Reply, Server, ok


def every(seconds: float) -> Callable[[float], float]:
    return lambda time: 4711 + time // seconds


def told(events: list[Event]) -> list[tuple[str, str, str]]:
    return [(clock(e.earliest), clock(e.latest), e.summary) for e in events if e.kind == Kind.CONFIG_CHANGED]


def test_each_change_is_told_and_what_changes_all_the_time_is_counted() -> None:
    again = at("14:10:07")
    found = [
        *config("settings", changed("14:05:00", "14:20:00", "14:50:00")),
        *config("token", changed("14:04:00"), at("14:03:07"), kind="secret"),
        # Made anew under its name.
        *config("certificate", changed("14:10:10"), again),
        *config("leader", every(2)),
        *config("status", every(60)),
        *config("edited", changed(*(f"14:{minute:02}:00" for minute in range(5, 14)))),
    ]
    (version,) = [one for one in found if one.labels.get("configmap") == "certificate" and "version" in one.name]
    version.samples[:0] = [(time, 4711) for time in TIMES if time < again]
    # Another kube-state-metrics that is behind says nothing new.
    late = [replace(one, labels=one.labels | {"instance": "b"}) for one in found[:2]]
    late = [replace(one, samples=[(t + 7, v) for t, v in one.samples if t < LAST - 9]) for one in late]
    events, gaps = read([*found, *late])
    assert [each for each in told(events) if "edited" not in each[2]] == [
        ("14:03:07", "14:03:08", "Secret token was created"),
        ("14:03:50", "14:04:05", "Secret token was changed"),
        ("14:04:57", "14:05:05", "ConfigMap settings was changed"),
        ("14:10:07", "14:10:08", "ConfigMap certificate was created"),
        ("14:19:57", "14:20:05", "ConfigMap settings was changed"),
    ]
    assert len([each for each in told(events) if "edited" in each[2]]) == 9
    assert {event.merge_key for event in events if "token" in event.summary} == {"prod/shop/Secret/token/changed"}
    counted = [(event.subject.workload, event.numbers["count"]) for event in events if event.kind == Kind.OTHER]
    assert [name for name, times in counted if times >= 10] == ["ConfigMap/leader", "ConfigMap/status"]
    assert not any("change" in gap.reason for gap in gaps)


@pytest.mark.parametrize("version", [2.0**53, 2.0**61])
def test_versions_that_no_sample_holds_exactly_are_said_not_to_tell_all(version: float) -> None:
    events, gaps = read(config("big", lambda time: version * (1 + (time > at("14:05:00")))))
    assert ("too large" in "".join(gap.reason for gap in gaps)) is True
    assert len(told(events)) == (version < 1e18)
    assert "too large" not in "".join(gap.reason for gap in read(config("small", changed("14:05:00")))[1])


@pytest.mark.parametrize("renamed", [True, rarely(False)])
def test_out_of_a_real_prometheus_only_what_changed_is_read_and_is_one_fact_with_the_live_api(
    renamed: bool, tmp_path: Path
) -> None:
    require("prometheus", "promtool")
    busy = [f"configuration-of-service-{number}.example" for number in range(60)]
    found = [
        *(one for number in range(60) for one in config(f"idle-{number}", lambda _: 7)),
        *(one for name in busy for one in config(name, changed("13:30:00"))),
        *config("settings", changed("11:45:00", "12:10:00", "14:05:00")),
        *config("token", changed(), at("12:20:09"), kind="secret"),
    ]
    whose = {"namespace": "shop", "configmap": "settings", "label_app_kubernetes_io_name": "bank"}
    found += [Sampled("kube_configmap_labels", TARGET | whose, [(time, 1) for time in TIMES])]
    if renamed:
        moved = {"namespace": "monitoring", "exported_namespace": "shop"}
        found = [replace(one, labels=one.labels | moved) for one in found]
    with prometheus(tmp_path, openmetrics(found)) as url:
        source = ksm(url, namespaces=["shop"])
        given = [each for each in source.fetch(WINDOW, Deadline(60)) if isinstance(each, Document)]
    sampled = [one.json()["data"]["result"] for one in given if one.call == "samples" and "version" in one.asked]
    assert len(sampled) == 2
    names = [item["metric"]["configmap"] for items in sampled for item in items]
    assert sorted(names) == sorted(["settings", *busy])

    ours = [each for each in source.read(given, WINDOW) if isinstance(each, Event)]
    own = [each for each in ours if "service-" not in each.summary]
    assert len(ours) == len(own) + len(busy)
    assert [(*each, event.subject.service) for each, event in zip(told(own), own, strict=True)] == [
        ("12:09:50", "12:10:05", "ConfigMap settings was changed", "bank"),
        ("12:20:09", "12:20:10", "Secret token was created", ""),
        ("14:04:50", "14:05:05", "ConfigMap settings was changed", "bank"),
    ]
    writes = [{"manager": "kubectl-edit", "operation": "Update", "time": "2026-04-01T14:04:58Z"}]
    live = cluster.read(
        {
            "configmaps": [{"metadata": cluster.meta("ConfigMap", "settings", utc(OLD), managedFields=writes)}],
            "secrets": [{"metadata": cluster.meta("Secret", "token", utc(at("12:20:09")))}],
        },
        window=WINDOW,
    )[0]
    facts = [(clock(fact.best.at), {event.source for event in fact.events}) for fact in merge([*live, *own])]
    assert facts == [("12:09:57", {"ksm"}), ("12:20:09", {"k8s", "ksm"}), ("14:04:58", {"k8s", "ksm"})]


def test_of_too_many_that_changed_none_is_read_and_that_is_said() -> None:
    def reply(path: str, _: object) -> Reply:
        if "/label/" in path:
            return ok(["kube_configmap_metadata_resource_version"])
        made = [{"metric": {"namespace": "shop", "configmap": f"c-{n}"}, "value": [1, "1"]} for n in range(1001)]
        odd = [{"metric": {"namespace": 'a"}', "configmap": "x"}}, {"metric": 7}, None]
        return ok({"resultType": "vector", "result": [*odd, *(made if "many" in path else made[:1])]})

    with Server(reply) as server:
        few = list(ksm(server.url, namespaces=["few"]).fetch(WINDOW, Deadline(30)))
        many = list(ksm(server.url, namespaces=["many"]).fetch(WINDOW, Deadline(30)))
    assert [each.call for each in few if isinstance(each, Document)] == ["names", "series", "choice", "samples"]
    assert ["1001 objects matter" in each.reason for each in many if isinstance(each, Gap)] == [True]
    assert [each.call for each in many if isinstance(each, Document)] == ["names", "series", "choice"]
    assert "%22a%22" not in "".join(path for path, _ in server.asked)
