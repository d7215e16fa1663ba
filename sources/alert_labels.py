"""What the labels of an alert mean, the same whichever system reports the alert."""

import re
from collections.abc import Mapping

from collector.event import Subject
from sources.metric_labels import (
    NAMESPACE_LABELS,
    REPLICA_LABELS,
    SERVICE_LABELS,
    WORKLOAD_LABELS,
    first_of,
    matchers,
)
from sources.text import one_line

_EXPORTER = re.compile(
    "kube-?state-?metrics|kubelet|cadvisor|blackbox|(node|windows|snmp|ipmi|dcgm|process)[-_]?exporter", re.IGNORECASE
)
"""Names of exporters: programs that report on others, such as workloads, nodes, devices and pages."""
_OWN_LABELS = ("job", "service", "app", "app_kubernetes_io_name", "service_name", "container", "endpoint")
"""Labels that the scrape configuration adds, so on an exporter's metrics they name the exporter."""
_SAME_NAME_LABELS = ("horizontalpodautoscaler", "cronjob")
"""Labels of kube-state-metrics for objects that mostly have the name of what they scale or run."""
_OBJECT_LABELS = {
    "job_name": "Job",
    "persistentvolumeclaim": "PersistentVolumeClaim",
    "persistentvolume": "PersistentVolume",
    "poddisruptionbudget": "PodDisruptionBudget",
    "resourcequota": "ResourceQuota",
}
"""Labels of kube-state-metrics and the kubelet for objects that no service is named after."""
_SERVE = ("Deployment/", "StatefulSet/", "DaemonSet/")
"""Workloads whose name is that of their service."""
_OF_NODES = re.compile("kubelet|cadvisor|(node|windows|ipmi|dcgm|process)[-_]?exporter", re.IGNORECASE)
"""Names of exporters that run on each node and report on it, so that their address is the node's."""
_PORT = re.compile(r":\d+$")
_POD_LABELS = ("exported_pod", "pod", "k8s_pod_name", "k8s.pod.name")
_ALWAYS = frozenset({"watchdog", "deadmansswitch", "deadmanswitch", "prometheusalwaysfiring"})
_ANNOTATIONS = ("summary", "description", "message")


def stable(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels without those that only identify who evaluated the rule."""
    return {name: value for name, value in labels.items() if name not in REPLICA_LABELS}


def fact(labels: Mapping[str, str]) -> str:
    """The `fact` of all events of one alert instance: equal for Prometheus, its replicas and Alertmanager."""
    return matchers(stable(labels))


def title(labels: Mapping[str, str]) -> str:
    """`HighErrorRatio (namespace=shop, service=checkout)`."""
    shown = [f"{name}={value}" for name, value in sorted(stable(labels).items()) if name != "alertname"]
    name = labels.get("alertname", "")
    return f"{name} ({', '.join(shown)})" if shown else name


def always_fires(labels: Mapping[str, str]) -> bool:
    """Whether it is meant to fire at all times, to show that alerting works, or to notify nobody, to inhibit others."""
    return labels.get("alertname", "").lower() in _ALWAYS or labels.get("severity", "").lower() == "none"


def described(annotations: Mapping[str, object]) -> str:
    """The annotation that best describes what is wrong; empty if there is none."""
    texts = (one_line(text) for name in _ANNOTATIONS if isinstance(text := annotations.get(name), str))
    return next((text for text in texts if text), "")


def subject(labels: Mapping[str, str], service_label: str) -> Subject:
    """What an alert is about; `service_label` is the configured one, or empty.

    Namespace and cluster always come from the labels. On metrics of an exporter, labels that name the exporter itself
    are not used for service and pod.
    """
    exporter = any(_EXPORTER.search(labels.get(name, "")) for name in _OWN_LABELS)
    names = (service_label, *SERVICE_LABELS)
    found = first_of(labels, tuple(name for name in names if not (exporter and name in _OWN_LABELS)))
    workload = _workload(labels)
    service = labels.get(found, "")
    # The Operator's and OpenTelemetry's job is `namespace/service`.
    service = service.rpartition("/")[2] if found in ("job", "exported_job") else service
    of_workload = workload.partition("/")[2] if workload.startswith(_SERVE) else ""
    pod = labels.get(first_of(labels, _POD_LABELS), "")
    return Subject(
        service=service or of_workload or labels.get(first_of(labels, _SAME_NAME_LABELS), ""),
        cluster=labels.get("cluster", ""),
        namespace=labels.get(first_of(labels, NAMESPACE_LABELS), ""),
        workload=workload,
        pod="" if exporter and _EXPORTER.search(pod) else pod,
        node=labels.get("node", "") or _instance(labels),
    )


def _instance(labels: Mapping[str, str]) -> str:
    """The host that an exporter of nodes reports on; empty for other exporters, whose address is their own."""
    of_nodes = any(_OF_NODES.search(labels.get(name, "")) for name in _OWN_LABELS)
    return _PORT.sub("", labels.get("instance", "")) if of_nodes else ""


def _workload(labels: Mapping[str, str]) -> str:
    """`Kind/name`, from the label named after the kind, or from the labels `workload_type` and `workload`.

    A workload that runs pods comes before any other object.
    """
    if label := first_of(labels, tuple(WORKLOAD_LABELS)):
        return f"{WORKLOAD_LABELS[label]}/{labels[label]}"
    kind = WORKLOAD_LABELS.get(labels.get("workload_type", "").lower(), "")
    if kind and labels.get("workload"):
        return f"{kind}/{labels['workload']}"
    label = first_of(labels, tuple(_OBJECT_LABELS))
    return f"{_OBJECT_LABELS[label]}/{labels[label]}" if label else ""
