"""Each sort of deploy in its own words, and one deploy whatever systems report it."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from collector.event import Event, Kind
from collector.manner import Manner
from tests.collector.build import deploy, errors, event
from tests.collector.deploying import CLUSTER, NEW, OLD, PRODUCTION, drafted, pods, record, rows, sync, texts, under

# What sort of deploy it is


def test_deploy_again_of_what_runs_is_a_re_deploy() -> None:
    again = record("14:10:00", "14:12:00", 3, commit="2" * 40, version="1.5.0", actor="dana")
    assert rows(*OLD, *NEW, *again) == [
        "14:02 Deploy of checkout 1.5.0 starts via CI/CD (commit 2222222)",
        "14:05 Deploy of checkout 1.5.0 complete",
        "14:10 Re-deploy of checkout 1.5.0 starts via CI/CD (by dana; commit 2222222)",
        "14:12 Re-deploy of checkout 1.5.0 complete",
    ]


def test_what_failed_before_is_no_re_deploy_and_cannot_come_back() -> None:
    for done in (Kind.DEPLOY_FAILED, Kind.DEPLOY_CANCELLED, Kind.DEPLOY_SUPERSEDED, Kind.DEPLOY_REFUSED):
        never = record("11:00:00", "11:02:00", 2, commit="2" * 40, done=done)
        later = record("12:00:00", "12:02:00", 3, commit="3" * 40)
        tried = record("14:10:00", "14:12:00", 4, commit="2" * 40)
        assert (
            rows(*OLD, *never, *later, *tried)[0]
            == "14:10 Deploy of checkout 2222222 starts via CI/CD (commit 2222222)"
        )


def test_rollback_by_running_an_old_run_again() -> None:
    """The run keeps its id, its number and its commit; only the record is new."""
    old = record("10:00:00", "10:03:00", 1, commit="1" * 40, run_number="480", run="901")
    again = record("14:20:00", "14:22:00", 3, commit="1" * 40, run_number="480", run="901", actor="sam")
    assert rows(*old, *NEW, *again)[2:] == [
        "14:20 Rollback of checkout to 1111111 initiated via CI/CD (by sam; github run 480; commit 1111111)",
        "14:22 Rollback of checkout to 1111111 complete",
    ]


def test_rollback_by_button_is_one_whatever_is_known_of_versions() -> None:
    button = record("14:20:00", "14:22:00", 3, version="1.4.9", manner=Manner.ROLLBACK, source="gitlab")
    assert rows(*NEW, *button)[2:] == [
        "14:20 Rollback of checkout to 1.4.9 initiated by rollback in GitLab",
        "14:22 Rollback of checkout to 1.4.9 complete",
    ]


def test_rollback_by_a_revert_commit_that_brings_the_old_image() -> None:
    revert = record("14:20:00", "14:22:00", 3, commit="3" * 40, version="1.4.9", manner=Manner.REVERT)
    first, second = rows(*OLD, *NEW, *revert)[2:]
    assert first == "14:20 Rollback of checkout to 1.4.9 initiated by a revert via CI/CD (commit 3333333)"
    assert second == "14:22 Rollback of checkout to 1.4.9 complete"


def test_revert_with_a_new_tag_is_a_revert_and_no_rollback() -> None:
    revert = record("14:20:00", "14:22:00", 3, commit="3" * 40, version="1.5.1", replaces="1.5.0", manner=Manner.REVERT)
    assert rows(*OLD, *NEW, *revert)[2:] == [
        "14:20 Revert deploy of checkout 1.5.1 starts via CI/CD (replaces 1.5.0; commit 3333333)",
        "14:22 Revert deploy of checkout 1.5.1 complete",
    ]


def test_rollback_by_hand_in_the_cluster() -> None:
    undo = pods("14:20:00", "14:22:00", "1.4.9", "1.5.0", kind=Kind.ROLLBACK_STARTED, actor="sam")
    found = rows(*OLD, *NEW, *pods("14:03:00", "14:04:00", "1.5.0", "1.4.9"), *undo)
    assert found[-2:] == [
        "14:20 Rollback of checkout from 1.5.0 to 1.4.9 initiated in the cluster (by sam)",
        "14:22 Rollback of checkout to 1.4.9 complete (3 of 3 pods ready)",
    ]


@pytest.mark.parametrize(
    ("record_of", "called"), [("ecs/prod/web/k1", "ECS"), ("codedeploy/eu-central-1/d-A1", "CodeDeploy")]
)
def test_what_runs_what_it_deploys_is_named_and_needs_no_other_witness(record_of: str, called: str) -> None:
    ours = {"source": "aws", "native_id": record_of, "version": "1.5.0", "replaces": "1.4.9"}
    assert rows(*record("14:02:00", "14:05:00", 2, **ours)) == [
        f"14:02 Deploy of checkout 1.5.0 starts via {called} (replaces 1.4.9)",
        "14:05 Deploy of checkout 1.5.0 complete",
    ]


def test_a_rollback_of_settings_names_them_and_no_version_that_stays() -> None:
    same = {"kind": Kind.ROLLBACK_STARTED, "description": "memory limit 256Mi to 1Gi", "actor": "kubectl rollout"}
    assert rows(*pods("14:10:00", "14:11:00", "1.5.0", "1.5.0", **same))[0] == (
        "14:10 Rollback of checkout initiated in the cluster (memory limit 256Mi to 1Gi; by kubectl rollout)"
    )


def test_rollback_by_the_tool_itself_is_nobodys_and_not_what_ci_wanted() -> None:
    upgrade = {"source": "helm", "release": "shop/checkout", "application": ""}
    ci = record("14:02:00", "14:09:00", 2, done=Kind.DEPLOY_FAILED, version="1.5.0")
    failed = sync("14:03:00", "14:08:00", 7, done=Kind.DEPLOY_FAILED, version="1.5.0", reason="timed out", **upgrade)
    back = sync(
        "14:08:00", "14:08:40", 8, version="1.4.9", replaces="1.5.0", manner=Manner.AUTOMATIC_ROLLBACK, **upgrade
    )
    assert rows(*OLD, *ci, *failed, *back) == [
        "14:02 Deploy of checkout 1.5.0 starts via CI/CD (applied by Helm from 14:03)",
        "14:08 Deploy of checkout 1.5.0 failed according to Helm: timed out",
        "14:08 Automatic rollback of checkout from 1.5.0 to 1.4.9 starts, by Helm",
        "14:08 Automatic rollback of checkout to 1.4.9 complete according to Helm",
    ]


def test_a_canary_that_is_aborted_goes_back() -> None:
    begun = pods("14:02:00", "14:30:00", "2.0", "1.9", service="reviews", workload="Rollout/reviews")[:1]
    aborted = event(
        Kind.ROLLOUT_ABORTED,
        "14:13:00",
        service="reviews",
        workload="Rollout/reviews",
        replica_set="reviews-2.0",
        description="error-rate failed",
        **CLUSTER,
    )
    assert rows(*begun, aborted)[1] == "14:13 Rollout of reviews 2.0 aborted and goes back to 1.9: error-rate failed"


def test_another_configuration_of_the_same_version() -> None:
    before = sync("10:00:00", "10:01:00", 1, version="1.4.9", config_commit="a" * 40)
    after = sync("14:02:00", "14:03:00", 2, version="1.4.9", config_commit="b" * 40)
    assert rows(*before, *after) == [
        "14:02 Config-only deploy of checkout 1.4.9 starts via Argo CD",
        "14:03 Config-only deploy of checkout 1.4.9 complete according to Argo CD",
    ]


@pytest.mark.parametrize(
    ("manner", "words"),
    [
        (Manner.MIGRATION, "Migration of checkout 1.5.0"),
        (Manner.RESTART, "Restart of checkout 1.5.0"),
        (Manner.CONFIG, "Config-only deploy of checkout 1.5.0"),
        (Manner.REDEPLOY, "Re-deploy of checkout 1.5.0"),
    ],
)
def test_what_a_system_states_is_worded(manner: Manner, words: str) -> None:
    done = record("14:20:00", "14:22:00", 3, version="1.5.0", manner=manner)
    assert rows(*done) == [f"14:20 {words} starts via CI/CD", f"14:22 {words} complete"]


def test_a_version_that_changes_is_more_than_the_restart_that_ci_calls_it() -> None:
    done = record("14:02:00", "14:05:00", 3, version="1.5.0", manner=Manner.RESTART)
    assert rows(*done, *pods("14:03:00", "14:04:00", "1.5.0", "1.4.9"))[0] == (
        "14:02 Deploy of checkout 1.5.0 starts via CI/CD (replaces 1.4.9)"
    )


def test_an_apply_of_terraform_is_no_deploy_and_has_a_row_when_something_fails_after_it() -> None:
    about = {"service": "network-prod", "environment": "", "source": "terraform", "manner": Manner.INFRASTRUCTURE}
    apply = record("14:02:00", "14:04:00", 1, actor="dana", **about)
    expected = [
        "14:02 Terraform apply of network-prod starts (by dana)",
        "14:04 Terraform apply of network-prod complete",
    ]
    assert rows(*apply) == expected
    assert [row for row in rows(*apply, *errors("14:06:00", None)) if "Terraform" in row] == expected


def test_an_apply_has_how_many_resources_it_changed_and_what_was_written_about_it() -> None:
    about = {"service": "network-prod", "environment": "", "source": "terraform", "manner": Manner.INFRASTRUCTURE}
    begun, *rest = record("14:02:00", "14:04:00", 1, actor="dana", **about)
    begun = replace(begun, description="Tighten the egress rules", numbers={"added": 4.0})
    done = [replace(one, numbers={"changed": 1.0, "destroyed": 2.0}) for one in rest]
    words = '1 changed, 2 destroyed; "Tighten the egress rules"; by dana'
    assert rows(begun, *done)[0] == f"14:02 Terraform apply of network-prod starts ({words})"
    # What its plan had is not what it did.
    assert rows(begun)[0] == '14:02 Terraform apply of network-prod starts ("Tighten the egress rules"; by dana)'


def test_an_apply_that_may_have_come_first_has_rows_and_so_has_the_one_that_mends_it() -> None:
    def applied(service: str, start: str, end: str, number: int) -> list[Event]:
        about = {"service": service, "environment": "", "source": "terraform", "manner": Manner.INFRASTRUCTURE}
        return record(start, end, number, **about)

    # A sample every half minute: what began at 14:06:10 may have begun a minute earlier, and so before the apply.
    (rise,) = errors("14:06:10", None)
    rise = replace(rise, earliest=rise.at - timedelta(minutes=1), latest=rise.at)
    fall = errors("14:06:10", "14:20:30")[1]
    given = [
        rise,
        fall,
        *applied("firewall", "14:05:50", "14:06:05", 1),
        *applied("firewall", "14:19:50", "14:20:10", 2),
    ]
    given += [*applied("dns", "14:15:00", "14:15:30", 3), *applied("firewall", "14:26:00", "14:26:30", 4)]
    found = [row for row in rows(*given) if "starts" in row]
    assert found == ["14:05 Terraform apply of firewall starts", "14:19 Terraform apply of firewall starts"]


def test_what_is_superseded_refused_or_cancelled_is_called_so() -> None:
    for done, words in (
        (Kind.DEPLOY_SUPERSEDED, "superseded by a newer one"),
        (Kind.DEPLOY_REFUSED, "refused by sam"),
        (Kind.DEPLOY_CANCELLED, "cancelled by sam"),
    ):
        ended = record("14:02:00", "14:04:00", 1, version="1.5.0", done=done, actor="dana", ended_by="sam")
        assert rows(*ended) == [
            "14:02 Deploy of checkout 1.5.0 starts via CI/CD (by dana)",
            f"14:04 Deploy of checkout 1.5.0 {words}",
        ]


def waiting(ended: Kind, by: str = "sam") -> list[Event]:
    keys = {**PRODUCTION, "deployment": "9", "version": "1.5.0"}
    return [event(Kind.DEPLOY_WAITING, "14:02:00", actor="dana", **keys), event(ended, "14:09:00", actor=by, **keys)]


def test_what_ended_while_it_waited_did_not_start() -> None:
    for done, words in (
        (Kind.DEPLOY_CANCELLED, "cancelled while it waited by sam"),
        (Kind.DEPLOY_SUPERSEDED, "superseded by a newer one while it waited"),
        (Kind.DEPLOY_REFUSED, "refused by sam"),
    ):
        assert rows(*waiting(done)) == []
        assert under(*waiting(done)) == (f"Deploy of checkout 1.5.0, 14:02, {words}",)


def test_a_refusal_is_a_row_while_its_service_is_in_trouble() -> None:
    found = rows(*errors("14:01:00", None, **CLUSTER), *waiting(Kind.DEPLOY_REFUSED))
    assert "14:09 Deploy of checkout 1.5.0 is refused by sam" in found


def test_a_sync_of_what_is_declared_already_is_no_deploy() -> None:
    healed = [
        each
        for number in range(3)
        for each in sync(f"14:0{number}:00", f"14:0{number}:20", number, version="1.4.9", manner=Manner.RECONCILE)
    ]
    assert rows(*healed) == []
    assert under(*healed) == ("3 deploys and rollouts that put back what was declared: checkout",)
    assert "14:01" not in "".join(rows(*healed, *errors("14:05:00", None, **CLUSTER)))


def test_who_approved_is_named_beside_who_wanted_it() -> None:
    keys = {**PRODUCTION, "deployment": "9", "version": "1.5.0"}
    waited = [
        event(Kind.DEPLOY_WAITING, "10:00:00", actor="dana", **keys),
        event(Kind.DEPLOY_APPROVED, "14:02:00", actor="maria", **keys),
        event(Kind.DEPLOY_STARTED, "14:02:10", actor="dana", **keys),
        event(Kind.DEPLOY_SUCCEEDED, "14:05:00", actor="dana", **keys),
    ]
    assert rows(*waited)[0] == (
        "14:02 Deploy of checkout 1.5.0 starts via CI/CD (by dana; approved by maria; waited for approval since 10:00)"
    )


# One deploy, whatever systems report it


def test_ci_argo_cd_and_the_rollout_are_one_deploy_with_its_instants_apart() -> None:
    ci = record("14:02:00", "14:03:00", 2, commit="2" * 40, version="1.5.0", repository="acme/checkout", actor="dana")
    argo = sync("14:06:00", "14:06:30", 7, version="1.5.0", config_commit="c" * 40)
    found = drafted(*ci, *argo, *pods("14:06:10", "14:08:00", "1.5.0", "1.4.9"))
    assert texts(found.timeline) == [
        "14:02 Deploy of checkout 1.5.0 starts via CI/CD"
        " (replaces 1.4.9; by dana; applied by Argo CD from 14:06; commit 2222222)",
        "14:08 New pods of checkout 1.5.0 pass health checks (3 of 3)",
        "14:08 Old pods of checkout 1.4.9 terminated (3 of 3), rollout complete",
    ]
    reasons = {link.reasons for link in found.links}
    assert len(found.stories) == 1
    assert any("version 1.5.0" in each for each in reasons)


def test_it_is_complete_according_to_argo_cd_where_no_cluster_was_asked() -> None:
    ci = record("14:02:00", "14:03:00", 2, commit="2" * 40, version="1.5.0")
    argo = sync("14:06:00", "14:06:30", 7, version="1.5.0")
    assert rows(*ci, *argo)[1:] == ["14:06 Deploy of checkout 1.5.0 complete according to Argo CD"]
    assert rows(*ci, argo[0])[1:] == []


def test_commits_of_two_repositories_are_not_one() -> None:
    ours = record("14:02:00", "14:03:00", 2, commit="2" * 40, repository="acme/checkout", service="checkout")
    theirs = record(
        "14:02:30", "14:03:30", 3, commit="2" * 40, repository="acme/cart", service="cart", source="jenkins", run="j3"
    )
    assert len(drafted(*ours, *theirs).stories) == 2


def test_a_commit_of_the_configuration_is_no_commit_of_the_application() -> None:
    ci = record("14:02:00", "14:03:00", 2, commit="c" * 40, service="shop-monorepo")
    argo = sync("14:02:30", "14:03:30", 7, config_commit="c" * 40)
    assert len(drafted(*ci, *argo).stories) == 2


def test_one_commit_of_the_configuration_is_a_deploy_of_each_service() -> None:
    syncs = [
        each
        for number, name in enumerate(("checkout", "cart"))
        for each in sync(
            "14:02:00", "14:03:00", number, service=name, application=f"argocd/{name}", config_commit="c" * 40
        )
    ]
    assert len(drafted(*syncs).stories) == 2


def test_the_only_deploy_of_a_service_at_the_time_made_its_rollout_though_the_ids_differ() -> None:
    ci = record("14:02:00", "14:09:00", 2, commit="2" * 40)
    found = drafted(*ci, *pods("14:03:00", "14:05:00", "1.5.0", "1.4.9", commit="7" * 40))
    assert len(found.stories) == 1
    reasons = [reason for link in found.links for reason in link.reasons]
    assert "that is the only deploy of this service at the time" in reasons
    assert "though CI names commit 222222222222 and the cluster 777777777777" in reasons


def test_a_rollout_of_another_cluster_is_none_of_a_sync_there() -> None:
    argo = sync("14:02:00", "14:09:00", 7, version="1.5.0", cluster="prod-us")
    assert len(drafted(*argo, *pods("14:03:00", "14:05:00", "1.5.0", "1.4.9")).stories) == 2
    same = sync("14:02:00", "14:09:00", 7, version="1.5.0")
    assert len(drafted(*same, *pods("14:03:00", "14:05:00", "1.5.0", "1.4.9")).stories) == 1


def test_times_alone_join_nothing() -> None:
    ci = record("14:02:00", "14:09:00", 2, commit="2" * 40, service="search")
    assert len(drafted(*ci, *pods("14:03:00", "14:05:00", "1.5.0", "1.4.9")).stories) == 2


def test_each_environment_has_its_own_deploy_and_is_named() -> None:
    deploys = [
        each
        for number, place in enumerate(("production-us", "production-eu"))
        for each in record(
            "14:02:00", "14:05:00", number, run="901", commit="2" * 40, version="1.5.0", environment=place
        )
    ]
    found = rows(*deploys, *pods("14:03:00", "14:04:00", "1.5.0", "1.4.9"))
    assert found[:2] == [
        "14:02 Deploy of checkout 1.5.0 (production-eu) starts via CI/CD (replaces 1.4.9; commit 2222222)",
        "14:02 Deploy of checkout 1.5.0 (production-us) starts via CI/CD (commit 2222222)",
    ] or found[:2] == [
        "14:02 Deploy of checkout 1.5.0 (production-us) starts via CI/CD (commit 2222222)",
        "14:02 Deploy of checkout 1.5.0 (production-eu) starts via CI/CD (replaces 1.4.9; commit 2222222)",
    ]


def test_a_deploy_to_staging_is_none_of_production() -> None:
    staging = record("14:02:00", "14:05:00", 2, version="1.5.0", environment="staging")
    found = drafted(*staging, *pods("14:03:00", "14:04:00", "1.5.0", "1.4.9"))
    assert texts(found.timeline)[0] == "14:03 Rollout of checkout 1.5.0 starts (replaces 1.4.9)"
    assert found.timeline.left_out == ("Deploy of checkout 1.5.0 (staging), 14:02 to 14:05, complete",)


def test_jobs_of_one_run_are_one_deploy_also_one_after_the_other() -> None:
    jobs = [
        each
        for number, minute in enumerate((2, 5, 8))
        for each in record(f"14:0{minute}:00", f"14:{minute + 2:02}:50", number, run="901", commit="2" * 40)
    ]
    assert rows(*jobs) == [
        "14:02 Deploy of checkout 2222222 starts via CI/CD (commit 2222222)",
        "14:10 Deploy of checkout 2222222 complete",
    ]


# CI alone


def test_ci_alone_in_a_quiet_window() -> None:
    tests = event(Kind.RUN_STARTED, "14:20:00", service="checkout", run="77", commit="f" * 40)
    found = drafted(*OLD, *deploy("14:02:05", "14:05:20", 482, "9", "1.5.0", "dana"), tests)
    assert texts(found.timeline) == [
        "14:02 Deploy of checkout 1.5.0 starts via CI/CD (by dana; github run 482; commit 9999999)",
        "14:05 Deploy of checkout 1.5.0 complete",
    ]


def test_ci_alone_in_a_busy_window() -> None:
    many = [
        each
        for number in range(12)
        for each in record(
            f"14:{number:02}:00",
            f"14:{number + 2:02}:00",
            number,
            service=f"service-{number}",
            version=f"1.{number}.0",
            done=Kind.DEPLOY_CANCELLED if number == 11 else Kind.DEPLOY_SUCCEEDED,
        )
    ]
    preview = record("14:03:00", "14:04:00", 90, environment="review/pr-12")
    staged = record("14:03:00", "14:04:00", 91, environment="staging")
    found = drafted(*many, *preview, *staged)
    assert len(found.timeline.rows) == 12
    assert texts(found.timeline)[0] == "14:00 Deploy of service-0 1.0.0 starts via CI/CD, complete at 14:02"
    assert texts(found.timeline)[11] == "14:11 Deploy of service-11 1.11.0 starts via CI/CD, cancelled"
    assert len(found.timeline.left_out) == 2


def test_a_failed_deploy_and_the_rollback_after_it_are_what_a_busy_window_is_about() -> None:
    many = [
        each
        for number in range(8)
        for each in record(f"14:0{number}:00", f"14:0{number + 1}:00", number, service=f"service-{number}")
    ]
    bad = record("14:10:00", "14:12:00", 20, commit="2" * 40)
    back = record("14:20:00", "14:22:00", 21, commit="1" * 40)
    found = rows(*OLD, *many, *bad, *back)
    assert found == [
        "14:10 Deploy of checkout 2222222 starts via CI/CD (commit 2222222)",
        "14:12 Deploy of checkout 2222222 complete",
        "14:20 Rollback of checkout to 1111111 initiated via CI/CD (commit 1111111)",
        "14:22 Rollback of checkout to 1111111 complete",
    ]
