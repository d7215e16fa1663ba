from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.event import Event, Kind, Manner, order
from collector.source import Document
from tests.sources.gitlab.payloads import (
    API,
    WEB,
    decided,
    deployment,
    document,
    job,
    jobs,
    pipeline,
    read,
    sha,
    utc,
)

MILLISECOND = timedelta(milliseconds=1) - timedelta(microseconds=1)


def deployed(*listed: dict[str, Any], more: tuple[Document, ...] = (), **settings: Any) -> list[Event]:
    events, gaps = read(document("deployments", list(listed)), *more, **settings)
    assert gaps == []
    return sorted(events, key=order)


def kinds(events: list[Event]) -> list[Kind]:
    return [event.kind for event in events]


def manners(events: list[Event]) -> dict[str, Manner]:
    return {event.keys.deployment: event.manner for event in events if event.kind == Kind.DEPLOY_STARTED}


def test_a_deploy_starts_and_ends_with_its_job_to_the_millisecond() -> None:
    work = job(657, 8812, "14:02:06.250", "14:05:20.125", created="13:58:00", ref="v1.5.0", tag=True)
    started, succeeded = deployed(deployment(941, work, updated="14:09:00"))
    assert kinds([started, succeeded]) == [Kind.DEPLOY_STARTED, Kind.DEPLOY_SUCCEEDED]
    assert (started.earliest, started.latest) == (utc("14:02:06.250"), utc("14:02:06.250") + MILLISECOND)
    assert (succeeded.earliest, succeeded.latest) == (utc("14:05:20.125"), utc("14:05:20.125") + MILLISECOND)
    assert (started.subject.service, started.subject.environment) == ("checkout", "production")
    keys = started.keys
    assert (keys.commit, keys.repository, keys.version) == (sha("a"), "acme/shop/checkout", "1.5.0")
    assert (keys.run, keys.run_number, keys.deployment) == ("8812", "8812", "941")
    assert (started.actor, started.url) == ("dana-reyes", f"{WEB}/-/jobs/657")
    assert started.merge_key == f"{API}/projects/7/deployments/941"
    assert started.summary == (
        "Deploy of checkout 1.5.0 to production starts (pipeline 8812, job deploy-production, aaaaaaa) by dana-reyes"
    )


def test_a_branch_is_no_version_whatever_it_is_called() -> None:
    started, _ = deployed(deployment(941, job(657, 8812, "14:02:06", "14:05:20", ref="release-1.5.0")))
    assert started.keys.version == ""


def test_a_deploy_that_waited_three_days_has_started_when_it_was_let_go_on() -> None:
    work = job(657, 8812, "14:02:06", "14:05:20", created="2026-03-29T13:50:00.000Z")
    approval = decided(941, ("sam-okafor", "approved", "14:01:30.500"))
    waits, approved, started, succeeded = deployed(deployment(941, work), more=(approval,))
    assert kinds([waits, approved]) == [Kind.DEPLOY_WAITING, Kind.DEPLOY_APPROVED]
    assert kinds([started, succeeded]) == [Kind.DEPLOY_STARTED, Kind.DEPLOY_SUCCEEDED]
    assert waits.at == utc("2026-03-29T13:50:00.000Z")
    assert (approved.at, approved.actor) == (utc("14:01:30.500"), "sam-okafor")
    assert started.at == utc("14:02:06")


def test_what_is_blocked_waits_and_has_not_started() -> None:
    (waits,) = deployed(deployment(941, job(657, 8812, status="manual"), status="blocked"))
    assert waits.kind == Kind.DEPLOY_WAITING
    assert "waits for an approval" in waits.summary


def test_a_rejection_is_the_doing_of_who_rejected_and_is_reported_once() -> None:
    failed = job(657, 8812, "", "14:03:00", status="failed", failure_reason="deployment_rejected")
    rejected = decided(941, ("sam-okafor", "rejected", "14:02:59"))
    waits, refused = deployed(deployment(941, failed), more=(rejected,))
    assert kinds([waits, refused]) == [Kind.DEPLOY_WAITING, Kind.DEPLOY_REFUSED]
    assert (refused.at, refused.actor) == (utc("14:02:59"), "sam-okafor")
    assert "is refused: looks good (" in refused.summary


def test_decisions_under_rules_and_without_them_are_each_reported_once() -> None:
    one = {"user": {"username": "sam"}, "status": "approved", "created_at": "2026-04-01T14:01:00.000Z"}
    other = {"user": {"username": "kim"}, "status": "approved", "created_at": "2026-04-01T16:01:30.000+02:00"}
    body = {"approvals": [one], "approval_summary": {"rules": [{"deployment_approvals": [one, other]}]}}
    events = deployed(
        deployment(941, job(657, 8812, "14:02:06")), more=(document("deployment", body, "deployments/941"),)
    )
    approved = [event for event in events if event.kind == Kind.DEPLOY_APPROVED]
    assert [(event.actor, event.at) for event in approved] == [("sam", utc("14:01:00")), ("kim", utc("14:01:30"))]


def test_a_manual_job_that_nobody_started_is_no_deploy() -> None:
    (event,) = deployed(deployment(941, job(657, 8812, status="manual"), status="created"))
    assert event.kind == Kind.OTHER
    assert "can be started by hand" in event.summary


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        ("scheduled", Kind.DEPLOY_REQUESTED, "is to start later"),
        ("pending", Kind.DEPLOY_REQUESTED, "is requested"),
        ("waiting_for_resource", Kind.DEPLOY_WAITING, "waits for another deploy to end"),
        ("skipped", Kind.OTHER, "is skipped"),
    ],
)
def test_what_has_not_started_says_what_for(status: str, kind: Kind, words: str) -> None:
    (event,) = deployed(deployment(941, job(657, 8812, status=status), status="created"))
    assert event.kind == kind
    assert words in event.summary


@pytest.mark.parametrize(
    ("reason", "kind", "words"),
    [
        ("script_failure", Kind.DEPLOY_FAILED, "fails: script failure"),
        ("failed_outdated_deployment_job", Kind.DEPLOY_SUPERSEDED, "is superseded by bbbbbbb"),
        ("forward_deployment_failure", Kind.DEPLOY_SUPERSEDED, "is superseded by bbbbbbb"),
        ("protected_environment_failure", Kind.DEPLOY_REFUSED, "is refused: the environment is protected"),
    ],
)
def test_how_a_deploy_that_never_ran_ended(reason: str, kind: Kind, words: str) -> None:
    never = job(657, 8812, "", "14:06:00", status="failed", failure_reason=reason)
    newer = job(660, 8813, "14:02:00", "14:04:00", sha=sha("b"))
    events = deployed(deployment(941, never), deployment(942, newer))
    (ended,) = [event for event in events if event.keys.deployment == "941"]
    assert (ended.kind, ended.at) == (kind, utc("14:06:00"))
    assert words in ended.summary


def test_an_outdated_job_is_superseded_by_the_newer_deploy_and_not_by_itself() -> None:
    """It is run after the newer one, and fails for that reason."""
    newer = job(660, 8813, "14:02:00", "14:04:00", sha=sha("b"))
    late = job(657, 8812, "14:06:00", "14:06:02", status="failed", failure_reason="failed_outdated_deployment_job")
    elsewhere = deployment(943, job(661, 8814, "14:05:00", "14:05:30", sha=sha("c")), environment="staging")
    events = deployed(deployment(941, late), deployment(942, newer), elsewhere)
    (ended,) = [event for event in events if event.kind == Kind.DEPLOY_SUPERSEDED]
    assert "is superseded by bbbbbbb" in ended.summary


def test_a_cancelled_deploy_has_no_known_doer() -> None:
    started, cancelled = deployed(deployment(941, job(657, 8812, "14:02:06", "14:03:00", status="canceled")))
    assert (started.kind, started.actor) == (Kind.DEPLOY_STARTED, "dana-reyes")
    assert (cancelled.kind, cancelled.actor) == (Kind.DEPLOY_CANCELLED, "")
    (waiting,) = deployed(deployment(941, job(657, 8812, "", "14:03:00", status="canceled")))
    assert waiting.kind == Kind.DEPLOY_CANCELLED


OLD = deployment(930, job(610, 8700, "09:00:00", "09:04:00", ref="v1.4.9", tag=True, sha=sha("c")))
NEW = deployment(941, job(657, 8812, "14:02:06", "14:05:20", ref="v1.5.0", tag=True))


def test_the_rollback_button_runs_the_job_of_an_old_pipeline_again() -> None:
    again = deployment(942, job(671, 8700, "14:18:12", "14:21:00", ref="v1.4.9", tag=True, sha=sha("c")))
    events = deployed(OLD, NEW, again)
    assert manners(events) == {"930": Manner.PLAIN, "941": Manner.PLAIN, "942": Manner.ROLLBACK}
    back = next(event for event in events if event.keys.deployment == "942")
    assert (back.keys.version, back.keys.replaces) == ("1.4.9", "1.5.0")
    # It is another deploy than the first of that pipeline.
    assert (back.keys.run, back.keys.run_number) == ("8700/671", "8700")
    assert back.summary.startswith("Rollback of checkout 1.4.9 to production starts")


def test_the_first_deploy_of_that_pipeline_may_be_older_than_what_is_asked_for() -> None:
    again = deployment(942, job(671, 8700, "14:18:12", "14:21:00", sha=sha("c")))
    first = job(610, 8700, "2026-03-02T09:00:00.000Z", "2026-03-02T09:04:00.000Z", sha=sha("c"))
    events = deployed(NEW, again, more=(jobs(8700, first),))
    assert manners(events)["942"] == Manner.ROLLBACK


def test_the_redeploy_button_deploys_what_runs() -> None:
    again = deployment(942, job(671, 8812, "14:18:12", "14:21:00", ref="v1.5.0", tag=True))
    assert manners(deployed(OLD, NEW, again))["942"] == Manner.REDEPLOY


def test_going_forward_again_by_the_button_is_no_rollback() -> None:
    back = deployment(942, job(671, 8700, "14:18:12", "14:21:00", sha=sha("c")))
    forward = deployment(943, job(690, 8812, "14:40:00", "14:44:00"))
    assert manners(deployed(OLD, NEW, back, forward))["943"] == Manner.PLAIN


def test_the_retry_of_a_failed_deploy_belongs_to_it() -> None:
    failed = deployment(941, job(657, 8812, "14:02:06", "14:03:00", status="failed"))
    retry = deployment(942, job(658, 8812, "14:04:00", "14:06:00"))
    events = deployed(OLD, failed, retry)
    assert {event.keys.run for event in events if event.keys.deployment in ("941", "942")} == {"8812"}
    assert manners(events)["942"] == Manner.PLAIN


def test_what_never_succeeded_is_not_brought_back_by_running_it_again() -> None:
    failed = deployment(929, job(600, 8690, "08:00:00", "08:01:00", status="failed", sha=sha("d")))
    retry = deployment(942, job(671, 8690, "14:18:12", "14:21:00", sha=sha("d")))
    events = deployed(failed, OLD, retry)
    assert manners(events)["942"] == Manner.PLAIN
    # Another deploy lies between them, so that they are not one.
    assert {event.keys.run for event in events if event.keys.deployment == "942"} == {"8690/671"}


@pytest.mark.parametrize(
    ("changes", "manner"),
    [
        ({"title": 'Revert "Sort the cart"'}, Manner.REVERT),
        ({"title": "Merge branch 'revert-4be21f09' into 'main'"}, Manner.REVERT),
        ({"title": "Reverting is now possible in the shop"}, Manner.PLAIN),
        ({"name": "rollback-production"}, Manner.ROLLBACK),
        ({"name": "db:migrate"}, Manner.MIGRATION),
        ({"name": "restart-production"}, Manner.RESTART),
    ],
)
def test_what_sort_of_deploy_it_states_to_be(changes: dict[str, Any], manner: Manner) -> None:
    assert manners(deployed(OLD, deployment(941, job(657, 8812, "14:02:06", **changes))))["941"] == manner


@pytest.mark.parametrize(
    ("name", "tier", "place"),
    [
        ("production", "production", "production"),
        ("gprd", "production", "gprd"),
        ("demo", "production", "production"),
        ("blue", "staging", "staging/blue"),
        ("acceptance", "testing", "testing/acceptance"),
        ("staging", "staging", "staging"),
        ("review/cart-7", "development", "review/cart-7"),
        ("blue", "other", "blue"),
    ],
)
def test_the_tier_of_an_environment_shows_whether_it_serves_users(name: str, tier: str, place: str) -> None:
    tiers = document("environments", [{"id": 9, "name": name, "tier": tier, "state": "available"}])
    started, _ = deployed(deployment(941, job(657, 8812, "14:02:06", "14:05:20"), environment=name), more=(tiers,))
    assert started.subject.environment == place


def test_environments_and_jobs_can_be_narrowed() -> None:
    listed = [
        deployment(941, job(657, 8812, "14:02:06", "14:05:20")),
        deployment(942, job(658, 8812, "14:06:00", "14:07:00", name="smoke-test")),
        deployment(943, job(659, 8812, "14:08:00", "14:09:00"), environment="review/cart-7"),
    ]
    events = deployed(*listed, environments=["prod*"], deploy_jobs=["deploy-*"])
    assert [(event.kind, event.keys.deployment) for event in events] == [
        (Kind.DEPLOY_STARTED, "941"),
        (Kind.DEPLOY_SUCCEEDED, "941"),
        (Kind.OTHER, "942"),
    ]


def test_a_deploy_that_another_tool_recorded_when_it_was_done_started_before() -> None:
    late = deployment(941, None, created="14:05:20", updated="14:05:20.400")
    started, succeeded = deployed(late)
    assert (started.earliest, started.at) == (utc("13:05:20"), utc("14:05:20"))
    assert succeeded.latest == utc("14:05:20.400") + MILLISECOND
    begun = deployment(941, None, created="14:02:06", updated="14:05:20")
    started, succeeded = deployed(begun)
    assert (started.earliest, started.at) == (utc("14:02:06"), utc("14:02:06"))
    # Its record changes when it is done, and again when something about it does.
    assert (succeeded.earliest, succeeded.at) == (utc("14:02:06"), utc("14:05:20"))
    assert succeeded.actor == "root"
    assert succeeded.url == f"{WEB}/-/environments/9"


def test_a_job_without_an_environment_is_a_deploy_if_its_name_says_so() -> None:
    listed = jobs(
        8812,
        job(650, 8812, "13:59:00", "14:01:00", name="unit", stage="test"),
        job(657, 8812, "14:02:06", "14:05:20", name="deploy-production"),
        job(658, 8812, "14:05:30", "14:06:00", name="notify-chat"),
    )
    events = deployed(more=(document("pipelines", [pipeline(8812, "13:58:00", "14:06:01")]), listed))
    assert [(event.kind, event.native_id) for event in events] == [
        (Kind.RUN_STARTED, "pipeline/8812"),
        (Kind.DEPLOY_STARTED, "job/657"),
        (Kind.DEPLOY_SUCCEEDED, "job/657"),
        (Kind.RUN_SUCCEEDED, "pipeline/8812"),
    ]
    assert events[1].subject.environment == "production"
    assert (events[1].keys.deployment, events[1].keys.run) == ("", "8812")
    assert (events[0].at, events[3].at) == (utc("13:59:00"), utc("14:06:00"))


def test_names_decide_nothing_in_a_pipeline_that_declares_its_deploys() -> None:
    other = job(658, 8812, "14:05:30", "14:06:00", name="release-train")
    events = deployed(NEW, more=(jobs(8812, NEW["deployable"], other),))
    assert {event.native_id for event in events} == {"deployment/941"}
    named = deployed(NEW, more=(jobs(8812, NEW["deployable"], other),), deploy_jobs=["deploy-*", "release-*"])
    assert {event.native_id for event in named} == {"deployment/941", "job/658"}


def test_a_pipeline_of_unknown_jobs_started_and_ended_at_some_time_between_its_stamps() -> None:
    started, failed = deployed(more=(document("pipelines", [pipeline(8812, "13:58:00", "14:06:01", status="failed")]),))
    assert kinds([started, failed]) == [Kind.RUN_STARTED, Kind.RUN_FAILED]
    assert (started.earliest, started.at) == (utc("13:58:00"), utc("13:58:00"))
    assert started.latest == failed.latest == utc("14:06:01") + MILLISECOND
    assert (failed.earliest, failed.at) == (utc("13:58:00"), utc("14:06:01"))


def test_a_pipeline_in_the_queue_has_not_started() -> None:
    assert deployed(more=(document("pipelines", [pipeline(8812, "13:58:00", status="pending")]),)) == []


@pytest.mark.parametrize("status", ["manual", "waiting_for_callback"])
def test_a_pipeline_none_of_whose_jobs_has_started_has_not_either(status: str) -> None:
    waiting = jobs(801, job(1, 801, created="14:02:00", status=status))
    events, _ = read(document("pipelines", [pipeline(801, "14:02:00", status=status)]), waiting)
    assert [one for one in events if one.kind == Kind.RUN_STARTED] == []


def test_services_are_named_as_configured() -> None:
    started, _ = deployed(NEW, services={"Acme/Shop/Checkout": "till"})
    assert started.subject.service == "till"


def test_jobs_of_one_project_may_deploy_several_services() -> None:
    cart = deployment(941, job(657, 8812, "14:02:06", "14:05:20", name="deploy-cart"))
    site = deployment(942, job(658, 8812, "14:03:06", "14:05:20", name="deploy-site"))
    events = deployed(cart, site, services={"acme/shop/checkout:deploy-cart": "cart"})
    known = {(e.keys.deployment, e.subject.service, e.keys.component) for e in events}
    assert known == {("941", "cart", "deploy-cart"), ("942", "checkout", "")}


@pytest.mark.parametrize(
    ("ref", "version"),
    [("v1.5.0", "1.5.0"), ("2026-04-01.2", "2026-04-01.2"), ("v15", "v15"), ("nightly", ""), ("cart-1.5.0", "1.5.0")],
)
def test_a_tag_is_a_version_if_it_has_a_number(ref: str, version: str) -> None:
    started, _ = deployed(deployment(941, job(657, 8812, "14:02:06", "14:05:20", ref=ref, tag=True)))
    assert started.keys.version == version


def test_one_bad_object_is_counted_and_the_rest_is_read() -> None:
    bad = deployment(942, job(658, 8813, "14:02:06", "14:05:20"), created="yesterday")
    bad["created_at"] = "yesterday"
    events, gaps = read(document("deployments", [NEW, bad]))
    assert len(events) == 2
    assert [gap.reason for gap in gaps] == ["deployments: 1 of 2 could not be read and were left out"]


def test_answers_about_no_project_are_named() -> None:
    _, gaps = read(Document("jobs", "GET https://git.example.com/x", utc("14:00:00"), "[]"))
    assert gaps[0].reason == "jobs of an unknown project: GET https://git.example.com/x"


CLOCKS = st.one_of(st.just(""), st.times().map(lambda at: f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["created", "running", "success", "failed", "canceled", "skipped", "blocked"]),
            CLOCKS,
            CLOCKS,
            st.integers(8800, 8803),
            st.booleans(),
        ),
        max_size=6,
    )
)
def test_no_times_of_jobs_whatever_they_are_raise_and_a_deploy_starts_at_most_once(
    listed: list[tuple[str, str, str, int, bool]],
) -> None:
    found = [
        deployment(900 + n, job(600 + n, of, started, finished, status=status) if by_job else None, status=status)
        for n, (status, started, finished, of, by_job) in enumerate(listed)
    ]
    ran = [one["deployable"]["pipeline"]["id"] for one in found if one["deployable"]]
    more = document("pipelines", [pipeline(of, "14:00:00", "13:00:00") for of in sorted(set(ran))])
    events = deployed(*found, more=(more,))
    starts = [event.keys.deployment for event in events if event.kind == Kind.DEPLOY_STARTED]
    assert len(starts) == len(set(starts))
    forth = {event.keys.deployment: event.keys.run for event in events if event.keys.deployment}
    back = deployed(*found[::-1], more=(more,))
    assert {event.keys.deployment: event.keys.run for event in back if event.keys.deployment} == forth


@given(st.permutations([OLD, NEW, deployment(942, job(671, 8700, "14:18:12", "14:21:00", sha=sha("c")))]))
def test_the_order_of_the_deployments_changes_nothing(listed: list[dict[str, Any]]) -> None:
    assert manners(deployed(*listed))["942"] == Manner.ROLLBACK


def test_a_scheduled_deploy_has_no_actor_unless_somebody_else_plays_its_job() -> None:
    owner, sam = {"username": "dana-reyes"}, {"username": "sam-okafor"}
    build = job(650, 8812, "14:00:00", "14:02:00", name="build", user=owner)

    def actors(user: dict[str, str], *known: dict[str, Any]) -> set[str]:
        deploy = job(657, 8812, "14:02:06", "14:05:20", user=user)
        listed = pipeline(8812, "14:00:00", "14:05:21", source="schedule")
        events = deployed(deployment(941, deploy), more=(document("pipelines", [listed]), jobs(8812, *known, deploy)))
        assert all("schedule" in one.summary for one in events)
        return {one.actor for one in events if one.kind.startswith("deploy")}

    assert actors(owner, build) == {""}
    assert actors(sam, build) == {"sam-okafor"}


def test_a_deleted_account_is_no_actor() -> None:
    ghost = {"username": "ghost1", "name": "Ghost User", "state": "active"}
    events = deployed(deployment(941, job(657, 8812, "14:02:06", "14:05:20", user=ghost), user=ghost))
    assert {one.actor for one in events} == {""}


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_pipeline_without_a_started_job_has_no_start(status: str) -> None:
    never = pipeline(801, "14:02:00", "14:03:00", status=status)
    events, _ = read(
        document("pipelines", [never]), jobs(801, job(1, 801, "", "14:03:00", status=status, name="lint", stage="test"))
    )
    assert [one.kind for one in events] == [Kind.RUN_FAILED]
