"""Changes of feature flags in the timeline: which have rows, which are named under it, and what they end."""

from datetime import timedelta
from typing import Any

import pytest

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.links import LinkKind
from collector.scope import Scope
from collector.timeline import Timeline, draft, explained_draft
from sources.fact import Moment, report
from sources.flag_facts import OFF, ON, Author, Flag, flag_changed, numbers
from tests.collector.build import WINDOW, at, errors, event, rollout


def drafted(*events: Event, scope: Scope | None = None) -> Timeline:
    return draft(Gathered(events, ()), WINDOW, scope or Scope())


def told(timeline: Timeline) -> list[str]:
    return [f"{row.at:%H:%M} {row.text}" for row in timeline.rows]


def switch(clock: str, how: str, name: str = "new-checkout", source: str = "launchdarkly", **of: Any) -> Event:
    """The change of a flag; by default of `checkout` in `production`, by dana."""
    flag = Flag(name, of.get("service", "checkout"), of.get("environment", "production"))
    by = Author(of.get("by", "dana"), of.get("automated", False))
    moment = Moment(at(clock), at(clock) + timedelta(milliseconds=1))
    return report(
        flag_changed(flag, how, by), moment, source=source, native_id=f"{name}/{clock}/{how}",
        keys=event(Kind.OTHER, clock, flag=name).keys, numbers=numbers(how, by), actor=by.name, url="https://flags/1",
    )  # fmt: skip


def test_a_flag_of_the_affected_service_has_its_rows_and_turning_it_off_mitigates() -> None:
    on, off = switch("14:02:00", ON), switch("14:18:30", OFF, by="sam")
    other = switch("14:03:00", ON, "new-search", service="search")
    timeline = drafted(*errors("14:03:00", None), on, off, other)
    assert told(timeline) == [
        "14:02 Flag new-checkout turned on in production (by dana)",
        told(timeline)[1],
        "14:18 Flag new-checkout turned off in production (by sam)",
    ]
    assert told(timeline)[1].startswith("14:03 5xx ratio")
    (mitigated,) = [phase for phase in timeline.phases if phase.name == "mitigated"]
    assert (mitigated.at, mitigated.found_by) == (at("14:18:30"), "feature flag new-checkout was turned back")
    assert timeline.left_out == ("Flag new-search turned on in production (by dana), 14:03",)


@pytest.mark.parametrize(
    ("switches", "at_", "by"),
    [
        ([("14:10:00", OFF)], "14:10:00", "feature flag new-checkout was turned off"),
        # What was turned off when it began is rather the cause; to turn it on again is the remedy.
        ([("14:03:00", OFF), ("14:18:00", ON)], "14:18:00", "feature flag new-checkout was turned back"),
        ([("14:02:00", OFF)], None, "the effects were not seen to end"),
        ([("14:10:00", ON)], None, "the effects were not seen to end"),
    ],
)
def test_what_of_flags_mitigates(switches: list[tuple[str, str]], at_: str | None, by: str) -> None:
    timeline = drafted(*errors("14:03:00", None), *(switch(clock, how) for clock, how in switches))
    (mitigated,) = [phase for phase in timeline.phases if phase.name == "mitigated"]
    assert (mitigated.at, mitigated.found_by) == (at(at_) if at_ else None, by)


def test_errors_that_fall_after_it_are_the_mitigation() -> None:
    timeline = drafted(*errors("14:03:00", "14:19:00"), switch("14:02:00", ON), switch("14:18:30", OFF))
    (mitigated,) = [phase for phase in timeline.phases if phase.name == "mitigated"]
    assert mitigated.at == at("14:19:00")


@pytest.mark.parametrize(
    ("clock", "service", "is_of_deploy"),
    [
        ("14:18:30", "checkout", False),
        ("14:18:30", "", False),
        ("14:18:30", "search", True),
        ("14:10:00", "checkout", True),
        ("14:19:30", "checkout", True),  # after they ended
    ],
)
def test_errors_that_end_right_after_a_switch_do_not_end_with_the_deploy_of_those_minutes(
    clock: str, service: str, is_of_deploy: bool
) -> None:
    deploy = rollout(Kind.ROLLOUT_STARTED, "14:17:00", "14:18:00", "14:19:20", "1.5.1", "1.5.0")
    rows = told(drafted(*errors("14:03:00", "14:19:00"), *deploy, switch(clock, OFF, service=service)))
    (ended,) = [row for row in rows if "ratio" in row and ("falls" in row or "back to" in row)]
    assert ("complete" in ended) == is_of_deploy


@pytest.mark.parametrize(
    ("clock", "environment", "is_row"),
    [
        ("14:01:00", "production", True),
        ("14:01:00", "", True),
        ("13:56:00", "production", True),  # before the window
        ("13:50:00", "production", False),
        ("14:05:00", "production", False),  # while they last
        ("14:18:00", "production", True),  # they end soon after it
        ("14:21:00", "production", False),
        ("14:01:00", "staging", False),
    ],
)
def test_a_flag_of_no_known_service_has_a_row_next_to_an_effect(clock: str, environment: str, is_row: bool) -> None:
    flag = switch(clock, ON, service="", environment=environment)
    timeline = drafted(*errors("14:03:00", "14:19:00"), flag)
    rows = [row for row in told(timeline) if "new-checkout" in row]
    named = [line for line in timeline.left_out if "new-checkout" in line]
    assert (len(rows), len(named)) == ((1, 0) if is_row else (0, 0 if clock < "14" else 1))


def test_what_takes_back_such_a_flag_has_a_row_though_nothing_ends_with_it() -> None:
    on, off = switch("14:02:00", ON, service=""), switch("14:12:00", OFF, service="")
    events = [*errors("14:03:00", "14:29:00"), on, off]
    assert [row[:5] for row in told(drafted(*events)) if "new-checkout" in row] == ["14:02", "14:12"]
    assert not any("new-checkout" in row for row in told(drafted(*events[:2], off)))


def test_what_two_logs_report_is_one_fact_with_both_as_evidence() -> None:
    timeline = drafted(*errors("14:03:00", None), switch("14:02:00", ON), switch("14:02:01", ON, source="exports"))
    (row,) = [row for row in timeline.rows if row.kind == Kind.FLAG_CHANGED]
    assert set(row.sources) == {"launchdarkly", "exports"}


def test_a_flag_is_linked_to_the_switch_that_it_takes_back() -> None:
    events = (*errors("14:03:00", None), switch("14:02:00", ON), switch("14:10:00", ON, environment="eu"))
    drawn = explained_draft(Gathered((*events, switch("14:18:00", OFF)), ()), WINDOW, Scope())
    (link,) = [link for link in drawn.links if link.kind == LinkKind.ROLLS_BACK]
    since = {story.id: story.since for story, _ in drawn.stories}
    assert (since[link.one], since[link.other]) == (at("14:18:00"), at("14:02:00"))
    assert link.reasons == ("flag new-checkout was turned on before it",)


def test_in_a_calm_window_the_flag_is_the_news() -> None:
    assert told(drafted(switch("14:02:00", ON, service="", by="token deploy-bot", automated=True))) == [
        "14:02 Flag new-checkout turned on in production (automatically, by token deploy-bot)"
    ]


def test_only_effects_on_the_services_asked_for_count_for_flags_of_none() -> None:
    events = (*errors("14:03:00", None), switch("14:02:00", ON, service=""))
    other = drafted(*events, *errors("14:03:00", None, service="cart"), scope=Scope(services=("cart",)))
    assert any("new-checkout" in row for row in told(other))
    assert not any("new-checkout" in row for row in told(drafted(*events, scope=Scope(services=("cart",)))))


@pytest.mark.parametrize(
    ("clock", "namespace", "users", "shown"),
    [
        ("14:02:30", "shop", 3, True),
        ("14:02:30", "money", 3, False),
        ("14:02:30", "shop", 0, False),
        ("13:40:00", "shop", 3, False),
    ],
)
def test_configuration_of_several_services_has_a_row_minutes_before_one_of_them_fails(
    clock: str, namespace: str, users: int, shown: bool
) -> None:
    known: dict[str, Any] = {"namespace": namespace, "workload": "Secret/database"}
    numbers = {"users": users} if users else {}
    changed = event(Kind.CONFIG_CHANGED, clock, "Secret database was changed", numbers=numbers, **known)
    rows = draft(Gathered((*errors("14:03:30", "14:20:00"), changed), ()), WINDOW, Scope()).rows
    assert bool([row for row in rows if row.kind == Kind.CONFIG_CHANGED]) is shown
