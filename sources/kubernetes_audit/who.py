"""Who made a request to the API server: a person, a pipeline, or a component of Kubernetes itself."""

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
"""Kubernetes' own controllers. kube-system may have others as well, such as `sealed-secrets-controller`."""
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
"""The controllers of Kubernetes with names that do not end in `-controller`."""
ARGO = "argo-rollouts"
"""The controller of Argo Rollouts; its account and the account's namespace have the same name."""
_PROGRAMS = ("kube-controller-manager", "kube-scheduler", "cloud-controller-manager")


def component(user: str, agent: str) -> str:
    """Name of the component of Kubernetes that made the request: `deployment-controller`, `kubelet`; empty if none did.

    With `--use-service-account-credentials`, as kubeadm starts them, each controller has its own account; else they
    share one and differ only in the user agent.
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
    """The name of a user: `dana`, or `dana as system:admin` if they impersonated another user."""
    return f"{user} as {impersonated}" if impersonated else user
