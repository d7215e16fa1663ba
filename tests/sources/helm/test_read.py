"""Records that Helm 3.8.1 wrote on a real API server, of a chart with a password in its values."""

import base64
import gzip
import json
from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from collector.event import Kind, Manner
from sources.helm.records import LARGEST, unpack
from sources.helm.reduce import Reducer
from tests.sources.helm.kept import NOW, opened, packed, read, record, records

BERLIN = ZoneInfo("Europe/Berlin")
STARTED, DONE, FAILED = Kind.DEPLOY_STARTED, Kind.DEPLOY_SUCCEEDED, Kind.DEPLOY_FAILED


def test_the_life_of_a_release() -> None:
    """Installed, upgraded with the same, upgraded, rolled back, failed, failed and back by itself, upgraded."""
    events, gaps = read(records())
    ours = [one for one in events if one.keys.release == "default/checkout" and one.manner != Manner.MIGRATION]
    course = [(one.keys.revision, one.manner, one.keys.version) for one in ours if one.kind == STARTED]
    assert course == [
        ("1", Manner.PLAIN, "1.4.9"),
        ("2", Manner.REDEPLOY, "1.4.9"),
        ("3", Manner.PLAIN, "1.5.0"),
        ("4", Manner.ROLLBACK, "1.4.9"),
        ("5", Manner.PLAIN, "1.6.0"),
        ("6", Manner.PLAIN, "1.6.1"),
        ("7", Manner.AUTOMATIC_ROLLBACK, "1.4.9"),
        ("8", Manner.PLAIN, "1.6.2"),
    ]
    ends = {one.keys.revision: one.kind for one in ours if one.kind in (DONE, FAILED)}
    assert ends == {**dict.fromkeys("123478", DONE), "5": FAILED, "6": FAILED}
    (failed,) = [one for one in ours if one.kind == FAILED and one.keys.revision == "5"]
    assert failed.reason.startswith('cannot patch "checkout" with kind Deployment')
    assert {(one.subject.service, one.subject.namespace, one.subject.workload) for one in ours} == {
        ("checkout", "default", "Deployment/checkout")
    }
    assert {one.keys.chart for one in ours} == {"checkout-1.5.0"}
    assert [one.keys.replaces for one in ours if one.kind == STARTED][2:4] == ["1.4.9", "1.5.0"]
    assert not gaps


def test_a_start_is_the_api_servers_stamp_and_an_end_never_before_it() -> None:
    events, _ = read(records())
    stamps = {item["metadata"]["name"]: item["metadata"]["creationTimestamp"] for item in records()}
    for one in events:
        if one.kind == STARTED and one.manner != Manner.MIGRATION:
            assert f"{one.at:%Y-%m-%dT%H:%M:%SZ}" == stamps[one.query.rpartition("/")[2]]
        if one.kind in (DONE, FAILED) and one.manner != Manner.MIGRATION:
            (start,) = [each for each in events if each.kind == STARTED and each.native_id == one.native_id]
            assert start.at <= one.at


def test_migrations_ran_once_in_each_revision_that_ran_them() -> None:
    """A rollback copies the hooks of the revision that it goes back to, with the times of their runs."""
    migrations = [one for one in read(records())[0] if one.manner == Manner.MIGRATION and one.kind == STARTED]
    ran = [one.native_id for one in migrations if "checkout" in one.native_id]
    assert ran == [f"default/checkout v{number} checkout-migrate" for number in (1, 2, 3, 5, 6, 8)]
    assert {(one.keys.version, one.keys.component) for one in migrations} == {
        ("", "migration checkout-migrate"),
        ("", "migration search-migrate"),
    }
    assert all("Job checkout-migrate" in one.summary for one in migrations if "checkout" in one.native_id)


def test_what_was_uninstalled_was_deleted() -> None:
    (gone,) = [one for one in read(records())[0] if one.kind == Kind.WORKLOAD_DELETED]
    assert (gone.subject.workload, gone.keys.release) == ("Deployment/search", "default/search")


def test_nothing_of_values_manifests_and_templates_is_kept() -> None:
    whole = [opened(item) for item in records()]
    assert any("hunter2-canary" in json.dumps(release) for release in whole)
    kept = json.dumps(Reducer().kept({"items": records()}))
    for secret in ("hunter2", "changed", "kind: Secret", "stringData", "{{"):
        assert secret not in kept
    assert "registry.example.com/shop/checkout:1.5.0" in kept


def test_metadata_alone_has_the_course_without_versions() -> None:
    bare = [{"metadata": item["metadata"]} for item in records()]
    events, gaps = read(bare)
    assert [one.keys.revision for one in events if one.kind == STARTED and one.keys.release == "default/checkout"] == [
        *"12345678"
    ]
    assert {one.keys.version for one in events} == {""}
    assert not gaps


def test_a_client_that_died_leaves_a_deploy_that_goes_on() -> None:
    events, _ = read([record(1, -600, "superseded", 0), record(2, 60, "pending-upgrade")])
    assert [(one.kind, one.keys.revision) for one in events] == [(STARTED, "1"), (DONE, "1"), (STARTED, "2")]
    assert "pending-upgrade" in events[-1].summary


def test_an_install_that_fails_is_no_rollback() -> None:
    """Helm 3 has the same words for both."""
    info = {"status": "failed", "description": 'Release "cart" failed: timed out waiting for the condition'}
    events, _ = read([record(1, 60, "failed", 90, info=info)])
    assert [(one.kind, one.manner, one.reason) for one in events] == [
        (STARTED, Manner.PLAIN, ""),
        (FAILED, Manner.PLAIN, "timed out waiting for the condition"),
    ]


@pytest.mark.parametrize("ahead", [-240, 0, 240], ids=["clock behind", "clock right", "clock ahead"])
@pytest.mark.parametrize(("pause", "manner"), [(1, Manner.AUTOMATIC_ROLLBACK), (40, Manner.ROLLBACK)])
def test_whether_helm_went_back_by_itself_shows_whatever_the_clock_of_who_ran_it(
    ahead: float, pause: float, manner: Manner
) -> None:
    def begun(second: float, status: str, words: str) -> dict[str, str]:
        at = NOW + timedelta(seconds=second + ahead + 0.4)
        return {"status": status, "description": words, "last_deployed": at.astimezone(BERLIN).isoformat()}

    failed = begun(60, "failed", 'Upgrade "cart" failed: context deadline exceeded')
    back = begun(360 + pause, "deployed", "Rollback to 1")
    events, _ = read(
        [
            record(1, -600, "superseded", 0),
            record(2, 60, "failed", 360 + ahead, info=failed),
            record(3, 360 + pause, "deployed", 380 + pause + ahead, info=back),
        ]
    )
    (start,) = [one for one in events if one.kind == STARTED and one.keys.revision == "3"]
    assert start.manner == manner
    assert ("right after revision 2 failed" in start.summary) == (manner == Manner.AUTOMATIC_ROLLBACK)


def test_of_metadata_alone_it_shows_that_a_revision_came_right_after_a_failed_one() -> None:
    course = [record(1, -600, "superseded", 0), record(2, 60, "failed", 360), record(3, 361, "deployed", 380)]
    events, _ = read([{"metadata": one["metadata"]} for one in course])
    (start,) = [one for one in events if one.kind == STARTED and one.keys.revision == "3"]
    assert (start.manner, start.keys.replaces) == (Manner.PLAIN, "")
    assert "right after revision 2 failed" in start.summary


def test_the_revision_that_helm_4_writes_counts_whatever_the_description() -> None:
    info = {"status": "deployed", "description": "back to safety", "rollback_revision": 1}
    events, _ = read([record(1, -600, "superseded", 0), record(2, 60, "deployed", 61, info=info)])
    assert events[-1].manner == Manner.ROLLBACK
    assert "back to revision 1" in events[-1].summary


@pytest.mark.parametrize(
    ("manifest", "manner"),
    [("replicas: 2", Manner.CONFIG), ("replicas: 1", Manner.REDEPLOY), ("image: cart:2", Manner.PLAIN)],
)
def test_what_differs_from_what_was_deployed(manifest: str, manner: Manner) -> None:
    def shown(line: str) -> str:
        image = line.partition("image: ")[2] or "cart:1"
        spec = {"template": {"spec": {"containers": [{"name": "cart", "image": image}]}}}
        whole = {"kind": "Deployment", "metadata": {"name": "cart"}, "spec": spec}
        return f"---\nkind: Deployment\nmetadata: {json.dumps(whole['metadata'])}\nspec: {json.dumps(spec)}\n# {line}\n"

    first = record(1, -600, "superseded", 60, manifest=shown("replicas: 1"))
    events, _ = read([first, record(2, 60, "deployed", 61, manifest=shown(manifest))])
    assert events[-1].manner == manner


@pytest.mark.parametrize(
    "spoilt",
    [
        "not base64 at all!",
        base64.b64encode(base64.b64encode(gzip.compress(b"{}")[:15])).decode(),
        packed({"fill": "x" * (LARGEST + 1)}),
        base64.b64encode(base64.b64encode(gzip.compress(b"[1]"))).decode(),
        base64.b64encode(base64.b64encode(b"\x1f\x8b\x08garbage")).decode(),
    ],
    ids=["no base64", "cut", "too large", "no object", "damaged"],
)
def test_a_record_that_cannot_be_unpacked_has_its_times_and_is_named(spoilt: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it is, it is a ValueError
        unpack(spoilt, in_secret=True)
    bad = record(2, 60, "deployed", 61) | {"data": {"release": spoilt}}
    events, gaps = read([record(1, -600, "superseded", 0), bad])
    assert [one.keys.revision for one in events] == ["1", "1", "2", "2"]
    assert [gap.reason for gap in gaps] == ["1 records of releases could not be unpacked: only their times are known"]


def test_a_record_in_a_config_map_is_encoded_once() -> None:
    content: Mapping[str, object] = {"name": "cart"}
    once = base64.b64encode(gzip.compress(json.dumps(content).encode())).decode()
    assert unpack(once, in_secret=False) == content
    # Before Helm compressed them, and it still reads those.
    assert unpack(base64.b64encode(json.dumps(content).encode()).decode(), in_secret=False) == content


def test_a_history_that_helm_has_cut_is_a_gap() -> None:
    ten = [record(number, 600 + number, "superseded", 601 + number) for number in range(3, 13)]
    (gap,) = read(ten)[1]
    assert gap.reason == "the history of shop/cart reaches back to 2026-11-26 06:17:03Z only"
