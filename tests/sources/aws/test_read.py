from typing import Any

import pytest

from collector.event import Event, Kind
from collector.manner import Manner
from tests.sources.aws.account import ARN, REGION, Account, at, events

pytestmark = pytest.mark.usefixtures("models_of_aws")


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example-of-a-secret-key")


def steps(found: list[Event]) -> list[tuple[Kind, str, str, Manner]]:
    return [(event.kind, f"{event.at:%H:%M:%S}", event.keys.version, event.manner) for event in found]


PLAIN = Manner.PLAIN
BACK = Manner.AUTOMATIC_ROLLBACK


def test_a_deployment_of_codedeploy_is_requested_starts_and_ends() -> None:
    account = Account()
    account.deploy("d-A1", "14:01:00", "Succeeded", startTime=at("14:01:20"), completeTime=at("14:05:00"))
    found = events(account)
    assert steps(found) == [
        (Kind.DEPLOY_REQUESTED, "14:01:00", "1.5.0", PLAIN),
        (Kind.DEPLOY_STARTED, "14:01:20", "1.5.0", PLAIN),
        (Kind.DEPLOY_SUCCEEDED, "14:05:00", "1.5.0", PLAIN),
    ]
    assert found[1].summary == "Deploy of checkout 1.5.0 starts (d-A1, group checkout-prod)"
    assert found[1].url.startswith(f"https://{REGION}.console.aws.amazon.com/codesuite/codedeploy/deployments/d-A1")
    assert found[1].query == f"aws deploy get-deployment --region {REGION} --deployment-id d-A1"


def test_codedeploy_rolls_back_by_itself() -> None:
    account = Account()
    failed = {"code": "HEALTH_CONSTRAINTS", "message": "too many instances failed"}
    account.deploy("d-A1", "14:01:00", "Failed", startTime=at("14:01:20"), completeTime=at("14:05:00"),
                   errorInformation=failed, rollbackInfo={"rollbackDeploymentId": "d-B2"})  # fmt: skip
    old = {"revisionType": "S3", "s3Location": {"bucket": "artefacts", "key": "checkout/checkout-1.4.9.zip"}}
    account.deploy("d-B2", "14:05:01", "Succeeded", startTime=at("14:05:02"), completeTime=at("14:06:00"),
                   creator="codeDeployRollback", revision=old,
                   rollbackInfo={"rollbackTriggeringDeploymentId": "d-A1"})  # fmt: skip
    found = events(account)
    assert steps(found)[2:] == [
        (Kind.DEPLOY_FAILED, "14:05:00", "1.5.0", PLAIN),
        (Kind.DEPLOY_REQUESTED, "14:05:01", "1.4.9", BACK),
        (Kind.DEPLOY_STARTED, "14:05:02", "1.4.9", BACK),
        (Kind.DEPLOY_SUCCEEDED, "14:06:00", "1.4.9", BACK),
    ]
    assert "fails: too many instances failed" in found[2].summary
    assert "Automatic rollback of checkout 1.4.9 starts (d-B2, group checkout-prod, after d-A1)" in found[4].summary


@pytest.mark.parametrize(
    ("members", "kinds", "manner"),
    [
        ({"creator": "autoscaling"}, [Kind.OTHER], PLAIN),
        ({"creator": "CodeDeployAutoUpdate"}, [Kind.OTHER], PLAIN),
        ({"deploymentMode": "RESTART"}, [Kind.DEPLOY_REQUESTED], Manner.RESTART),
        ({"status": "Stopped", "completeTime": at("14:03:00"), "errorInformation": {"code": "MANUAL_STOP"}},
         [Kind.DEPLOY_REQUESTED, Kind.DEPLOY_CANCELLED], PLAIN),
        ({"status": "Stopped", "completeTime": at("14:03:00"), "errorInformation": {"code": "ALARM_ACTIVE"}},
         [Kind.DEPLOY_REQUESTED, Kind.DEPLOY_FAILED], PLAIN),
        ({"creator": "CloudFormationRollback"}, [Kind.DEPLOY_REQUESTED], BACK),
    ],
)  # fmt: skip
def test_what_kind_of_deployment_it_is(members: dict[str, Any], kinds: list[Kind], manner: Manner) -> None:
    account = Account()
    account.deploy("d-A1", "14:01:00", members.pop("status", "InProgress"), **members)
    found = events(account)
    assert [event.kind for event in found] == kinds
    assert {event.manner for event in found} == {manner}


def test_a_commit_is_one_of_its_repository() -> None:
    account = Account()
    revision = {
        "revisionType": "GitHub",
        "gitHubLocation": {"repository": "acme/checkout", "commitId": "9F3C2A1" + "0" * 33},
    }
    account.deploy("d-A1", "14:01:00", "InProgress", revision=revision)
    (found,) = events(account)
    assert (found.keys.repository, found.keys.commit) == ("acme/checkout", "9f3c2a1" + "0" * 33)


def test_a_start_after_the_end_lies_before_the_end() -> None:
    account = Account()
    account.deploy("d-A1", "14:01:00", "Succeeded", startTime=at("14:05:03"), completeTime=at("14:05:00"))
    started = next(event for event in events(account) if event.kind == Kind.DEPLOY_STARTED)
    assert at("14:01:00") == started.earliest
    assert started.latest <= at("14:05:01")


NEW, OLD = "sha256:" + "b" * 64, "sha256:" + "a" * 64


def revisions(account: Account) -> None:
    proxy = ("envoy", "envoyproxy/envoy:v1.30.1", "sha256:" + "e" * 64)
    account.runs("checkout", 1, proxy, ("checkout", "registry.example.com/checkout:1.4.9", OLD))
    account.runs("checkout", 2, proxy, ("checkout", "registry.example.com/checkout:1.5.0", NEW))


def test_an_ecs_service_is_deployed_with_the_version_and_digest_of_its_own_container() -> None:
    account = Account()
    account.release("k1", "14:01:00", "SUCCESSFUL", startedAt=at("14:01:02"), finishedAt=at("14:06:30.250"))
    revisions(account)
    found = events(account)
    assert steps(found) == [
        (Kind.DEPLOY_REQUESTED, "14:01:00", "1.5.0", PLAIN),
        (Kind.DEPLOY_STARTED, "14:01:02", "1.5.0", PLAIN),
        (Kind.DEPLOY_SUCCEEDED, "14:06:30", "1.5.0", PLAIN),
    ]
    assert {(event.keys.digest, event.keys.replaces) for event in found} == {(NEW, "1.4.9")}
    assert found[1].summary == "Deploy of checkout 1.5.0 starts (k1, cluster prod)"


@pytest.mark.parametrize(
    ("definitions", "sources", "manner"),
    [
        ((), 1, Manner.REDEPLOY),
        (("web:7", "web:7"), 1, Manner.REDEPLOY),
        (("web:7", "web:8"), 1, Manner.CONFIG),
        # While several versions run nobody knows which of them it leaves as it is.
        ((), 2, PLAIN),
    ],
)
def test_a_deployment_of_the_same_images_is_forced_or_changes_settings(
    definitions: tuple[str, ...], sources: int, manner: Manner
) -> None:
    account = Account()
    arns = [f"{ARN}:service-revision/prod/checkout/{number}" for number in (1, 2)]
    listed = [{"arn": arns[0]}, {"arn": f"{arns[0]}0"}][:sources]
    account.release("k1", "14:01:00", "SUCCESSFUL", finishedAt=at("14:06:30"), sourceServiceRevisions=listed)
    for number in (1, 2):
        account.runs("checkout", number, ("checkout", "registry.example.com/checkout:1.4.9", OLD))
    account.definitions = {
        arn: {"taskDefinition": f"{ARN}:task-definition/{name}"} for arn, name in zip(arns, definitions, strict=False)
    }
    assert {event.manner for event in events(account)} == {manner}


@pytest.mark.parametrize(
    ("trigger", "ends", "manner"),
    [
        (
            {"deploymentCircuitBreaker": {"status": "TRIGGERED", "failureCount": 3, "threshold": 3}},
            Kind.DEPLOY_FAILED,
            BACK,
        ),
        ({"alarms": {"status": "TRIGGERED", "triggeredAlarmNames": ["5xx"]}}, Kind.DEPLOY_FAILED, BACK),
        ({"lifecycleHookDetails": [{"status": "FAILED"}]}, Kind.DEPLOY_FAILED, BACK),
        ({"deploymentCircuitBreaker": {"status": "MONITORING"}}, Kind.DEPLOY_CANCELLED, Manner.ROLLBACK),
    ],
)
def test_an_ecs_service_goes_back_by_itself_or_by_hand(trigger: dict[str, Any], ends: Kind, manner: Manner) -> None:
    account = Account()
    back = {"reason": "tasks failed to start", "startedAt": at("14:04:00")}
    back["serviceRevisionArn"] = f"{ARN}:service-revision/prod/checkout/1"
    account.release("k1", "14:01:00", "ROLLBACK_SUCCESSFUL", finishedAt=at("14:06:00"), rollback=back, **trigger)
    revisions(account)
    assert steps(events(account))[2:] == [
        (ends, "14:04:00", "1.5.0", PLAIN),
        (Kind.DEPLOY_STARTED, "14:04:00", "1.4.9", manner),
        (Kind.DEPLOY_SUCCEEDED, "14:06:00", "1.4.9", manner),
    ]


@pytest.mark.parametrize(
    ("breaker", "ends"), [("TRIGGERED", Kind.DEPLOY_FAILED), ("MONITORING", Kind.DEPLOY_CANCELLED)]
)
def test_a_deployment_that_stops_failed_or_was_stopped(breaker: str, ends: Kind) -> None:
    account = Account()
    account.release("k1", "14:01:00", "STOPPED", stoppedAt=at("14:04:00"), deploymentCircuitBreaker={"status": breaker})
    assert [event.kind for event in events(account)][2:] == [ends]


def test_messages_of_a_service_near_the_window_are_kept_as_they_are() -> None:
    account = Account(services=["checkout"])
    text = "(service checkout) was unable to place a task because no container instance met all of its requirements."
    account.messages["checkout"] = [(at("14:03:00"), text), (at("09:00:00"), "(service checkout) is steady")]
    (found,) = events(account)
    assert (found.kind, found.summary, found.subject.service) == (Kind.OTHER, text, "checkout")


def test_a_configuration_is_deployed_and_rolled_back_by_an_alarm() -> None:
    account = Account()
    account.configure(
        12, at("14:01:00"), "ROLLED_BACK",
        ("DEPLOYMENT_STARTED", "14:01:00", "USER"),
        ("ROLLBACK_STARTED", "14:03:00", "CLOUDWATCH_ALARM"),
        ("ROLLBACK_COMPLETED", "14:03:05", "APPCONFIG"),
        VersionLabel="low-limits",
    )  # fmt: skip
    found = events(account)
    assert steps(found) == [
        (Kind.DEPLOY_STARTED, "14:01:00", "low-limits", Manner.CONFIG),
        (Kind.DEPLOY_FAILED, "14:03:00", "low-limits", Manner.CONFIG),
        (Kind.DEPLOY_STARTED, "14:03:00", "", BACK),
        (Kind.DEPLOY_SUCCEEDED, "14:03:05", "", BACK),
    ]
    assert (found[0].subject.service, found[0].subject.environment) == ("shop", "production")
    assert found[0].summary == "Configuration change of shop low-limits to production starts (limits, deployment 12)"


def test_a_configuration_that_is_reverted_by_somebody_was_complete_before() -> None:
    account = Account()
    account.configure(
        12, at("14:01:00"), "REVERTED",
        ("DEPLOYMENT_COMPLETED", "14:02:00", "APPCONFIG"), ("REVERT_COMPLETED", "14:20:00", "USER"),
        CompletedAt=at("14:02:00"),
    )  # fmt: skip
    assert steps(events(account))[1:] == [
        (Kind.DEPLOY_SUCCEEDED, "14:02:00", "7", Manner.CONFIG),
        (Kind.DEPLOY_STARTED, "14:20:00", "", Manner.ROLLBACK),
        (Kind.DEPLOY_SUCCEEDED, "14:20:00", "", Manner.ROLLBACK),
    ]


def test_a_reverted_configuration_was_complete_at_the_time_in_its_log() -> None:
    account = Account()
    log = [("DEPLOYMENT_COMPLETED", "14:02:00", "APPCONFIG"), ("REVERT_COMPLETED", "14:20:00", "USER")]
    account.configure(12, at("14:01:00"), "REVERTED", *log, CompletedAt=at("14:20:00"))
    assert steps(events(account))[1] == (Kind.DEPLOY_SUCCEEDED, "14:02:00", "7", Manner.CONFIG)


def test_a_deployment_failed_if_its_log_has_only_the_end_of_its_rollback() -> None:
    account = Account()
    account.configure(12, at("14:01:00"), "ROLLED_BACK", ("ROLLBACK_COMPLETED", "14:03:00", "APPCONFIG"))
    assert [one.kind for one in events(account)] == [
        Kind.DEPLOY_STARTED, Kind.DEPLOY_FAILED, Kind.DEPLOY_STARTED, Kind.DEPLOY_SUCCEEDED,
    ]  # fmt: skip


@pytest.mark.parametrize(("other", "replaced"), [("1.4.9", "1.4.9"), ("1.4.8", "")])
def test_what_is_replaced_is_known_if_every_running_revision_has_one_version(other: str, replaced: str) -> None:
    account = Account()
    for revision, version in ((1, "1.4.9"), (2, "1.5.0"), (3, other)):
        account.runs("checkout", revision, ("checkout", f"registry/checkout:{version}", ""))
    sources = [{"arn": f"{ARN}:service-revision/prod/checkout/{one}"} for one in (1, 3)]
    account.release("k1", "14:01:00", "IN_PROGRESS", sourceServiceRevisions=sources)
    assert {(one.keys.replaces, one.manner) for one in events(account)} == {(replaced, PLAIN)}


def test_names_are_those_of_services_by_rule() -> None:
    account = Account()
    account.deploy("d-A1", "14:01:00", "InProgress")
    account.release("k1", "14:02:00", "IN_PROGRESS")
    rules = [
        {"match": "*/checkout-prod", "service": "till", "environment": "production"},
        {"match": "{environment}/{service}"},
    ]
    assert [(e.subject.service, e.subject.environment) for e in events(account, services=rules)] == [
        ("till", "production"), ("checkout", "prod"), ("checkout", "prod"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "commit"),
    [("checkout/4f1c2d9.zip", "4f1c2d9"), ("checkout-4f1c2d9.tar.gz", "4f1c2d9"), ("checkout/20260401.zip", "")],
)
def test_an_artefact_that_is_called_by_its_commit_is_of_that_commit(key: str, commit: str) -> None:
    account = Account()
    place = {"bucket": "artefacts", "key": key, "bundleType": "zip"}
    account.deploy("d-A1", "14:01:00", "InProgress", revision={"revisionType": "S3", "s3Location": place})
    assert {one.keys.commit for one in events(account)} == {commit}


def test_a_rollback_of_which_ecs_keeps_no_more_than_its_end_began_before_that() -> None:
    account = Account()
    account.release("k1", "14:01:00", "ROLLBACK_SUCCESSFUL", finishedAt=at("14:06:00"))
    found = events(account)
    (start,) = [one for one in found if one.kind == Kind.DEPLOY_STARTED and one.manner == Manner.ROLLBACK]
    (ended,) = [one for one in found if one.kind == Kind.DEPLOY_CANCELLED]
    assert (start.earliest, start.latest) == (ended.earliest, ended.latest)
    assert start.earliest == at("14:01:00")
    assert at("14:06:00") <= start.latest <= at("14:06:01")
