import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as given_
from hypothesis import strategies as st

from collector.event import Event, Kind, Manner, order
from collector.source import Document
from sources.jenkins.items import Job
from sources.jenkins.jobs import UnreadFolder, jobs
from sources.jenkins.paths import job_of, path
from tests.sources.jenkins.payloads import (
    AT,
    URL,
    build,
    builds,
    by,
    caused,
    checkout,
    given,
    interrupted,
    ms,
    multibranch,
    read,
    stage,
    stages,
    utc,
)

REAL = Path(__file__).parents[4] / "shared/data/jenkins-api/tests/unit/tests_data"
RESTART = "org.jenkinsci.plugins.pipeline.modeldefinition.causes.RestartDeclarativePipelineCause"
REBUILD, REPLAY = "com.sonyericsson.rebuild.RebuildCause", "org.jenkinsci.plugins.workflow.cps.replay.ReplayCause"
CUT = timedelta(microseconds=999)
DEPLOY_KINDS = {kind for kind in Kind if kind.name.startswith("DEPLOY_")}


def events(*documents: Document, **settings: Any) -> list[Event]:
    found, gaps = read(*documents, **settings)
    assert gaps == []
    return sorted(found, key=order)


def deploys(*documents: Document, **settings: Any) -> list[Event]:
    return [event for event in events(*documents, **settings) if event.kind in DEPLOY_KINDS]


def kinds(found: list[Event]) -> list[Kind]:
    return [event.kind for event in found]


def manner(found: list[Event], number: int) -> Manner:
    (started,) = [e for e in found if e.kind == Kind.DEPLOY_STARTED and e.keys.run_number == str(number)]
    return started.manner


def test_a_job_that_says_it_deploys_is_a_deploy_beside_its_run() -> None:
    listed = build(52, "14:02:06.250", "14:05:20.500", given(VERSION="v1.5.0"))
    found = events(builds("shop/deploy-checkout-production", listed))
    assert kinds(found) == [Kind.RUN_STARTED, Kind.DEPLOY_STARTED, Kind.DEPLOY_SUCCEEDED, Kind.RUN_SUCCEEDED]
    started, succeeded = found[1], found[2]
    assert (started.subject.service, started.subject.environment) == ("checkout", "production")
    assert (started.keys.version, started.keys.run_number, started.actor) == ("1.5.0", "52", "dana-reyes")
    assert started.keys.run == "shop/deploy-checkout-production#52"
    # Its work starts up to seconds after it was made, and its duration counts from there.
    assert (started.earliest, started.latest) == (utc("14:02:06.250"), utc("14:02:08.250"))
    assert (succeeded.earliest, succeeded.latest) == (utc("14:05:20.500"), utc("14:05:22.500"))
    assert started.summary == (
        "Deploy of checkout 1.5.0 to production starts (build 52 of shop/deploy-checkout-production) by dana-reyes"
    )


def test_time_in_the_queue_lies_before_the_start_of_a_build() -> None:
    """The stamp is when an executor took it from the queue (hudson.model.Executor makes the Run then)."""
    waited = {"_class": "jenkins.metrics.impl.TimeInQueueAction", "queuingDurationMillis": 120_000}
    requested, started, _ = deploys(builds("deploy-cart", build(52, "14:02:06", "14:05:20", waited)))
    assert (requested.kind, requested.at) == (Kind.DEPLOY_REQUESTED, utc("14:00:06"))
    assert (started.kind, started.at) == (Kind.DEPLOY_STARTED, utc("14:02:06"))


def test_a_stage_that_deploys_is_the_deploy() -> None:
    found = events(
        multibranch("checkout", "main"),
        builds("checkout/main", build(52, "14:00:00", "14:10:00")),
        stages(
            "checkout/main", 52, "14:00:01.500",
            stage("Build", "14:00:02", "14:02:00"),
            stage("Deploy to staging", "14:02:06.250", "14:03:00"),
            stage("Deploy to production", "14:04:00", "14:09:00.125"),
            stage("Deploy docs", "14:09:01", "14:09:02"),
        ),
    )  # fmt: skip
    shown = [(e.kind, e.subject.service, e.subject.environment, e.at) for e in found]
    assert shown == [
        (Kind.RUN_STARTED, "checkout", "", utc("14:00:01.500")),
        (Kind.DEPLOY_STARTED, "checkout", "staging", utc("14:02:06.250")),
        (Kind.DEPLOY_SUCCEEDED, "checkout", "staging", utc("14:03:00")),
        (Kind.DEPLOY_STARTED, "checkout", "production", utc("14:04:00")),
        (Kind.DEPLOY_SUCCEEDED, "checkout", "production", utc("14:09:00.125")),
        (Kind.RUN_SUCCEEDED, "checkout", "", utc("14:10:01.500")),
    ]
    assert {(e.latest - e.earliest) for e in found} == {CUT}


def test_a_stage_that_was_skipped_deployed_nothing() -> None:
    skipped = stage("Deploy", "14:02:00", "14:02:00", "NOT_EXECUTED")
    listed = builds("checkout", build(52, "14:00:00", "14:10:00"))
    assert deploys(listed, stages("checkout", 52, "14:00:00", skipped)) == []


def approver(user: str) -> dict[str, Any]:
    class_ = "org.jenkinsci.plugins.workflow.support.steps.input.ApproverAction"
    return {"_class": class_, "userId": user, "parameters": {"_class": "hudson.model.ParametersAction"}}


def test_a_deploy_whose_stage_asks_first_starts_at_the_answer_even_three_days_later() -> None:
    listed = build(52, "2026-03-29T14:00:00+00:00", "14:10:00", approver("sam-okafor"))
    asked = stage("Deploy to production", "2026-03-29T14:05:00+00:00", "14:09:00", paused=3 * 86400 - 180)
    waits, approved, started, succeeded = deploys(
        builds("checkout", listed), stages("checkout", 52, "2026-03-29T14:00:00+00:00", asked)
    )
    assert kinds([waits, approved]) == [Kind.DEPLOY_WAITING, Kind.DEPLOY_APPROVED]
    assert kinds([started, succeeded]) == [Kind.DEPLOY_STARTED, Kind.DEPLOY_SUCCEEDED]
    assert waits.at == utc("2026-03-29T14:05:00+00:00")
    assert (approved.at, approved.actor) == (utc("14:02:00"), "sam-okafor")
    # Where in its time the question was asked is not recorded.
    assert (started.earliest, started.latest) == (utc("14:02:00"), utc("14:09:00") + CUT)


def test_a_stage_before_it_that_asks_is_what_a_deploy_waited_for() -> None:
    flow = stages(
        "checkout", 52, "14:00:00",
        stage("Approve", "14:01:00", "14:04:00", paused=180),
        stage("Deploy", "14:04:01", "14:09:00"),
    )  # fmt: skip
    found = deploys(builds("checkout", build(52, "14:00:00", "14:10:00", approver("sam"), approver("kim"))), flow)
    assert [(e.kind, e.at, e.actor) for e in found[:3]] == [
        (Kind.DEPLOY_WAITING, utc("14:01:00"), "dana-reyes"),
        # Which of the two it was is not recorded.
        (Kind.DEPLOY_APPROVED, utc("14:04:00"), ""),
        (Kind.DEPLOY_STARTED, utc("14:04:01"), "dana-reyes"),
    ]


def test_what_asks_has_not_started_and_what_was_never_answered_never_did() -> None:
    asks = stage("Deploy", "14:05:00", "14:20:00", "PAUSED_PENDING_INPUT", paused=900)
    found = deploys(builds("checkout", build(52, "14:00:00")), stages("checkout", 52, "14:00:00", asks))
    assert kinds(found) == [Kind.DEPLOY_WAITING]
    refused = stage("Deploy", "14:05:00", "14:20:00", "ABORTED", paused=900)
    listed = build(52, "14:00:00", "14:20:00", interrupted("Rejected by sam-okafor"), result="ABORTED")
    waits, rejected = deploys(builds("checkout", listed), stages("checkout", 52, "14:00:00", refused))
    assert kinds([waits, rejected]) == [Kind.DEPLOY_WAITING, Kind.DEPLOY_REFUSED]
    assert rejected.actor == "sam-okafor"


@pytest.mark.parametrize(
    ("result", "action", "kind", "words"),
    [
        ("FAILURE", {}, Kind.DEPLOY_FAILED, "fails"),
        ("UNSTABLE", {}, Kind.DEPLOY_SUCCEEDED, "unstable"),
        ("ABORTED", interrupted("Aborted by sam"), Kind.DEPLOY_CANCELLED, "(build 52 of deploy-cart) by sam"),
        ("ABORTED", interrupted("Superseded by deploy-cart #53"), Kind.DEPLOY_SUPERSEDED, "by deploy-cart #53"),
        ("ABORTED", interrupted("Timeout has been exceeded"), Kind.DEPLOY_FAILED, "times out"),
    ],
)  # fmt: skip
def test_how_a_deploy_ends(result: str, action: dict[str, Any], kind: Kind, words: str) -> None:
    _, ended = deploys(builds("deploy-cart", build(52, "14:02:06", "14:05:20", action, result=result)))
    assert ended.kind == kind
    assert words in ended.summary


@pytest.mark.parametrize(
    ("result", "kind", "words"),
    [
        ("FAILURE", Kind.RUN_FAILED, "fails"),
        ("UNSTABLE", Kind.RUN_FAILED, "ends unstable"),
        ("ABORTED", Kind.RUN_FAILED, "is aborted"),
    ],
)
def test_how_a_run_ends(result: str, kind: Kind, words: str) -> None:
    _, ended = events(builds("checkout", build(52, "14:02:06", "14:05:20", result=result)))
    assert ended.kind == kind
    assert words in ended.summary


@pytest.mark.parametrize("named", ["SYSTEM", "anonymous"])
def test_a_build_that_no_known_person_aborted_names_nobody(named: str) -> None:
    stopped = build(52, "14:02:06", "14:05:20", by("dana-reyes"), interrupted(f"Aborted by {named}"), result="ABORTED")
    assert [one.actor for one in events(builds("checkout", stopped))] == ["dana-reyes", ""]


def test_a_build_that_still_writes_its_log_has_not_ended_whatever_its_result() -> None:
    (started,) = events(builds("checkout", build(52, "14:02:06", "14:05:20", inProgress=True)))
    assert started.kind == Kind.RUN_STARTED


def test_what_was_not_built_did_not_run() -> None:
    found = events(builds("deploy-cart", build(52, "14:02:06", "14:02:06", result="NOT_BUILT")))
    assert {event.kind for event in found} == {Kind.OTHER}


@pytest.mark.parametrize(
    ("action", "actor", "words"),
    [
        (by("dana-reyes"), "dana-reyes", "by dana-reyes"),
        (caused("hudson.triggers.TimerTrigger$TimerTriggerCause", "Started by timer"), "", "(by timer)"),
        (caused("jenkins.branch.BranchIndexingCause", "Branch indexing"), "", "(branch indexing)"),
        (by("SYSTEM"), "", "(by Jenkins itself)"),
        (by("anonymous"), "", "(by somebody who was not signed in)"),
        (
            caused("hudson.model.Cause$UpstreamCause", "By upstream", upstreamProject="shop/cart", upstreamBuild=7),
            "kim",
            "(after shop/cart #7) by kim",
        ),
    ],
)  # fmt: skip
def test_who_or_what_started_it(action: dict[str, Any], actor: str, words: str) -> None:
    before = builds("shop/cart", build(7, "13:00:00", "13:10:00", actions=[by("kim")]))
    found = events(before, builds("checkout", build(52, "14:02:06", actions=[action])))
    (started,) = [event for event in found if event.keys.run == "checkout#52"]
    assert started.actor == actor
    assert words in started.summary


def test_running_an_old_deploy_again_is_a_rollback_and_a_new_one_a_redeploy() -> None:
    again = caused(REBUILD, "Rebuilds build #50", upstreamProject="deploy-cart", upstreamBuild=50)
    replay = caused(REPLAY, "Replayed #51")
    found = deploys(
        builds(
            "deploy-cart",
            build(50, "09:00:00", "09:05:00", given(VERSION="1.4.9")),
            build(51, "14:02:00", "14:05:00", given(VERSION="1.5.0")),
            build(52, "14:06:00", "14:09:00", replay, given(VERSION="1.5.0")),
            build(53, "14:18:00", "14:21:00", again, given(VERSION="1.4.9")),
        )
    )
    assert [manner(found, number) for number in (51, 52, 53)] == [Manner.PLAIN, Manner.REDEPLOY, Manner.ROLLBACK]
    assert [e.keys.replaces for e in found if e.kind == Kind.DEPLOY_STARTED] == ["", "1.4.9", "", "1.5.0"]


def test_restarting_an_old_build_from_its_deploy_is_a_rollback() -> None:
    again = caused(RESTART, "Restarted from build #50, stage Deploy")
    flow = [stages("cart", n, at, stage("Deploy", at, at)) for n, at in ((50, "09:01:00"), (51, "14:02:00"))]
    old, new = (
        checkout(OWN, "https://git.example.com/acme/cart"),
        checkout(LIBRARY, "https://git.example.com/acme/cart"),
    )
    found = deploys(
        builds(
            "cart",
            build(50, "09:00:00", "09:05:00", old),
            build(51, "14:02:00", "14:05:00", new),
            build(52, "14:18:00", "14:21:00", old, again),
        ),
        *flow,
        stages("cart", 52, "14:18:00", stage("Deploy", "14:18:01", "14:20:00")),
    )
    assert manner(found, 52) == Manner.ROLLBACK
    assert "restart of #50" in found[-1].summary


def test_running_again_what_had_failed_brings_nothing_back() -> None:
    again = caused(REBUILD, "Rebuilds build #50", upstreamProject="deploy-cart", upstreamBuild=50)
    found = deploys(
        builds(
            "deploy-cart",
            build(50, "09:00:00", "09:05:00", given(VERSION="1.4.9"), result="FAILURE"),
            build(51, "14:02:00", "14:05:00", given(VERSION="1.5.0")),
            build(53, "14:18:00", "14:21:00", again, given(VERSION="1.4.9")),
        )
    )
    assert manner(found, 53) == Manner.PLAIN


@pytest.mark.parametrize("job", ["rollback-cart", "shop/cart-rollback", "RollbackCart"])
def test_a_job_that_says_it_rolls_back_does(job: str) -> None:
    assert manner(deploys(builds(job, build(52, "14:02:06", "14:05:20"))), 52) == Manner.ROLLBACK


@pytest.mark.parametrize(
    ("values", "version", "digest", "commit"),
    [
        ({"VERSION": "v1.5.0"}, "1.5.0", "", ""),
        ({"Image_Tag": "2026.04.01-3"}, "2026.04.01-3", "", ""),
        ({"TAG": "checkout-1.5.0"}, "1.5.0", "", ""),
        ({"TAG": "release/1.5.0"}, "1.5.0", "", ""),
        ({"IMAGE": "registry.example.com:5000/shop/checkout:1.5.0"}, "1.5.0", "", ""),
        ({"IMAGE": f"shop/checkout@sha256:{'a' * 64}"}, "", f"sha256:{'a' * 64}", ""),
        ({"VERSION": "9f3c2a1d5e7b4860c1a2d3e4f5061728394a5b6c"}, "", "", "9f3c2a1d5e7b4860c1a2d3e4f5061728394a5b6c"),
        ({"VERSION": "latest"}, "", "", ""),
        ({"VERSION": "", "TAG": "1.5.0"}, "1.5.0", "", ""),
        ({"VERSION": "the newest one"}, "", "", ""),
    ],
)
def test_parameters_name_the_version(values: dict[str, str], version: str, digest: str, commit: str) -> None:
    started, _ = deploys(builds("deploy-checkout", build(52, "14:02:06", "14:05:20", given(**values))))
    assert (started.keys.version, started.keys.digest, started.keys.commit) == (version, digest, commit)


def test_parameters_name_service_and_environment() -> None:
    values = given(SERVICE="cart", DEPLOY_ENV="prod", BUILD="9")
    started, _ = deploys(builds("ops/deploy", build(52, "14:02:06", "14:05:20", values)))
    assert (started.subject.service, started.subject.environment) == ("cart", "prod")
    other = given(WHAT="till", WHERE="live", WHICH="2.0")
    names = {"service_parameters": ["WHAT"], "environment_parameters": ["WHERE"], "version_parameters": ["WHICH"]}
    started, _ = deploys(builds("ops/deploy", build(52, "14:02:06", "14:05:20", other)), **names)
    assert (started.subject.service, started.subject.environment, started.keys.version) == ("till", "live", "2.0")


@pytest.mark.parametrize(
    ("job", "service", "environment"),
    [
        ("deploy-checkout-production", "checkout", "production"),
        ("checkout/deploy", "checkout", ""),
        ("checkout/deploy-staging", "checkout", "staging"),
        ("production/deploy-checkout", "checkout", "production"),
        ("deploy_shop_web", "shop_web", ""),
        ("deploy", "deploy", ""),
    ],
)
def test_names_of_jobs_name_service_and_environment(job: str, service: str, environment: str) -> None:
    started, _ = deploys(builds(job, build(52, "14:02:06", "14:05:20")))
    assert (started.subject.service, started.subject.environment) == (service, environment)


def test_the_tag_of_a_multibranch_project_is_the_version_and_the_name_of_a_build_may_be() -> None:
    flow = stages("cart/v1.5.0", 3, "14:00:00", stage("Deploy", "14:01:00", "14:02:00"))
    tagged = deploys(multibranch("cart", "v1.5.0"), builds("cart/v1.5.0", build(3, "14:00:00", "14:03:00")), flow)
    assert {(e.subject.service, e.keys.version) for e in tagged} == {("cart", "1.5.0")}
    for name in ("v1.6.0", "#52 v1.6.0 (production)", "cart-1.6.0"):
        named = deploys(builds("deploy-cart", build(52, "14:02:06", "14:05:20", displayName=name)))
        assert {e.keys.version for e in named} == {"1.6.0"}


@pytest.mark.parametrize(
    ("branch", "environment"),
    [("main", ""), ("staging", "staging"), ("production", "production"), ("PR-12", "PR"), ("feature%2Fdev-tools", "")],
)
def test_a_branch_is_an_environment_only_if_it_is_called_like_one(branch: str, environment: str) -> None:
    flow = stages(f"cart/{branch}", 3, "14:00:00", stage("Deploy", "14:01:00", "14:02:00"))
    listed = builds(f"cart/{branch}", build(3, "14:00:00", "14:03:00"))
    assert {e.subject.environment for e in deploys(multibranch("cart", branch), listed, flow)} == {environment}


OWN, LIBRARY = "a" * 40, "b" * 40


@pytest.mark.parametrize(
    ("remotes", "commit", "config"),
    [
        (["https://git.example.com/acme/checkout.git"], OWN, ""),
        (["git@git.example.com:acme/checkout.git"], OWN, ""),
        (["https://git.example.com/acme/checkout", "https://git.example.com/acme/jenkins-library"], OWN, ""),
        (["https://git.example.com/acme/one", "https://git.example.com/acme/other"], "", ""),
        (["https://git.example.com/acme/deploy-config"], "", OWN),
    ],
)
def test_the_commit_is_that_of_the_service_not_of_a_library_or_of_configuration(
    remotes: list[str], commit: str, config: str
) -> None:
    found = [checkout(sha, remote) for sha, remote in zip((OWN, LIBRARY), remotes, strict=False)]
    started, _ = deploys(builds("deploy-checkout", build(52, "14:02:06", "14:05:20", *found[::-1])))
    assert (started.keys.commit, started.keys.config_commit) == (commit, config)
    assert started.keys.repository == ("acme/checkout" if commit else "")


def test_which_jobs_deploy_can_be_configured_and_then_nothing_else_does() -> None:
    documents = (
        builds("ship-it", build(1, "14:00:00", "14:01:00")),
        builds("deploy-cart", build(2, "14:02:00", "14:03:00")),
    )
    assert {e.keys.run for e in deploys(*documents, deploy_jobs=["ship-*"])} == {"ship-it#1"}
    assert {e.keys.run for e in deploys(*documents)} == {"deploy-cart#2"}


def test_services_can_be_named() -> None:
    started, _ = deploys(builds("a/deploy", build(1, "14:00:00", "14:01:00")), services={"a/Deploy": "till"})
    assert started.subject.service == "till"


def test_a_deploy_in_the_queue_is_requested_and_a_part_of_a_build_in_it_is_not() -> None:
    job = {"_class": "org.jenkinsci.plugins.workflow.job.WorkflowJob", "name": "deploy-cart"}
    items = [
        {
            "id": 669, "inQueueSince": ms("14:20:00"), "why": "Build #51 is already in progress",
            "task": {**job, "url": "https://inner.example.com/job/deploy-cart/"},
            "actions": [by("sam"), given(VERSION="1.5.1")],
        },
        {"id": 670, "inQueueSince": ms("14:20:00"), "why": "no nodes", "task": {"_class": "x$PlaceholderTask"}},
    ]  # fmt: skip
    text = json.dumps({"_class": "hudson.model.Queue", "items": items})
    (requested,) = events(Document("queue", f"GET {URL}/queue/api/json?tree=x", AT, text))
    assert (requested.kind, requested.at, requested.actor) == (Kind.DEPLOY_REQUESTED, utc("14:20:00"), "sam")
    assert "Deploy of cart 1.5.1 waits in the queue (job deploy-cart, Build #51 is" in requested.summary


@given_(
    st.lists(
        st.tuples(
            st.sampled_from(["Build", "Approve", "Deploy", "Deploy production", "Rollback"]),
            st.sampled_from(["SUCCESS", "FAILED", "ABORTED", "UNSTABLE", "IN_PROGRESS", "PAUSED_PENDING_INPUT", "?"]),
            st.integers(-10_000, 10_000_000),
            st.integers(-10_000, 10_000_000),
            st.integers(-10_000, 10_000_000),
        ),
        max_size=5,
    ),
    st.sampled_from(["SUCCESS", "FAILURE", "ABORTED", "UNSTABLE", "NOT_BUILT", None, "?"]),
    st.integers(0, 10_000_000),
)
def test_no_times_of_stages_whatever_they_are_make_a_deploy_end_before_it_waits(
    listed: list[tuple[str, str, int, int, int]], result: str | None, duration: int
) -> None:
    flow = [
        {
            "id": str(number), "name": name, "status": status,
            "startTimeMillis": ms("14:00:00") + begun, "durationMillis": lasts, "pauseDurationMillis": paused,
        }
        for number, (name, status, begun, lasts, paused) in enumerate(listed)
    ]  # fmt: skip
    one = build(1, "14:00:00", "14:00:01", duration=duration, result=result)
    # Which states are not known is a gap.
    every, _ = read(builds("deploy-cart", one), stages("deploy-cart", 1, "14:00:00", *flow))
    found = sorted((event for event in every if event.kind in DEPLOY_KINDS), key=order)
    for own in {event.native_id for event in found}:
        ours = [event for event in found if event.native_id == own]
        waits = [event for event in ours if event.kind == Kind.DEPLOY_WAITING]
        started = [event for event in ours if event.kind == Kind.DEPLOY_STARTED]
        assert all(one.at <= other.at for one in waits for other in ours)
        assert len(started) <= 1


@given_(st.lists(st.text(min_size=1).filter(lambda name: "/" not in name and name not in (".", "..")), min_size=1))
def test_the_names_of_a_job_survive_its_address(names: list[str]) -> None:
    try:
        "".join(names).encode()
    except UnicodeEncodeError:
        return
    assert job_of(f"GET {URL}{path(names)}/52/api/json?tree=x") == tuple(names)


def test_one_bad_build_is_counted_and_the_rest_is_read() -> None:
    found, gaps = read(builds("cart", build(1, "14:00:00", "14:01:00"), {"number": 2}))
    assert len(found) == 2
    assert [gap.reason for gap in gaps] == ["builds of cart: 1 of 2 could not be read and were left out"]


def test_an_answer_that_lacks_what_was_asked_for_is_a_gap() -> None:
    place = f"GET {URL}{path(['cart'])}"
    nothing = Document("builds", f"{place}/api/json?tree=x", AT, "{}")
    described = Document("stages", f"{place}/1/wfapi/describe", AT, json.dumps({"startTimeMillis": ms("14:00:00")}))
    _, gaps = read(nothing, described)
    assert [gap.reason for gap in gaps] == [
        f"{what}: expected a list, got NoneType" for what in ("builds of cart", "stages")
    ]


def real(name: str) -> Any:
    if not REAL.is_dir():
        pytest.skip("answers of a real Jenkins are not part of this repository")
    return json.loads((REAL / name).read_text())


@pytest.mark.parametrize(
    ("name", "job", "shown"),
    [
        (
            "run/freestylebuild.json",
            "freestylejob",
            [(Kind.RUN_STARTED, 1619167515987), (Kind.RUN_SUCCEEDED, 1619167515987 + 599334)],
        ),
        (
            "run/workflowrun.json",
            "folder/pipeline",
            [(Kind.RUN_STARTED, 1559281453240), (Kind.RUN_FAILED, 1559281453240 + 324447)],
        ),
    ],
)
def test_real_builds_are_read(name: str, job: str, shown: list[tuple[Kind, int]]) -> None:
    found = events(builds(job, real(name)))
    assert [(e.kind, round(e.at.timestamp() * 1000)) for e in found] == shown
    assert {e.actor for e in found} == {"admin"}
    if "workflow" in name:
        assert "replay of #1" in found[0].summary


def test_the_jobs_of_a_real_jenkins_are_found() -> None:
    found = {"/".join(one.names): one for one in jobs(real("jenkins/jenkins.json"), ()) if isinstance(one, Job)}
    assert sorted(found) == ["folder/freestylejob", "folder/maxtrixjob", "folder/pipeline"]
    assert [one for one in jobs(real("jenkins/jenkins.json"), ()) if isinstance(one, UnreadFolder)] == [
        UnreadFolder(("folder", "folder2"))
    ]
    branches = [one for one in jobs(real("job/mbranch.json"), ("project",)) if isinstance(one, Job)]
    assert [(one.names, one.multibranch) for one in branches] == [
        (("project", "feature%2Fgithub-commands"), True),
        (("project", "master"), True),
    ]


def test_a_real_queue_is_read() -> None:
    (waits,) = events(
        Document("queue", f"GET {URL}/queue/api/json", AT, json.dumps(real("queue/queue.json"))),
        deploy_jobs=["pipeline"],
    )
    assert (waits.kind, waits.actor) == (Kind.DEPLOY_REQUESTED, "admin")
