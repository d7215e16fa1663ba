"""What an alert is about, by its labels."""

import pytest

from collector.event import Subject
from sources.alert_labels import fact, subject

Labels = dict[str, str]
STATE = {"job": "kube-state-metrics", "service": "mon-kube-state-metrics", "instance": "10.0.0.2:8080"}
NODES = {"job": "node-exporter", "service": "mon-prometheus-node-exporter", "namespace": "monitoring"}
CASES: list[tuple[Labels, Subject]] = [
    (
        {"service": "till", "namespace": "shop", "cluster": "eu-1", "pod": "till-5d-x"},
        Subject(service="till", namespace="shop", cluster="eu-1", pod="till-5d-x"),
    ),
    # An exporter that keeps the labels of what it reports, and one whose own take their place.
    (
        {**STATE, "namespace": "shop", "pod": "till-5d-x", "container": "till", "cluster": "eu-1"},
        Subject(namespace="shop", cluster="eu-1", pod="till-5d-x"),
    ),
    (
        {
            **STATE,
            "namespace": "monitoring",
            "pod": "mon-kube-state-metrics-7c-q",
            "container": "kube-state-metrics",
            "exported_namespace": "shop",
            "exported_pod": "till-5d-x",
        },
        Subject(namespace="shop", pod="till-5d-x"),
    ),
    (
        {**STATE, "namespace": "shop", "deployment": "till"},
        Subject(service="till", namespace="shop", workload="Deployment/till"),
    ),
    (
        {**STATE, "namespace": "shop", "statefulset": "ledger"},
        Subject(service="ledger", namespace="shop", workload="StatefulSet/ledger"),
    ),
    (
        {**STATE, "namespace": "shop", "workload": "ledger", "workload_type": "statefulset"},
        Subject(service="ledger", namespace="shop", workload="StatefulSet/ledger"),
    ),
    (
        {**NODES, "pod": "mon-prometheus-node-exporter-k2", "cluster": "eu-1"},
        Subject(namespace="monitoring", cluster="eu-1"),
    ),
    (
        {"job": "kubelet", "service": "mon-kubelet", "namespace": "shop", "pod": "till-5d-x"},
        Subject(namespace="shop", pod="till-5d-x"),
    ),
    ({"job": "shop/till"}, Subject(service="till")),
    # Attributes of OpenTelemetry, as they are and as Prometheus wrote them before its third version.
    (
        {"k8s.namespace.name": "shop", "k8s.deployment.name": "till", "k8s.pod.name": "till-5d-x"},
        Subject(service="till", namespace="shop", workload="Deployment/till", pod="till-5d-x"),
    ),
    (
        {"k8s_namespace_name": "shop", "k8s_statefulset_name": "ledger", "service_name": "books"},
        Subject(service="books", namespace="shop", workload="StatefulSet/ledger"),
    ),
    ({**STATE, "namespace": "shop", "horizontalpodautoscaler": "till"}, Subject(service="till", namespace="shop")),
    # Objects that no service is named after, as the alerts of kubernetes-mixin have them.
    (
        {**STATE, "namespace": "shop", "job_name": "report-29"},
        Subject(namespace="shop", workload="Job/report-29"),
    ),
    (
        {"job": "kubelet", "namespace": "shop", "persistentvolumeclaim": "data-0", "instance": "10.0.0.7:10250"},
        Subject(namespace="shop", workload="PersistentVolumeClaim/data-0", node="10.0.0.7"),
    ),
    ({**STATE, "persistentvolume": "pv-7"}, Subject(workload="PersistentVolume/pv-7")),
    (
        {**STATE, "namespace": "shop", "poddisruptionbudget": "till"},
        Subject(namespace="shop", workload="PodDisruptionBudget/till"),
    ),
    (
        {**STATE, "namespace": "shop", "resourcequota": "compute", "resource": "pods"},
        Subject(namespace="shop", workload="ResourceQuota/compute"),
    ),
    ({**STATE, "node": "worker-3", "condition": "DiskPressure"}, Subject(node="worker-3")),
    # Only exporters that run on each node have its address.
    ({**NODES, "instance": "worker-3.example.com:9100"}, Subject(namespace="monitoring", node="worker-3.example.com")),
    ({"job": "blackbox", "instance": "https://shop.example.com"}, Subject()),
    # An alert about the exporter itself is about its workload.
    (
        {**STATE, "namespace": "monitoring", "deployment": "mon-kube-state-metrics"},
        Subject(service="mon-kube-state-metrics", namespace="monitoring", workload="Deployment/mon-kube-state-metrics"),
    ),
]


@pytest.mark.parametrize(("labels", "expected"), CASES)
def test_an_exporters_own_labels_are_not_taken_for_what_it_reports(labels: Labels, expected: Subject) -> None:
    assert subject(labels, "") == expected


def test_the_configured_label_comes_first_unless_it_is_the_exporters() -> None:
    assert subject({"team_service": "till", "service": "other"}, "team_service").service == "till"
    assert subject({**STATE, "namespace": "shop"}, "service") == Subject(namespace="shop")


@pytest.mark.parametrize("label", ["prometheus_replica", "thanos_ruler_replica", "receive_replica"])
def test_who_evaluated_the_rule_is_no_part_of_the_alert(label: str) -> None:
    high = {"alertname": "High", "service": "till"}
    assert fact({**high, label: "b"}) == fact({**high, label: "a"}) == fact(high)
