"""The same log as clouds and shippers hand it out."""

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from collector.event import Event, Kind
from collector.source import Document, Seen
from sources.kubernetes_audit.wrappings import HOLDERS, LOOKED_FOR, entries_in
from tests.servers.loki import Loki
from tests.sources.kubernetes_audit import shipping
from tests.sources.kubernetes_audit.log import WINDOW, Json, at, entry, fetched, told


def group_of(resource: str) -> str:
    return {"deployments": "apps"}.get(resource, "core")


LOG = [
    entry(at("13:50:00"), "dana", "list", "pods", ""),
    entry(at("14:05:00"), "dana", "update", "deployments/scale", "web", requestObject={"spec": {"replicas": 3}}),
    entry(at("14:10:00"), "sam", "delete", "deployments", "web"),
    entry(at("14:12:00"), "sam", "create", "pods/exec", "web-5d8c7-x2x4z"),
    entry(at("14:35:00"), "dana", "list", "pods", ""),
]


def text(item: Json | Sequence[Json]) -> str:
    return json.dumps(item, separators=(",", ":"))


def google(item: Json) -> Json:
    """A LogEntry of Cloud Logging: https://cloud.google.com/kubernetes-engine/docs/how-to/audit-logging."""
    about = item["objectRef"]
    group = group_of(about["resource"])
    parts = [f"{group}/v1", "namespaces", about["namespace"], about["resource"], about["name"]]
    method = ["io.k8s", group, "v1", about["resource"], *([about["subresource"]] if "subresource" in about else [])]
    payload = {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "serviceName": "k8s.io",
        "methodName": ".".join([*method, item["verb"]]),
        "resourceName": "/".join([*parts, *([about["subresource"]] if "subresource" in about else [])]),
        "authenticationInfo": {"principalEmail": item["user"]["username"]},
        "requestMetadata": {"callerSuppliedUserAgent": item["userAgent"]},
        "status": {},
        **({"request": item["requestObject"]} if "requestObject" in item else {}),
    }
    identity = {"insertId": item["auditID"], "operation": {"id": item["auditID"], "first": True, "last": True}}
    return {"timestamp": item["stageTimestamp"], "logName": "x", "protoPayload": payload, **identity}


def azure_row(item: Json) -> Json:
    """A row of the table AKSAudit, as Log Analytics exports it: what is `dynamic` is text."""
    return {
        "TimeGenerated": item["stageTimestamp"],
        "AuditId": item["auditID"],
        "Stage": item["stage"],
        "Verb": item["verb"],
        "User": text(item["user"]),
        "UserAgent": item["userAgent"],
        "ObjectRef": text(item["objectRef"]),
        "ResponseStatus": text(item["responseStatus"]),
        "RequestReceivedTime": item["requestReceivedTimestamp"],
        "StageReceivedTime": item["stageTimestamp"],
        **({"RequestObject": item["requestObject"]} if "requestObject" in item else {}),
        "Type": "AKSAudit",
    }


def by_line(wrap: Callable[[Json], Json | str]) -> Callable[[Sequence[Json]], str]:
    def lines(log: Sequence[Json]) -> str:
        made = [wrap(each) for each in log]
        return "".join(f"{each if isinstance(each, str) else text(each)}\n" for each in made)

    return lines


def cloudwatch_events(log: Sequence[Json]) -> list[Json]:
    return [{"id": str(n), "timestamp": n, "message": text(each)} for n, each in enumerate(log)]


FILES: dict[str, Callable[[Sequence[Json]], str]] = {
    "azure-storage": by_line(lambda each: {"category": "kube-audit", "properties": {"log": text(each), "pod": "a"}}),
    "azure-object": by_line(lambda each: {"category": "kube-audit", "properties": {"log": each}}),
    "azure-event-hub": lambda log: text({"records": [{"properties": {"log": text(each)}} for each in log]}),
    "azure-diagnostics": by_line(lambda each: {"Category": "kube-audit", "log_s": text(each)}),
    "azure-table": by_line(azure_row),
    "cloudwatch-s3": by_line(lambda each: f"2026-04-01T14:00:00.000Z {text(each)}"),
    "cloudwatch-insights": by_line(lambda each: {"@timestamp": "2026-04-01 14:00:00.000", "@message": text(each)}),
    "cloudwatch-insights-object": by_line(lambda each: {"@timestamp": "2026-04-01", "@message": each}),
    "cloudwatch-query": lambda log: json.dumps(
        {"results": [[{"field": "@ptr", "value": "C1"}, {"field": "@message", "value": text(each)}] for each in log]},
        indent=4,
    ),
    "cloudwatch-filter": lambda log: json.dumps({"events": cloudwatch_events(log)}, indent=4),
    # Firehose writes one after the other, with nothing between.
    "firehose": lambda log: "".join(
        text({"messageType": "DATA_MESSAGE", "logEvents": cloudwatch_events(part)}) for part in (log[:2], log[2:])
    ),
    "google-lines": by_line(google),
    "google-newest-first": lambda log: json.dumps([google(each) for each in reversed(log)], indent=2),
    "array": text,
    "array-of-texts": lambda log: json.dumps([text(each) for each in log], indent=1),
    "syslog": by_line(lambda each: f"<14>Apr  1 14:00:00 cp-1 kube-apiserver[812]: {text(each)}"),
    "elasticsearch": lambda log: text({"hits": {"hits": [{"_source": {"message": text(each)}} for each in log]}}),
}


def gist(events: list[Event]) -> list[tuple[Any, ...]]:
    """All but the milliseconds: Google tells one time of each request."""
    return [(each.kind, each.at.replace(microsecond=0), each.summary, each.actor) for each in events]


@pytest.mark.parametrize("form", FILES)
def test_every_form_of_a_log_reports_the_same(form: str, tmp_path: Path) -> None:
    (tmp_path / "plain.log").write_text(by_line(text)(LOG))
    expected = gist(told(tmp_path / "plain.log")[0])
    assert [kind for kind, *_ in expected] == [Kind.SCALED, Kind.WORKLOAD_DELETED, Kind.OTHER]
    (tmp_path / "export.gz").write_bytes(gzip.compress(FILES[form](LOG).encode()))
    source, given = fetched(tmp_path / "export.gz")
    documents = [each for each in given if isinstance(each, Document)]
    assert documents == given, "every line is understood"
    found = list(source.read(documents, WINDOW))
    assert gist([each for each in found if isinstance(each, Event)]) == expected


@pytest.mark.parametrize("form", [name for name in FILES if name.startswith(("azure", "google-lines", "syslog"))])
def test_a_line_of_such_a_form_is_understood_in_loki_too(form: str, tmp_path: Path) -> None:
    (tmp_path / "plain.log").write_text(by_line(text)(LOG))
    lines = FILES[form](LOG).splitlines()
    stamps = shipping.shipped(LOG[: len(lines)] if len(lines) > 1 else LOG[1:2])
    loki = Loki([(at_, labels, line) for (at_, labels, _), line in zip(stamps, lines, strict=True)])
    assert gist(shipping.told(loki)[0]) == gist(told(tmp_path / "plain.log")[0])


@pytest.mark.parametrize(
    "line",
    [
        '{"level":"info","msg":"synced"}',
        '{"verb":"create","objectRef":{"resource":"pods"},"stageTimestamp":"2026-04-01T14:10:00.000000Z"}',
        "2026-04-01T14:00:00Z x=1 stageTimestamp=2026-04-01T14:10:00Z",
        '{"odd":{"auditID":"a","stage":"ResponseComplete","stageTimestamp":"2026-04-01T14:10:00.000000Z"}}',
        '{"timestamp":"2026-04-01T14:10:00Z","protoPayload":{"serviceName":"compute.googleapis.com","methodName":"a"}}',
        '{"auditID":"a","stage":"ResponseComplete","stageTimestamp":"2026-04-01T14:10',
        "[" * 100_000,
    ],
)
def test_of_lines_that_are_not_understood_it_says_what_was_looked_for_and_nothing_of_what_they_cover(
    line: str, tmp_path: Path
) -> None:
    (tmp_path / "audit.log").write_text(f"{line}\n" * 3)
    source, given = fetched(tmp_path / "audit.log")
    found = list(source.read([each for each in given if isinstance(each, Document)], WINDOW))
    assert not any(isinstance(each, Event | Seen) for each in found)
    events, gaps = told(tmp_path / "audit.log")
    assert events == []
    assert f"{tmp_path / 'audit.log'}: 3 lines are no entries of an audit log and were left out" in [
        gap.reason for gap in gaps
    ]
    assert any(LOOKED_FOR in gap.hint for gap in gaps)
    assert not [gap for gap in gaps if "the audit log begins" in gap.reason or "the audit log ends" in gap.reason]


def test_what_google_refused_is_no_change() -> None:
    denied = google(LOG[2])
    denied["protoPayload"]["status"] = {"code": 7, "message": "PERMISSION_DENIED"}
    evicted = google(entry(at("14:05:00"), "sam", "create", "pods/eviction", "web-1"))
    evicted["protoPayload"]["response"] = {"kind": "Status", "code": 429}
    (first,), (second,) = entries_in(text(denied)), entries_in(text(evicted))
    assert (first["responseStatus"], second["responseStatus"]) == ({"code": 500}, {"code": 429})
    assert second["objectRef"] == {
        "resource": "pods",
        "namespace": "shop",
        "name": "web-1",
        "subresource": "eviction",
        "apiGroup": "",
    }
    namespace = google(entry(at("14:05:00"), "sam", "delete", "namespaces", "shop"))
    namespace["protoPayload"] |= {"resourceName": "core/v1/namespaces/shop"}
    (third,) = entries_in(text(namespace))
    assert (third["objectRef"]["resource"], third["objectRef"]["name"]) == ("namespaces", "shop")


def test_a_document_that_is_too_large_for_the_memory_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.kubernetes_audit.files.LARGEST_DOCUMENT", 1000)
    (tmp_path / "export.json").write_text(json.dumps([google(each) for each in LOG], indent=2))
    events, gaps = told(tmp_path / "export.json")
    assert events == []
    assert any("one JSON document of more than" in gap.reason for gap in gaps)


WRAPS: dict[str, Callable[[object], object]] = {
    "text": json.dumps,
    "list": lambda inner: [{"level": "info"}, inner],
    **{name: lambda inner, name=name: {"time": 1, name: inner, "msg2": "x"} for name in HOLDERS},
}


@drawn(wraps=st.lists(st.sampled_from(sorted(WRAPS)), max_size=5), prefix=st.sampled_from(["", "2026-04-01Z "]))
def test_whatever_is_around_an_entry_it_is_found(wraps: list[str], prefix: str) -> None:
    made: object = LOG[1]
    for wrap in wraps:
        made = WRAPS[wrap](made)
    line = made if isinstance(made, str) else prefix + json.dumps(made)
    assert entries_in(line) == [LOG[1]]


KEYS = st.sampled_from([*HOLDERS, "auditID", "stage", "protoPayload", "AuditId"])
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
ANYTHING = st.recursive(
    SCALARS | st.sampled_from([json.dumps(LOG[1]), "{", "["]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@drawn(ANYTHING, st.text(max_size=10))
def test_a_line_of_any_shape_is_read(value: object, around: str) -> None:
    for line in (json.dumps(value), around + json.dumps(value) + around, around):
        assert all(isinstance(each, dict) for each in entries_in(line))
