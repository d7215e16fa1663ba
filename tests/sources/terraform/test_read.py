import json
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from collector.event import Event, Kind
from collector.manner import Manner
from tests.collector.build import WINDOW
from tests.sources.contract import recorded, source
from tests.sources.terraform.payloads import Cloud, at, documents, read


def facts(cloud: Cloud, **settings: object) -> list[tuple[Kind, str]]:
    """Kind and time of each Event, in order."""
    events = read(documents(cloud), **settings)
    return [(event.kind, f"{event.at:%d %H:%M:%S}") for event in events]


def only(cloud: Cloud, kind: Kind, **settings: object) -> Event:
    (event,) = [event for event in read(documents(cloud), **settings) if event.kind == kind]
    return event


CONFIRMED = {
    "plan-queued-at": at("14:00:05"),
    "planned-at": at("14:00:40"),
    "policy-checked-at": at("14:00:44"),
    "confirmed-at": at("14:06:00"),
    "apply-queued-at": at("14:06:01"),
    "applying-at": at("14:06:03"),
    "applied-at": at("14:08:30"),
}


def test_a_run_is_requested_waits_is_confirmed_starts_and_is_applied() -> None:
    cloud = Cloud(users={"user-dana": "dana-reyes", "user-sam": "sam-okafor"})
    cloud.run("run-a1", "2026-04-01T14:00:01.250Z", "applied", CONFIRMED, confirmed_by="user-sam", counts=(3, 1, 2))
    assert facts(cloud) == [
        (Kind.DEPLOY_REQUESTED, "01 14:00:01"),
        (Kind.DEPLOY_WAITING, "01 14:00:44"),
        (Kind.DEPLOY_APPROVED, "01 14:06:00"),
        (Kind.DEPLOY_STARTED, "01 14:06:03"),
        (Kind.DEPLOY_SUCCEEDED, "01 14:08:30"),
    ]
    events = read(documents(cloud))
    assert {event.manner for event in events} == {Manner.INFRASTRUCTURE}
    assert [event.actor for event in events] == ["dana-reyes", "dana-reyes", "sam-okafor", "dana-reyes", "dana-reyes"]
    assert {event.description for event in events} == {"Grow the pool"}
    assert events[-1].numbers == {"added": 3, "changed": 1, "destroyed": 2}
    assert {event.keys.run for event in events} == {"run-a1"}
    approved, applied = events[2], events[4]
    assert approved.summary.endswith(
        'is approved (run-a1, 3 added, 1 changed, 2 destroyed, "Grow the pool") by sam-okafor'
    )
    assert applied.summary.startswith("Infrastructure change of checkout-production succeeds (run-a1, 3 added")
    assert applied.url == "https://app.terraform.io/app/acme/workspaces/checkout-production/runs/run-a1"
    # Of a state only the second is known, of the request the millisecond.
    assert (applied.latest - applied.earliest).total_seconds() == pytest.approx(0.999999)
    assert events[0].at == datetime(2026, 4, 1, 14, 0, 1, 250_000, UTC)


@pytest.mark.parametrize("message", ["Triggered via UI", "Queued manually via the Terraform Enterprise API"])
def test_a_message_that_terraform_sets_is_no_description(message: str) -> None:
    cloud = Cloud()
    cloud.run("run-a1", "2026-04-01T14:00:01.250Z", "applied", CONFIRMED, message=message)
    assert {event.description for event in read(documents(cloud))} == {""}


def test_the_actor_of_a_discard_or_cancellation_is_not_who_started_the_run() -> None:
    cloud = Cloud(users={"user-dana": "dana-reyes", "user-sam": "sam-okafor"})
    planned = {"planned-at": at("14:00:40"), "discarded-at": at("14:05:00")}
    cloud.run("run-a1", "2026-04-01T14:00:01.250Z", "discarded", planned)
    cloud.events["run-a1"] = [("discarded", "user-sam")]
    stopped = {"canceled-at": at("14:06:00")}
    cloud.run("run-a2", "2026-04-01T14:01:01.250Z", "canceled", stopped, cancelled_by="user-sam")
    assert only(cloud, Kind.DEPLOY_REFUSED).actor == "sam-okafor"
    assert only(cloud, Kind.DEPLOY_CANCELLED).actor == "sam-okafor"


def test_what_is_applied_by_itself_waits_for_nobody() -> None:
    cloud = Cloud(users={"user-dana": "dana-reyes"})
    cloud.run("run-a1", "2026-04-01T14:00:01.250Z", "applied", CONFIRMED, auto_apply=True)
    kinds = [kind for kind, _ in facts(cloud)]
    assert kinds == [Kind.DEPLOY_REQUESTED, Kind.DEPLOY_STARTED, Kind.DEPLOY_SUCCEEDED]


def test_a_push_has_the_commit_of_the_configuration_and_who_pushed_it() -> None:
    cloud = Cloud()
    cloud.run(
        "run-a1", "2026-04-01T14:00:01.250Z", "applied", CONFIRMED, by="", source="tfe-configuration-version",
        commit="9F3C2A1B" + "0" * 32, auto_apply=True,
    )  # fmt: skip
    started = only(cloud, Kind.DEPLOY_STARTED)
    assert started.actor == "sam-okafor"
    assert started.keys.config_commit == "9f3c2a1b" + "0" * 32
    assert started.keys.commit == ""
    assert "by a push, commit 9f3c2a1" in started.summary


def test_a_service_account_is_no_person() -> None:
    cloud = Cloud(users={"user-api": "api-org-acme"})
    cloud.run(
        "run-a1", "2026-04-01T14:00:01.250Z", "applied", CONFIRMED, by="user-api", source="tfe-api", auto_apply=True
    )
    assert "via the API, by a service account" in only(cloud, Kind.DEPLOY_STARTED).summary


@pytest.mark.parametrize(
    ("status", "stamps", "kinds", "words"),
    [
        ("errored", {"applying-at": at("14:06:03"), "errored-at": at("14:07:00")},
         [Kind.DEPLOY_REQUESTED, Kind.DEPLOY_STARTED, Kind.DEPLOY_FAILED], "fails ("),
        ("errored", {"planning-at": at("14:00:03"), "errored-at": at("14:00:09")},
         [Kind.DEPLOY_REQUESTED, Kind.DEPLOY_FAILED], "fails before anything is applied ("),
        ("discarded", {"planned-at": at("14:00:40"), "discarded-at": at("14:05:00")},
         [Kind.DEPLOY_REQUESTED, Kind.DEPLOY_WAITING, Kind.DEPLOY_REFUSED], "is refused: its plan is discarded ("),
        ("discarded", {"discarded-at": at("14:05:00")},
         [Kind.DEPLOY_REQUESTED, Kind.DEPLOY_CANCELLED], "is cancelled ("),
        ("canceled", {"applying-at": at("14:06:03"), "force-canceled-at": at("14:09:00")},
         [Kind.DEPLOY_REQUESTED, Kind.DEPLOY_STARTED, Kind.DEPLOY_CANCELLED], "is cancelled ("),
        ("planned", {"planned-at": at("14:00:40")}, [Kind.DEPLOY_REQUESTED, Kind.DEPLOY_WAITING],
         "waits for a confirmation ("),
        ("policy_override", {"planned-at": at("14:00:40"), "policy-soft-failed-at": at("14:00:50")},
         [Kind.DEPLOY_REQUESTED, Kind.DEPLOY_WAITING], "waits for somebody to override a policy ("),
        ("pending", {"plan-queueable-at": at("14:00:02")}, [Kind.DEPLOY_REQUESTED], "is requested ("),
    ],
)  # fmt: skip
def test_how_a_run_ends(status: str, stamps: dict[str, str], kinds: list[Kind], words: str) -> None:
    cloud = Cloud()
    cloud.run("run-a1", "2026-04-01T14:00:01.250Z", status, stamps)
    assert [kind for kind, _ in facts(cloud)] == kinds
    assert words in read(documents(cloud))[-1].summary


def test_who_discarded_or_cancelled_it() -> None:
    cloud = Cloud(users={"user-kim": "kim-lee", "user-dana": "dana-reyes"})
    cloud.run(
        "run-a1",
        "2026-04-01T14:00:01.250Z",
        "discarded",
        {"planned-at": at("14:01:00"), "discarded-at": at("14:05:00")},
    )
    cloud.events["run-a1"] = [("queued", "user-dana"), ("discarded", "user-kim")]
    cloud.run(
        "run-a2", "2026-04-01T14:06:01.250Z", "canceled", {"canceled-at": at("14:07:00")}, cancelled_by="user-kim"
    )
    assert only(cloud, Kind.DEPLOY_REFUSED).summary.endswith("by kim-lee")
    assert only(cloud, Kind.DEPLOY_CANCELLED).summary.endswith("by kim-lee")


def test_a_mandatory_policy_refuses_what_would_else_be_an_error() -> None:
    cloud = Cloud(checks={"run-a1": "hard_failed"})
    cloud.run(
        "run-a1", "2026-04-01T14:00:01.250Z", "errored", {"planned-at": at("14:03:00"), "errored-at": at("14:03:21")}
    )
    refused = only(cloud, Kind.DEPLOY_REFUSED)
    assert "is refused: a mandatory policy failed" in refused.summary
    assert refused.at == datetime(2026, 4, 1, 14, 3, 20, tzinfo=UTC)
    assert not [event for event in read(documents(cloud)) if event.kind == Kind.DEPLOY_FAILED]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"plan_only": True}, "only plans"),
        ({"refresh_only": True}, "only reads anew what exists"),
        ({}, "ends: there is nothing to change"),
    ],
)
def test_what_changes_nothing_is_no_deploy(changes: dict[str, object], words: str) -> None:
    cloud = Cloud()
    stamps = {"planned-at": at("14:01:00"), "planned-and-finished-at": at("14:01:00")}
    cloud.run("run-a1", "2026-04-01T14:00:01.250Z", "planned_and_finished", stamps, **changes)
    (event,) = read(documents(cloud))
    assert event.kind == Kind.OTHER
    assert words in event.summary


def test_a_run_that_destroys_everything_has_it_in_its_words() -> None:
    cloud = Cloud()
    cloud.run("run-a1", "2026-04-01T14:00:01.250Z", "applied", CONFIRMED, is_destroy=True, counts=(0, 0, 41))
    assert "(run-a1, destroys everything, 41 destroyed" in only(cloud, Kind.DEPLOY_STARTED).summary


def test_service_and_environment_are_read_from_the_name_of_the_workspace() -> None:
    cloud = Cloud(workspaces={"ws-1": "shop-web-cart-production"})
    cloud.run("run-a1", "2026-04-01T14:00:01.250Z", "applied", CONFIRMED, auto_apply=True)
    rules = [{"match": "data-*", "service": "warehouse"}, {"match": "shop-{service}-{environment}"}]
    started = only(cloud, Kind.DEPLOY_STARTED, services=rules)
    assert (started.subject.service, started.subject.environment) == ("web-cart", "production")
    assert (
        "Infrastructure change of web-cart to production starts (run-a1, workspace shop-web-cart-production"
        in started.summary
    )
    assert only(cloud, Kind.DEPLOY_STARTED).subject.service == "shop-web-cart-production"


def test_a_plan_that_was_saved_waits_for_its_confirmation() -> None:
    cloud = Cloud(users={"user-dana": "dana-reyes"})
    saved = {"planning-at": at("14:00:05"), "planned-and-saved-at": at("14:00:50")}
    cloud.run("run-a1", "2026-04-01T14:00:01.250Z", "planned_and_saved", saved, counts=(1, 0, 0))
    assert facts(cloud) == [(Kind.DEPLOY_REQUESTED, "01 14:00:01"), (Kind.DEPLOY_WAITING, "01 14:00:50")]


def test_a_user_whose_name_cannot_be_read_in_one_answer_has_it_from_another() -> None:
    answers = recorded("terraform")
    actors = [event.actor for event in source("terraform").read(answers, WINDOW) if isinstance(event, Event)]
    for number, document in enumerate(answers):
        if document.call == "runs":
            body = json.loads(document.text)
            for item in body["included"]:
                if item["type"] == "users":
                    item["attributes"]["username"] = None
            answers[number] = replace(document, text=json.dumps(body), content=None)
    found = [event.actor for event in source("terraform").read(answers, WINDOW) if isinstance(event, Event)]
    assert found == actors
    assert "dana-reyes" in found
