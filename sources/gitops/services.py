"""The service of a deployable unit: an Application, a Kustomization or a release."""

from collections.abc import Sequence
from typing import NamedTuple

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Rollout")


class Workload(NamedTuple):
    """An object with pods that a unit deploys."""

    namespace: str
    kind: str
    name: str


def service_of(unit: str, label: str, workloads: Sequence[Workload]) -> str:
    """The service: the one in the label, else the only workload, else the workload that the unit is named after, else
    the unit itself.
    """
    names = sorted({one.name for one in workloads})
    if label or len(names) == 1:
        return label or names[0]
    return max((name for name in names if _called_after(unit, name)), key=len, default="") or unit


def _called_after(unit: str, name: str) -> bool:
    """Whether a unit such as `checkout-production` or `eu-checkout` is named after `checkout`."""
    return unit == name or unit.startswith(f"{name}-") or unit.endswith(f"-{name}")
