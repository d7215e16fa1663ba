"""Which ConfigMaps and Secrets pods use, and which of them configure no service."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sources.cluster.fields import objects, text

KINDS = {"configmaps": "ConfigMap", "secrets": "Secret"}
"""The kind of each resource."""
LOCK = r"(?:[a-z0-9.-]*[.-])?(?:leader|lock)(?:[.-][a-z0-9.-]*)?"
"""The usual names of ConfigMaps that are locks.

Examples are `ingress-controller-leader-nginx`, `istio-leader` and `memcached-operator-lock`. The holder of a lock
writes to it every few seconds.
"""
_VOLUMES = {"configmaps": (("configMap", "name"),), "secrets": (("secret", "secretName"), ("secret", "name"))}
_ENVIRONMENT = {
    "configmaps": (("configMapRef", "name"), ("valueFrom", "configMapKeyRef", "name")),
    "secrets": (("secretRef", "name"), ("valueFrom", "secretKeyRef", "name")),
}
_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
_OF_EVERY_NAMESPACE = {
    "configmaps": re.compile(r"kube-root-ca\.crt|openshift-service-ca\.crt|istio-ca-root-cert|istio-ca-crl"),
    "secrets": re.compile(r"[a-z0-9.-]+-(?:token|dockercfg)-[bcdfghjklmnpqrstvwxz2456789]{5}"),
}
"""The certificates of the cluster and its mesh, and the tokens and registry logins of service accounts."""
_OF_TOOLS = {
    "configmaps": re.compile(r"cluster-autoscaler-status"),
    "secrets": re.compile(r"sh\.helm\.release\.v1\.[a-z0-9.-]+\.v[0-9]+"),
}
"""Where tools keep their own records: the state of the cluster autoscaler, the releases of Helm."""
_LOCK = re.compile(LOCK)


def used(spec: Any, resource: str) -> set[str]:
    """The names of the `configmaps` or `secrets` that a pod of this spec uses.

    It mounts them, takes its environment from them, or needs them to pull its images.
    """
    return set(uses(spec).get(resource, ()))


def uses(spec: Any) -> dict[str, list[str]]:
    """The same for both resources, as sorted lists: all that is kept of a pod's spec about them."""
    volumes = objects(spec, "volumes")
    projected = [volume for volume in volumes if "projected" in volume]
    volumes += [part for volume in projected for part in objects(volume, "projected", "sources")]
    environment = list(_environment(spec))
    found = {}
    for resource in KINDS:
        names = {text(volume, *path) for path in _VOLUMES[resource] for volume in volumes if path[0] in volume}
        names |= {text(part, *path) for path in _ENVIRONMENT[resource] for part in environment if path[0] in part}
        if resource == "secrets":
            names |= {text(each, "name") for each in objects(spec, "imagePullSecrets")}
        if names := names - {""}:
            found[resource] = sorted(names)
    return found


def why_no_configuration(resource: str, name: str, writer: str = "") -> str:
    """Why a write to this ConfigMap or Secret changes no service, in words; empty if it may change one.

    `writer` is the program that wrote it: a person may give a ConfigMap the name of a lock.
    """
    if _OF_EVERY_NAMESPACE[resource].fullmatch(name):
        return "which the cluster keeps in every namespace"
    if _OF_TOOLS[resource].fullmatch(name):
        return "in which a tool notes what it has done"
    by_hand = writer.startswith(("kubectl", "helm", "argocd", "kustomize", "terraform", "flux", "Mozilla"))
    if resource == "configmaps" and _LOCK.fullmatch(name) and not by_hand:
        return "which is a lock"
    return ""


def _environment(spec: Any) -> Iterator[dict[str, Any]]:
    for field in _CONTAINERS:
        for container in objects(spec, field):
            yield from objects(container, "envFrom")
            # Most variables have a literal value: there may be a hundred thousand in a cluster.
            yield from (each for each in objects(container, "env") if "valueFrom" in each)


def _values(container: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    variables = container.get("env")
    for each in variables if isinstance(variables, list) else ():
        # Most variables have a literal value: there may be a hundred thousand in a cluster.
        value = each.get("valueFrom") if isinstance(each, dict) else None
        for kind in ("configMapKeyRef", "secretKeyRef") if isinstance(value, dict) else ():
            if text(value, kind, "name"):
                yield value, kind
