"""A version that goes to staging first and to production then is two deploys, whatever systems report them."""

from collections.abc import Iterable
from typing import Any

import pytest

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.scope import Scope
from collector.timeline import Timeline, draft
from tests.collector.build import WINDOW, alert, deploy, errors, event, rollout

_DIGEST = "sha256:" + "d" * 64


def drafted(events: Iterable[Event], scope: Scope | None = None) -> Timeline:
    return draft(Gathered(tuple(events), ()), WINDOW, scope or Scope())


def rows(timeline: Timeline) -> list[str]:
    return [f"{row.at:%H:%M} {row.text}" for row in timeline.rows]


def _ci(staging: str = "staging", production: str = "production") -> list[Event]:
    return [
        *deploy("14:01:00", "14:03:00", 2, "b", "1.5.0", "dana", environment=staging),
        *deploy("14:08:00", "14:11:00", 3, "b", "1.5.0", "dana", environment=production),
    ]


def _rolled(staging: dict[str, Any], production: dict[str, Any]) -> list[Event]:
    both = {"digest": _DIGEST}
    return [
        *rollout(Kind.ROLLOUT_STARTED, "14:01:30", "14:02:00", "14:02:30", "1.5.0", "1.4.9", **both, **staging),
        *rollout(Kind.ROLLOUT_STARTED, "14:08:30", "14:09:30", "14:10:30", "1.5.0", "1.4.9", **both, **production),
    ]


def _outage() -> list[Event]:
    return [*errors("14:10:00", None), *alert("Errors", "14:12:00", None, namespace="shop")]


def _synced(name: str, start: str, end: str, environment: str) -> list[Event]:
    known = {"service": "checkout", "environment": environment, "application": f"argocd/{name}", "version": "1.5.0"}
    known |= {"deployment": f"{name}-7", "source": "argocd"}
    return [
        event(Kind.DEPLOY_STARTED, start, **known),
        event(Kind.DEPLOY_SUCCEEDED, end, **known),
    ]


_PLACES = {
    "namespaces": ({"namespace": "shop-staging"}, {"namespace": "shop"}),
    "clusters": ({"cluster": "staging-eu"}, {"cluster": "prod-eu"}),
    "both": ({"cluster": "stg-eu", "namespace": "shop"}, {"cluster": "prd-eu", "namespace": "shop"}),
}


@pytest.mark.parametrize("apart", list(_PLACES))
@pytest.mark.parametrize("names", [("staging", "production"), ("stg", "prod"), ("pre-prod", "live")])
def test_production_has_the_rows_and_staging_is_named_below(apart: str, names: tuple[str, str]) -> None:
    events = [*_ci(*names), *_rolled(*_PLACES[apart]), *_outage()]
    timeline = drafted(events)
    found = rows(timeline)
    assert found[0].startswith("14:08 Deploy of checkout 1.5.0"), found
    assert "staging" not in found[0]
    assert any(text.startswith("14:09 New pods of checkout 1.5.0") and "(3 of 3)" in text for text in found)
    assert not any(text.startswith(("14:01", "14:02", "14:03")) for text in found)
    assert [line for line in timeline.left_out if line.startswith("Deploy of checkout 1.5.0 (")], timeline.left_out


def test_where_only_production_is_seen_the_deploy_to_staging_takes_none_of_its_pods() -> None:
    production = _rolled({"namespace": "shop"}, {"namespace": "shop"})
    events = [*_ci(), *[one for one in production if one.at.minute >= 8], *_outage()]
    timeline = drafted(events)
    assert rows(timeline)[0].startswith("14:08 Deploy of checkout 1.5.0")
    assert any(line.startswith("Deploy of checkout 1.5.0 (staging), 14:01") for line in timeline.left_out)


def test_where_only_staging_is_seen_its_pods_are_not_those_of_production() -> None:
    staging = [one for one in _rolled(*_PLACES["namespaces"]) if one.at.minute < 8]
    timeline = drafted([*_ci(), *staging, *_outage()])
    found = rows(timeline)
    assert found[0].startswith("14:08 Deploy of checkout 1.5.0"), found
    assert not any("3 of 3" in text for text in found)


def test_each_application_of_a_gitops_tool_belongs_to_its_own_environment() -> None:
    synced = [
        *_synced("checkout-staging", "14:01:10", "14:02:40", "staging"),
        *_synced("checkout-production", "14:08:10", "14:10:40", "production"),
    ]
    timeline = drafted([*_ci(), *synced, *_rolled(*_PLACES["namespaces"]), *_outage()])
    found = rows(timeline)
    assert found[0].startswith("14:08 Deploy of checkout 1.5.0"), found
    assert sum("Deploy of checkout" in text for text in found) == 1
    assert sum("(staging)" in line for line in timeline.left_out) == 1


def test_in_full_both_are_rows_and_staging_says_so() -> None:
    found = rows(drafted([*_ci(), *_rolled(*_PLACES["namespaces"]), *_outage()], Scope(full=True)))
    assert any(text.startswith("14:01 Deploy of checkout 1.5.0 (staging) starts") for text in found)
    assert any(text.startswith("14:02 New pods of checkout 1.5.0 (staging)") for text in found)
    assert any(text.startswith("14:08 Deploy of checkout 1.5.0 in shop starts") for text in found)


def test_errors_of_staging_are_none_of_production() -> None:
    broken = errors("14:02:10", "14:05:00", namespace="shop-staging")
    timeline = drafted([*_ci(), *_rolled(*_PLACES["namespaces"]), *broken, *_outage()])
    assert not any("14:02" in text and "5xx" in text for text in rows(timeline))
    assert timeline.phases[0].at is not None
    assert f"{timeline.phases[0].at:%H:%M}" == "14:10"
