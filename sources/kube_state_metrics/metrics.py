"""The metrics of kube-state-metrics that matter here, and which of their series."""

import re
from datetime import timedelta

from msgspec import Struct

from sources.cluster.inference.configs import BEFORE
from sources.promql.limits import LEAD

_STARTING = ("ContainerCreating", "PodInitializing")
"""Why every container waits at first. Any other reason matters, whatever it is called."""
GIVEN_UP = ("Evicted", "NodeLost", "Shutdown", "NodeAffinity", "UnexpectedAdmissionError")
# changes() is not used, because VictoriaMetrics also counts the first sample.
_CORDONED = "kube_node_spec_unschedulable[{seconds}s]"
_NODE = "by (node, exported_node)"
_FINISHED = (
    "max by ({by}) (max_over_time({samples}[{seconds}s])) > 0"
    f" and on () max(max {_NODE} (max_over_time({_CORDONED})) - min {_NODE} (min_over_time({_CORDONED}))) > 0"
)
"""Selects finished pods. Clusters are full of them; they matter only if a cordon changed: a node may be drained."""
_EVER = "max by ({by}) (max_over_time({samples}[{seconds}s])) > 0"
_TWO_KERNELS = "count by ({by}) (count by ({by}, kernel_version) (count_over_time({samples}[{seconds}s]))) > 1"
_CHANGED = (
    "max by ({by}) (max_over_time({samples}[{seconds}s])) != min by ({by}) (min_over_time({samples}[{seconds}s]))"
)


class Metric(Struct, frozen=True):
    """One metric."""

    name: str
    where: str = ""
    """Matchers that restrict its series."""
    namespaced: bool = True
    once: bool = False
    """Whether its values do not change, so the last sample of each series is enough."""
    since: bool = False
    """Whether its values are instants of which only those since the start of the query matter."""
    lead: timedelta = LEAD
    """How long before the window its samples matter."""
    of: str = ""
    """If its objects are too many to read: the label that names them. `matters` then chooses some of them first."""
    matters: str = ""
    """The query that chooses the objects.

    In it, `samples` selects the series, `seconds` is the length of the queried time, and `by` the labels that name the
    objects.
    """

    @property
    def named_by(self) -> tuple[str, ...]:
        """The labels that name the objects to choose from."""
        return ("namespace", self.of) if self.namespaced else (self.of,)

    def choice(self, samples: str, seconds: int) -> str:
        """The query for the objects that matter."""
        by = ", ".join(prefix + name for name in self.named_by for prefix in ("", "exported_"))
        return self.matters.format(samples=samples, seconds=seconds, by=by)

    def selector(self, namespaces: list[str] | None, label: str, *more: str) -> str:
        """The selector of its series in these namespaces, which `label` names, with further matchers."""
        matchers = [*([self.where] if self.where else []), *more]
        if self.namespaced and namespaces is not None:
            matchers.append(f'{label}=~"{"|".join(namespaces)}"')
        return f"{self.name}{{{','.join(matchers)}}}" if matchers else self.name


METRICS = (
    Metric("kube_pod_created"),
    Metric("kube_replicaset_owner", 'owner_kind=~"Deployment|Rollout"', once=True),
    Metric("kube_replicaset_created", once=True),
    Metric("kube_replicaset_spec_replicas"),
    Metric("kube_pod_owner", once=True),
    Metric("kube_pod_info", 'node!=""', once=True),
    Metric("kube_pod_container_info", once=True),
    Metric("kube_pod_labels", once=True),
    Metric("kube_pod_annotations", once=True),
    Metric("kube_deployment_labels", once=True),
    Metric("kube_deployment_spec_replicas"),
    Metric("kube_deployment_spec_paused", of="deployment", matters=_CHANGED),
    Metric("kube_deployment_status_replicas"),
    Metric("kube_deployment_status_replicas_updated"),
    Metric("kube_deployment_status_replicas_available"),
    Metric("kube_deployment_status_condition", 'condition="Progressing",status="false"'),
    Metric("kube_statefulset_created", once=True),
    Metric("kube_statefulset_labels", once=True),
    Metric("kube_statefulset_metadata_generation"),
    Metric("kube_statefulset_status_observed_generation"),
    Metric("kube_statefulset_replicas"),
    Metric("kube_statefulset_status_update_revision"),
    Metric("kube_statefulset_status_current_revision"),
    Metric("kube_statefulset_status_replicas_updated"),
    Metric("kube_statefulset_status_replicas_ready"),
    Metric("kube_statefulset_status_replicas_available"),
    Metric("kube_daemonset_created", once=True),
    Metric("kube_daemonset_labels", once=True),
    Metric("kube_daemonset_metadata_generation"),
    Metric("kube_daemonset_status_observed_generation"),
    Metric("kube_daemonset_status_desired_number_scheduled"),
    Metric("kube_daemonset_status_updated_number_scheduled"),
    Metric("kube_daemonset_status_number_ready"),
    Metric("kube_daemonset_status_number_available"),
    Metric("kube_pod_status_scheduled_time"),
    Metric("kube_pod_status_unschedulable"),
    Metric("kube_pod_status_ready_time"),
    Metric("kube_pod_status_ready", 'condition="true"'),
    Metric("kube_pod_container_state_started"),
    Metric("kube_pod_container_status_waiting_reason", f'reason!~"{"|".join(_STARTING)}"'),
    Metric("kube_pod_init_container_status_waiting_reason", f'reason!~"{"|".join(_STARTING)}"'),
    Metric("kube_pod_container_status_restarts_total"),
    Metric("kube_pod_container_status_last_terminated_timestamp"),
    Metric("kube_pod_container_status_last_terminated_reason"),
    Metric("kube_pod_container_status_last_terminated_exitcode"),
    Metric("kube_pod_container_status_terminated_reason", 'reason="OOMKilled"', of="pod", matters=_EVER),
    Metric("kube_pod_init_container_status_restarts_total"),
    Metric("kube_pod_init_container_status_last_terminated_reason"),
    Metric("kube_pod_status_reason", f'reason=~"{"|".join(GIVEN_UP)}"'),
    Metric("kube_pod_status_disruption_reason"),
    Metric("kube_pod_deletion_timestamp"),
    Metric("kube_pod_status_phase", 'phase=~"Succeeded|Failed"', of="pod", matters=_FINISHED),
    Metric("kube_job_owner", 'owner_kind="CronJob"', once=True),
    Metric("kube_job_failed", 'condition="true"'),
    Metric("kube_job_status_failed", of="job_name", matters=_EVER),
    Metric("kube_node_status_condition", 'status="true"', namespaced=False),
    Metric("kube_node_spec_unschedulable", namespaced=False),
    Metric("kube_node_created", namespaced=False),
    Metric("kube_node_info", namespaced=False, of="node", matters=_TWO_KERNELS),
    Metric("kube_configmap_created", once=True, since=True, lead=BEFORE),
    Metric("kube_configmap_metadata_resource_version", of="configmap", matters=_CHANGED, lead=BEFORE),
    Metric("kube_configmap_labels", 'label_app_kubernetes_io_name!=""', once=True),
    Metric("kube_configmap_labels", 'label_app!=""', once=True),
    Metric("kube_secret_created", once=True, since=True, lead=BEFORE),
    Metric("kube_secret_metadata_resource_version", of="secret", matters=_CHANGED, lead=BEFORE),
    Metric("kube_secret_labels", 'label_app_kubernetes_io_name!=""', once=True),
    Metric("kube_secret_labels", 'label_app!=""', once=True),
)
NEEDED = {
    "kube_pod_created": "when pods were made and gone",
    "kube_pod_owner": "which pod belongs to which rollout",
    "kube_pod_container_info": "which version ran",
    "kube_replicaset_owner": "rollouts",
    "kube_replicaset_spec_replicas": "rollouts and rollbacks",
    "kube_deployment_spec_replicas": "completed rollouts and scaling",
    "kube_deployment_spec_paused": "paused and resumed rollouts",
    "kube_deployment_status_replicas_updated": "completed rollouts",
    "kube_configmap_metadata_resource_version": "changes of ConfigMaps",
    "kube_secret_metadata_resource_version": "changes of Secrets",
}
"""What cannot be seen without each metric."""
NEEDED_OF = {
    "StatefulSet": {
        "kube_statefulset_status_update_revision": "rollouts and rollbacks of StatefulSets",
        "kube_statefulset_replicas": "completed rollouts and scaling of StatefulSets",
        "kube_statefulset_status_replicas_updated": "completed rollouts of StatefulSets",
    },
    "DaemonSet": {
        "kube_daemonset_metadata_generation": "rollouts of DaemonSets",
        "kube_daemonset_status_updated_number_scheduled": "rollouts of DaemonSets and their completion",
    },
    "Node": {
        "kube_node_spec_unschedulable": "cordoned and drained nodes",
        "kube_pod_info": "which pods nodes had, and so whether they were drained",
    },
}
"""The same, needed only if there are pods of this kind, or nodes."""
_NAME = re.compile(r"(?:last_over_time\()?(\w+)", re.ASCII)


def metric_of(query: str) -> str:
    """The name of the metric that one of these queries is about; empty if it is about none."""
    match = _NAME.match(query)
    return match[1] if match else ""
