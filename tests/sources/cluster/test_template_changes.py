"""What changed between two pod templates, in words, and which container the version comes from."""

from typing import Any

import pytest

from sources.cluster.image import main_container, software
from sources.cluster.template_changes import ChangeType, compare, pack

Json = dict[str, Any]


def template(*containers: Json, labels: Json | None = None, **more: Any) -> Json:
    notes = {key: value for key, value in more.items() if "/" in key}
    spec = {key: value for key, value in more.items() if "/" not in key}
    return {
        "metadata": {"labels": {"app": "pay", **(labels or {})}, "annotations": notes},
        "spec": {"containers": [*containers], **spec},
    }


def pay(image: str = "reg.example.com/pay:7.2", **more: Any) -> Json:
    return {"name": "pay", "image": image, **more}


def limited(memory: str) -> Json:
    return pay(resources={"limits": {"memory": memory}})


MESH = {"name": "mesh", "image": "reg.example.com/mesh:1.20"}
STAMP = {"kubectl.kubernetes.io/restartedAt": "2026-05-04T12:00:00Z"}
PROBE = {"readinessProbe": {"httpGet": {"port": 80}, "periodSeconds": 5}}


@pytest.mark.parametrize(
    ("old", "new", "type_", "words"),
    [
        (template(pay()), template(pay(), **STAMP), ChangeType.RESTART, ""),
        (template(pay()), template(pay(), **{"cattle.io/timestamp": "x"}), ChangeType.RESTART, ""),
        (template(pay()), template(pay("reg.example.com/pay:7.3")), ChangeType.IMAGE, ""),
        (
            template(pay()),
            template(pay("mirror.example.net/pay:7.2")),
            ChangeType.IMAGE,
            "image of pay from reg.example.com/pay to mirror.example.net/pay",
        ),
        (
            template(pay("reg.example.com/pay:7.2@sha256:aaaa")),
            template(pay("reg.example.com/pay:7.2@sha256:bbbb")),
            ChangeType.IMAGE,
            "digest of pay aaaa to bbbb",
        ),
        (
            template(pay(), MESH),
            template(pay(), {**MESH, "image": "reg.example.com/mesh:1.21"}),
            ChangeType.IMAGE,
            "image of mesh 1.20 to 1.21",
        ),
        (
            template(limited("512Mi")),
            template(limited("128Mi")),
            ChangeType.TEMPLATE,
            "memory limit of pay 512Mi to 128Mi",
        ),
        (template(pay()), template(limited("128Mi")), ChangeType.TEMPLATE, "memory limit of pay none to 128Mi"),
        # A restart that comes with a change is the change.
        (
            template(limited("512Mi")),
            template(limited("1Gi"), **STAMP),
            ChangeType.TEMPLATE,
            "memory limit of pay 512Mi to 1Gi",
        ),
        (
            template(pay(env=[{"name": "A"}, {"name": "B"}])),
            template(pay(env=[{"name": "B"}, {"name": "C"}])),
            ChangeType.TEMPLATE,
            "environment of pay: C added, A removed",
        ),
        (template(pay()), template(pay(), MESH), ChangeType.TEMPLATE, "container mesh added"),
        (template(pay(), MESH), template(pay()), ChangeType.TEMPLATE, "container mesh removed"),
        (
            template(pay()),
            template(pay(), initContainers=[{"name": "wait", "image": "w"}]),
            ChangeType.TEMPLATE,
            "container wait added",
        ),
        (template(pay(args=["…"])), template(pay(args=["…", "…"])), ChangeType.TEMPLATE, "arguments of pay"),
        (template(pay()), template(pay(**PROBE)), ChangeType.TEMPLATE, "readiness probe of pay"),
        (template(pay()), template(pay(), nodeSelector={"disk": "ssd"}), ChangeType.TEMPLATE, "node selector"),
        (
            template(pay(), **{"checksum/config": "1"}),
            template(pay(), **{"checksum/config": "2"}),
            ChangeType.CONFIGURATION,
            "configuration checksum/config",
        ),
        (template(pay()), template(pay(), labels={"team": "a"}), ChangeType.TEMPLATE, "team of the pods"),
        # What a chart writes beside the image is no change of its own.
        (
            template(pay(), labels={"helm.sh/chart": "pay-1"}),
            template(pay("reg.example.com/pay:7.3"), labels={"helm.sh/chart": "pay-2"}),
            ChangeType.IMAGE,
            "",
        ),
        *[
            (
                template(pay(), **{key: "1", "checksum/config": "1"}),
                template(pay(), **new),
                ChangeType.CONFIGURATION,
                words,
            )
            for key in [
                *(
                    "kapp.k14s.io/original",
                    "meta.helm.sh/release-name",
                    "argocd.argoproj.io/tracking-id",
                    "helm.sh/chart",
                ),
                *("kustomize.toolkit.fluxcd.io/checksum", "kubectl.kubernetes.io/last-applied-configuration"),
            ]
            for new, words in [({key: "2", "checksum/config": "2"}, "configuration checksum/config")]
        ],
        # Alone it is why pods were replaced, and no configuration.
        (
            template(pay(), **{"kapp.k14s.io/app": "1"}),
            template(pay(), **{"kapp.k14s.io/app": "2"}),
            ChangeType.TEMPLATE,
            "kapp.k14s.io/app of the pods",
        ),
        # Two templates that agree in all that is kept differ in what is not: a value of the environment.
        (template(pay()), template(pay()), ChangeType.TEMPLATE, "template changed, same images"),
    ],
)
def test_what_changed_decides_what_it_is_called(old: Json, new: Json, type_: ChangeType, words: str) -> None:
    found = compare(pack(old), pack(new), "pay")
    assert found is not None
    assert (found.type, found.words) == (type_, words)


def test_a_tag_that_moved_is_another_image_and_no_restart() -> None:
    old, new = template(pay("pay:latest")), template(pay("pay:latest"), **STAMP)
    found = compare(pack(old), pack(new), "pay", ("sha256:1f3c", "sha256:9a00"))
    assert found == (ChangeType.IMAGE, "another image behind the same tag, 1f3c to 9a00")
    same = compare(pack(old), pack(new), "pay", ("sha256:1f3c", "sha256:1f3c"))
    assert same is not None
    assert same.type == ChangeType.RESTART


def test_of_an_unknown_template_nothing_is_claimed_and_many_changes_are_counted() -> None:
    assert compare(pack({}), pack(template(pay())), "pay") is None
    many = {f"field{number}": number for number in range(9)}
    found = compare(pack(template(pay())), pack(template(pay(), **many)), "pay")
    assert found is not None
    assert found.words == "field0, field1, field2, field3, 5 more changes"


def versions(*tags: str) -> list[Json]:
    proxy = {"name": "proxy", "image": "reg.example.com/proxy:2.8.0"}
    return [template(proxy, {"name": "app", "image": f"reg.example.com/team/{tag}"}) for tag in tags]


@pytest.mark.parametrize(
    ("templates", "name", "expected"),
    [
        # Called like the workload, or its image is; else the one that changes; else the first.
        ([template(MESH, {"name": "shop", "image": "x:1"})], "shop", "shop"),
        (versions("shop:3.1"), "shop", "app"),
        (versions("backend:3.1", "backend:3.2"), "shop", "app"),
        (versions("backend:3.1"), "shop", "proxy"),
        (
            [{**versions("b:1")[0], "metadata": {"annotations": {"kubectl.kubernetes.io/default-container": "app"}}}],
            "s",
            "app",
        ),
        ([], "shop", ""),
    ],
)
def test_the_version_is_that_of_the_container_that_carries_the_service(
    templates: list[Json], name: str, expected: str
) -> None:
    assert main_container({}, templates, name) == expected
    if templates:
        assert software({}, templates[-1], name, expected).container == expected
