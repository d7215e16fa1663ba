"""Who asked the API server: a person, a pipeline, or a component of Kubernetes itself."""

_ACCOUNT = "system:serviceaccount:"
_CONTROLLERS = frozenset(
    f"{name}-controller"
    for name in (
        *("attachdetach", "certificate", "cloud-node", "cloud-node-lifecycle", "clusterrole-aggregation", "cronjob"),
        *("daemon-set", "deployment", "device-taint-eviction", "disruption", "endpoint", "endpointslice"),
        *("endpointslicemirroring", "ephemeral-volume", "expand", "job", "namespace", "node", "podcheckpoint"),
        *("pv-protection", "pvc-protection", "replicaset", "replication", "resource-claim", "resourcequota", "route"),
        *("selinux-warning", "service", "service-account", "service-cidrs", "statefulset", "storage-version-migrator"),
        *("taint-eviction", "ttl", "ttl-after-finished", "validatingadmissionpolicy-status"),
    )
)
"""Others have controllers in kube-system as well, such as `sealed-secrets-controller`."""
_OTHERS = frozenset(
    {
        "bootstrap-signer",
        "generic-garbage-collector",
        "horizontal-pod-autoscaler",
        "legacy-service-account-token-cleaner",
        "persistent-volume-binder",
        "pod-garbage-collector",
        "root-ca-cert-publisher",
        "storage-version-garbage-collector",
        "token-cleaner",
    }
)
"""The controllers of Kubernetes that are not called so."""
ARGO = "argo-rollouts"
"""The controller of Argo Rollouts; its account and the namespace of that are called the same."""
_PROGRAMS = ("kube-controller-manager", "kube-scheduler", "cloud-controller-manager")


def component(user: str, agent: str) -> str:
    """Name of the component of Kubernetes that asked: `deployment-controller`, `kubelet`; empty if none did.

    Each controller has an account of its own with `--use-service-account-credentials`, as kubeadm starts them; else
    they share one and differ in the user agent alone.
    """
    namespace, _, name = user.removeprefix(_ACCOUNT).partition(":") if user.startswith(_ACCOUNT) else ("", "", "")
    if namespace == "kube-system" and (name in _CONTROLLERS or name in _OTHERS):
        return name
    if (namespace, name) == (ARGO, ARGO):
        return ARGO
    if user.startswith("system:node:"):
        return "kubelet"
    program = agent.partition("/")[0]
    if program in _PROGRAMS:
        return agent.rpartition("/")[2].rpartition(":")[2]
    return user.removeprefix("system:") if user.startswith(("system:kube-", "system:apiserver")) else ""


def actor(user: str, impersonated: str) -> str:
    """How somebody is named: `dana`, or `dana as system:admin` where they acted as another."""
    return f"{user} as {impersonated}" if impersonated else user
