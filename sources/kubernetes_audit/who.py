"""Who asked the API server: a person, a pipeline, or a component of Kubernetes itself."""

_ACCOUNT = "system:serviceaccount:"
_OTHERS = frozenset(
    {
        "bootstrap-signer",
        "horizontal-pod-autoscaler",
        "legacy-service-account-token-cleaner",
        "persistent-volume-binder",
        "root-ca-cert-publisher",
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
    they share one and only the user agent tells them apart.
    """
    namespace, _, name = user.removeprefix(_ACCOUNT).partition(":") if user.startswith(_ACCOUNT) else ("", "", "")
    if namespace == "kube-system" and (name.endswith(("-controller", "-collector")) or name in _OTHERS):
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
