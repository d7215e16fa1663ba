"""What the labels of an alert say, the same whichever system reports the alert."""

from collections.abc import Mapping

from collector.event import Subject
from sources.metric_labels import NAMESPACE_LABELS, REPLICA_LABELS, SERVICE_LABELS, first_of, matchers
from sources.text import one_line

_WORKLOADS = {"deployment": "Deployment", "statefulset": "StatefulSet", "daemonset": "DaemonSet"}
_ALWAYS = frozenset({"watchdog", "deadmansswitch", "deadmanswitch", "prometheusalwaysfiring"})
_ANNOTATIONS = ("summary", "description", "message")


def stable(labels: Mapping[str, str]) -> dict[str, str]:
    """Without the labels that only tell apart who evaluated the rule."""
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
    """Whether it is meant to fire at all times, to show that alerting works, or to nobody, to inhibit others."""
    return labels.get("alertname", "").lower() in _ALWAYS or labels.get("severity", "").lower() == "none"


def described(annotations: Mapping[str, object]) -> str:
    """The annotation that says best what is wrong; empty if there is none."""
    texts = (one_line(text) for name in _ANNOTATIONS if isinstance(text := annotations.get(name), str))
    return next((text for text in texts if text), "")


def subject(labels: Mapping[str, str], service_label: str) -> Subject:
    """Whose alert it is; `service_label` is the configured one, or empty."""
    # On metrics of kube-state-metrics these two name the exporter, not what the alert is about.
    exporter = "kube-state-metrics" in labels.get("job", "")
    names = tuple(name for name in SERVICE_LABELS if not (exporter and name in ("service", "job")))
    workload = first_of(labels, tuple(_WORKLOADS))
    return Subject(
        service=labels.get(first_of(labels, (service_label, *names)), ""),
        cluster=labels.get("cluster", ""),
        namespace=labels.get(first_of(labels, NAMESPACE_LABELS), ""),
        workload=f"{_WORKLOADS[workload]}/{labels[workload]}" if workload else "",
        pod=labels.get("pod", ""),
    )
