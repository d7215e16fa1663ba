"""Workloads that were deleted, as the audit log shows it."""

from pathlib import Path
from typing import Any

from collector.event import Kind
from tests.sources.kubernetes_audit.log import Json, at, controller, entry, lines, told

BY = "by dana with kubectl/v1.29.2"


def deletions(tmp_path: Path, *entries: Json) -> list[tuple[str, str, str, str]]:
    (tmp_path / "audit.log").write_text(lines(entries))
    found = [each for each in told(tmp_path)[0] if each.kind == Kind.WORKLOAD_DELETED]
    return [(f"{each.at:%H:%M:%S}", each.summary, each.actor, each.subject.service) for each in found]


def removed(clock: str, who: str, resource: str, name: str, **more: Any) -> Json:
    groups = {"deployments": "apps", "statefulsets": "apps", "horizontalpodautoscalers": "autoscaling"}
    about = {"resource": resource, "name": name, "apiGroup": groups.get(resource, ""), "namespace": "shop"}
    return entry(at(clock), who, "delete", resource, name) | {"objectRef": about, **more}


def test_what_somebody_deletes_is_reported_with_who_did_it(tmp_path: Path) -> None:
    resources = ("deployments", "statefulsets", "horizontalpodautoscalers", "services")
    every = [removed(f"14:1{n}:00", "dana", resource, "web") for n, resource in enumerate(resources)]
    refused = removed("14:15:00", "dana", "deployments", "api", responseStatus={"code": 403})
    dry = removed("14:16:00", "dana", "deployments", "api", requestObject={"dryRun": ["All"]})
    job = removed("14:17:00", "dana", "jobs", "nightly-1")
    assert deletions(tmp_path, *every, refused, dry, job) == [
        ("14:10:00", f"Deployment web was deleted {BY}", "dana", "web"),
        ("14:11:00", f"StatefulSet web was deleted {BY}", "dana", "web"),
        ("14:12:00", f"HorizontalPodAutoscaler web was deleted {BY}", "dana", "web"),
        ("14:13:00", f"Service web was deleted {BY}", "dana", "web"),
    ]


def test_an_object_that_waits_for_what_belongs_to_it_is_deleted_once_until_it_is_made_again(tmp_path: Path) -> None:
    again = [removed(f"14:1{n}:00", "dana", "deployments", "web") | {"auditID": f"{n}"} for n in (0, 1, 4)]
    made = entry(at("14:13:00"), "dana", "create", "deployments", "web")
    found = deletions(tmp_path, *again[:2], made, again[2])
    assert [clock for clock, *_ in found] == ["14:10:00", "14:14:00"]


def test_a_namespace_takes_its_workloads_with_it(tmp_path: Path) -> None:
    known = {"metadata": {"name": "web", "labels": {"app": "storefront"}}}
    namespace = entry(at("14:10:00"), "dana", "delete", "namespaces", "shop")
    scaled = entry(at("13:55:00"), "dana", "update", "deployments/scale", "api")
    by_controller = {"userAgent": "kube-controller-manager/v1.29 (linux/amd64) kubernetes/a"}
    log = [
        entry(at("13:50:00"), "dana", "update", "deployments", "web", requestObject=known, responseObject=known),
        scaled,
        removed("14:09:00", "dana", "services", "api"),
        namespace,
        entry(at("14:10:02"), controller("namespace"), "deletecollection", "deployments", "", **by_controller),
        entry(at("14:11:00"), controller("namespace"), "deletecollection", "services", "", namespace="bank"),
    ]
    found = deletions(tmp_path, *log)
    assert found[0][1] == f"Service api was deleted {BY}"
    assert found[1:] == [
        ("14:10:00", f"Namespace shop was deleted {BY}", "dana", "shop"),
        ("14:10:00", f"Deployment api was deleted {BY}, with its namespace", "dana", "api"),
        ("14:10:00", f"Deployment web was deleted {BY}, with its namespace", "dana", "storefront"),
        # The log does not have the deletion of that namespace.
        ("14:11:00", "Services in bank were deleted by the namespace-controller", "", ""),
    ]


def test_what_goes_with_its_owner_says_so(tmp_path: Path) -> None:
    collected = removed("14:10:00", "system:serviceaccount:kube-system:generic-garbage-collector", "statefulsets", "db")
    assert deletions(tmp_path, collected) == [
        ("14:10:00", "StatefulSet db was deleted by the garbage collector, with what it belonged to", "", "db")
    ]
