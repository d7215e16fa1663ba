"""JSON patches, which may ask what is so before they change anything."""

from pathlib import Path

from collector.event import Kind
from tests.sources.kubernetes_audit.log import Json, at, entry, lines, told

T = at("14:10:00")


def test_what_a_patch_only_asks_for_is_nothing_that_it_did(tmp_path: Path) -> None:
    def patch(what: str, name: str, asked: str, *, value: object, **more: str) -> Json:
        label = {"op": "add", "path": "/metadata/labels/x", "value": "y"}
        return entry(T, "operator", "patch", what, name, requestObject=[_test(asked, value), label], **more)

    log = [
        patch("nodes", "n1", "/spec/unschedulable", value=True, namespace=""),
        patch("deployments", "web", "/spec/paused", value=True),
        patch("deployments", "cart", "/spec/replicas", value=3),
        patch("deployments", "api", "/spec/template/spec/containers/0/image", value="api:1"),
    ]
    (tmp_path / "audit.log").write_text(lines(log))
    assert [(each.kind, each.summary.split(" by ")[0]) for each in told(tmp_path)[0]] == [
        (Kind.OTHER, "Deployment shop/api changed"),
        (Kind.OTHER, "Deployment shop/cart changed"),
        (Kind.OTHER, "Deployment shop/web changed"),
        (Kind.OTHER, "Node n1 changed"),
    ]


def _test(path: str, value: object) -> Json:
    return {"op": "test", "path": path, "value": value}
