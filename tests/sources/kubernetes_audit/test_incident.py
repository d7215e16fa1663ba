"""The recorded incident, told by the audit log alone and together with the API server."""

import gzip
import os
from datetime import time
from pathlib import Path

import pytest

from collector.gather import gather
from collector.replay import BundleReader
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap, Source
from collector.timeline import Scope, Timeline, draft
from collector.window import Window
from sources.kubernetes import KubernetesSettings, KubernetesSource
from sources.kubernetes_audit import KubernetesAuditSettings, KubernetesAuditSource
from tests.servers.loki import TENANT, Loki
from tests.servers.process import ROOT
from tests.servers.web import serving
from tests.sources.kubernetes_audit.log import CI, WINDOW, incident, lines
from tests.sources.kubernetes_audit.shipping import QUERY, shipped

DEMO = BundleReader(ROOT / "fixtures" / "checkout-incident.zip")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log as an API server leaves it: one file rotated and gzipped, one being written; some lines in both."""
    made = tmp_path_factory.mktemp("audit")
    entries = incident()
    half = len(entries) // 2
    (made / "audit-2026-04-01T14-10-00.000.log.gz").write_bytes(gzip.compress(lines(entries[: half + 5]).encode()))
    (made / "audit.log").write_text(lines(entries[half:]) + '{"kind":"Event","stage":"Resp')
    (made / "audit-2026-03-01T00-00-00.000.log").write_text("written long ago, not even looked at\n" * 3)
    os.utime(made / "audit-2026-03-01T00-00-00.000.log", (1772323200, 1772323200))
    return made


def drafted(sources: list[Source]) -> Timeline:
    def feed(source: Source, deadline: Deadline) -> "list[Document | Gap]":
        if source.type == "kubernetes":
            return list(DEMO.documents("kubernetes"))
        return list(source.fetch(WINDOW, deadline))

    return draft(gather(sources, WINDOW, feed, Scrubber()), WINDOW, Scope(services=("checkout",)))


def audit(folder: Path) -> Source:
    settings = KubernetesAuditSettings(path=str(folder), cluster="production", namespaces=["shop"])
    return KubernetesAuditSource("audit", settings, Scrubber())


ROWS = [
    ("14:02:50", f"Rollout of checkout 1.5.0 starts (replaces 1.4.9; by {CI}; commit b462487)"),
    ("14:04:30", "New pods of checkout 1.5.0 pass health checks (6 of 6, 14:03 to 14:04)"),
    ("14:05:00", "Old pods of checkout 1.4.9 terminated (6 of 6), rollout complete"),
    ("14:20:00", f"Rollback of checkout from 1.5.0 to 1.4.9 initiated in the cluster (by {CI}; commit 5ec4668)"),
    ("14:22:10", "Rollback of checkout to 1.4.9 complete (6 of 6 pods ready)"),
]


def test_the_log_alone_gives_the_rows_of_checkout(folder: Path) -> None:
    timeline = drafted([audit(folder)])
    assert [(f"{row.at:%H:%M:%S}", row.text) for row in timeline.rows] == ROWS
    assert all(not source.gaps for source in timeline.coverage)


def test_loki_alone_gives_the_rows_of_checkout() -> None:
    with serving(Loki(shipped(incident()))) as url:
        settings = KubernetesAuditSettings(
            url=url, query=QUERY, org_id=TENANT, cluster="production", namespaces=["shop"]
        )
        timeline = drafted([KubernetesAuditSource("audit", settings, Scrubber())])
    assert [(f"{row.at:%H:%M:%S}", row.text) for row in timeline.rows] == ROWS
    assert all(not source.gaps for source in timeline.coverage)


def test_what_the_api_server_saw_as_well_is_the_same_rows_with_who_did_it(folder: Path) -> None:
    both = drafted(
        [KubernetesSource("kubernetes", KubernetesSettings(cluster="production"), Scrubber()), audit(folder)]
    )
    alone = drafted([audit(folder)])
    assert [row.text for row in both.rows] == [row.text for row in alone.rows]
    assert all(set(row.sources) == {"audit", "kubernetes"} for row in both.rows)


def test_without_the_content_of_requests_starts_and_ends_of_pods_are_still_told(tmp_path: Path) -> None:
    """The level `Metadata`: no version, no readiness, no completion."""
    entries = [{k: v for k, v in each.items() if k != "requestObject"} for each in incident()]
    (tmp_path / "audit.log").write_text(lines(entries))
    timeline = drafted([audit(tmp_path)])
    assert [f"{row.at:%H:%M:%S} {row.text}" for row in timeline.rows] == [
        f"14:02:50 Rollout of checkout starts (by {CI})",
        "14:05:00 Old pods of checkout terminated (6 of 6)",
        f"14:20:00 Rollback of checkout initiated in the cluster (by {CI})",
    ]
    (gap,) = timeline.coverage[0].gaps
    assert gap.reason == "the audit log has no content of requests: no versions, readiness or completion from it"


def test_only_the_time_that_the_log_covers_is_claimed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "audit.log").write_text(
        lines(each for each in incident() if each["stageTimestamp"] > "2026-04-01T14:03")
    )
    (coverage,) = drafted([audit(tmp_path)]).coverage
    assert [gap.reason for gap in coverage.gaps] == ["the audit log begins at 2026-04-01 14:03:24Z"]
    (tmp_path / "older.log").write_text(
        lines(each for each in incident() if each["stageTimestamp"] < "2026-04-01T13:53")
    )
    (coverage,) = drafted([audit(tmp_path)]).coverage
    hole = "the audit log has nothing between 2026-04-01 13:51:32Z and 2026-04-01 14:03:24Z"
    assert [gap.reason for gap in coverage.gaps] == [hole]
    late = Window(WINDOW.end.replace(hour=15), WINDOW.end.replace(hour=16))
    source = audit(folder)
    gaps = source.read([each for each in source.fetch(late, Deadline(60)) if isinstance(each, Document)], late)
    assert [gap.reason for gap in gaps if isinstance(gap, Gap)] == ["the audit log ends at 2026-04-01 14:45:00Z"]


def test_which_part_of_the_window_the_log_has_is_told(folder: Path, tmp_path: Path) -> None:
    (coverage,) = drafted([audit(folder)]).coverage
    assert [(seen.about, seen.start.time(), seen.end.time()) for seen in coverage.seen] == [
        ("kubernetes production", time(13, 0, 0, 4000), time(14, 45, 0, 4000))
    ]
    old = [each for each in incident() if each["stageTimestamp"] < "2026-04-01T13:53"]
    new = [each for each in incident() if each["stageTimestamp"] > "2026-04-01T14:03"]
    for name, kept in (("older", old), ("newer", new)):
        (tmp_path / f"{name}.log").write_text(lines(kept))
    (coverage,) = drafted([audit(tmp_path)]).coverage
    (gap,) = coverage.gaps
    before, after = coverage.seen
    assert gap.span == (before.end, after.start)
    assert before.about == after.about == gap.about == "kubernetes production"


def test_a_policy_that_leaves_out_the_controllers_is_told(tmp_path: Path) -> None:
    (tmp_path / "audit.log").write_text(lines(each for each in incident() if each["user"]["username"] == CI))
    timeline = drafted([audit(tmp_path)])
    (gap,) = timeline.coverage[0].gaps
    assert gap.reason == "the audit log leaves out the controllers' requests: rollouts are not known from it"
    assert timeline.rows == ()
