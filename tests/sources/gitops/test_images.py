"""Which of the images, and which service, a unit of deployment stands for."""

import pytest

from sources.gitops.images import shipped
from sources.gitops.revisions import chart_version, config_commit
from sources.gitops.services import Workload, service_of

SHA = "b462487" + "0" * 33


@pytest.mark.parametrize(
    ("images", "version"),
    [
        (["r.io/shop/checkout:1.5.0"], "1.5.0"),
        (["r.io/shop/checkout:1.5.0", "envoy:1.31"], "1.5.0"),
        (["r.io/shop/web:1.5.0", "r.io/shop/worker:1.4.0"], ""),
        (["r.io/shop/checkout:1.5.0", "r.io/old/checkout:1.4.0"], ""),
        ([], ""),
    ],
)
def test_the_version_is_that_of_the_image_that_carries_the_service(images: list[str], version: str) -> None:
    assert shipped(images, "checkout").version == version


def test_a_tag_that_is_a_commit_is_the_applications() -> None:
    known = shipped([f"r.io/shop/checkout:sha-{SHA}@sha256:{'a' * 64}"], "checkout")
    assert (known.commit, known.digest) == (SHA, f"sha256:{'a' * 64}")


@pytest.mark.parametrize(
    ("revision", "commit"),
    [
        (SHA, SHA),
        (f"main@sha1:{SHA}", SHA),
        (f"feature/x@sha1:{SHA}", SHA),
        (f"main/{SHA}", SHA),
        (f"sha1:{SHA}", SHA),
        ("1.5.0", ""),
        (f"latest@sha256:{'a' * 64}", ""),
        ("main", ""),
    ],
)
def test_revisions_of_git_name_a_commit_and_no_others_do(revision: str, commit: str) -> None:
    assert config_commit(revision) == commit


def test_chart_and_version() -> None:
    assert chart_version("charts/checkout", "1.5.0") == "checkout-1.5.0"
    assert chart_version("checkout", "") == ""


@pytest.mark.parametrize(
    ("unit", "label", "workloads", "service"),
    [
        ("checkout-production", "", ["checkout"], "checkout"),
        ("checkout-production", "", ["checkout", "checkout-worker"], "checkout"),
        ("checkout-worker-eu", "", ["checkout", "checkout-worker"], "checkout-worker"),
        ("eu-checkout", "", ["checkout", "cart"], "checkout"),
        ("platform", "", ["checkout", "cart"], "platform"),
        ("platform", "", [], "platform"),
        ("platform", "shop", ["checkout"], "shop"),
    ],
)
def test_which_service_it_is(unit: str, label: str, workloads: list[str], service: str) -> None:
    assert service_of(unit, label, [Workload("shop", "Deployment", name) for name in workloads]) == service
