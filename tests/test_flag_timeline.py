"""Through the public API: a flag that broke checkout, told from LaunchDarkly's log and an export of alerts."""

import json
from pathlib import Path
from typing import Any

import pytest

import pm_timeline
from tests.servers.web import serving
from tests.sources.flags.logs import TOKEN, LaunchDarkly, ld

ON = ld("a", "14:02:11", ["updateOn"], "turned on the flag")
OFF = ld("b", "14:18:30", ["updateOn"], "turned off the flag", member={"email": "sam@acme.example"})
OTHER = ld("c", "14:10:00", ["updateRules"], what="flag/new-search")
STAGING = ld("d", "14:02:30", ["updateOn"], "turned on the flag", environment="staging")


def export(folder: Path) -> Path:
    alert = {"text": "CheckoutErrors", "service": "checkout", "environment": "production", "id": "1"}
    records = [
        {"time": "2026-04-01T14:04:00Z", "kind": "alert.firing", **alert},
        {"time": "2026-04-01T14:23:00Z", "kind": "alert.resolved", **alert},
    ]
    path = folder / "alerts.jsonl"
    path.write_text("\n".join(map(json.dumps, records)))
    return path


def timeline(url: str, folder: Path, **settings: Any) -> pm_timeline.Timeline:
    flags = {"type": "launchdarkly", "url": url, "projects": ["shop"], "token_env": "TEST_TOKEN", **settings}
    config = {"sources": {"flags": flags, "alerts": {"type": "events", "path": str(export(folder))}}}
    return pm_timeline.timeline("2026-04-01T14:00:00Z", "2026-04-01T14:30:00Z", config=config, tz="UTC")


@pytest.mark.parametrize("settings", [{"services": {"new-*checkout": "checkout"}}, {}])
def test_a_flag_and_its_end(settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_TOKEN", TOKEN)
    with serving(LaunchDarkly([ON, OFF, OTHER, STAGING])) as url:
        told = timeline(url, tmp_path, **settings)
    assert [f"{row.at:%H:%M} {row.text}" for row in told.rows] == [
        "14:02 Flag new-checkout turned on in production (by dana@acme.example)",
        "14:04 Alert CheckoutErrors fires for checkout",
        "14:18 Flag new-checkout turned off in production (by sam@acme.example)",
        "14:23 Alert CheckoutErrors for checkout resolved after 19 min",
    ]
    assert [row.kind for row in told.rows if "Flag" in row.text] == ["flag.changed"] * 2
    left_out = "\n".join(told.left_out)
    assert "Flag new-search rules changed in production (by dana@acme.example), 14:10" in left_out
    assert "Flag new-checkout turned on in staging (by dana@acme.example), 14:02 (staging)" in left_out
    mitigated = next(phase for phase in told.phases if phase.name == "mitigated")
    assert (f"{mitigated.at:%H:%M}", mitigated.found_by) == ("14:18", "feature flag new-checkout was turned back")
