import itertools
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from collector.event import Event, Kind, Manner, order
from collector.services.service import Service
from collector.source import Document
from sources.refs import version_of
from tests.sources.github.payloads import API, LOG, WINDOW, deployment, document, read, run, status
from tests.sources.github.times import utc

EXAMPLES = Path(__file__).parents[4] / "shared/data/github-openapi-examples/examples.json"


def incident() -> list[Document]:
    """1.5.0 over 1.4.9 by run 482, and back by run 483; the last 1.4.9 before is too old for its statuses."""
    pages = [
        document(
            "deployments", json.dumps([deployment(73, "14:18:12", "v1.4.9"), deployment(72, "14:02:06", "v1.5.0")])
        ),
        document(
            "deployments", json.dumps([deployment(70, "2026-03-20T09:00:00Z", "v1.4.9", creator={"login": "ann"})])
        ),
        document(
            "statuses",
            json.dumps(
                [
                    status(5, "inactive", "14:22:15", 9482),
                    status(3, "success", "14:05:20", 9482),
                    status(2, "in_progress", "14:02:20", 9482),
                    status(1, "queued", "14:02:06", 9482),
                ]
            ),
            "/deployments/72/statuses?per_page=100",
        ),
        document(
            "statuses",
            json.dumps([status(7, "success", "14:22:15", 9483), status(6, "in_progress", "14:18:30", 9483)]),
            "/deployments/73/statuses?per_page=100",
        ),
    ]
    sam = {"login": "sam-okafor"}
    runs = [
        run(
            9483,
            "14:18:10",
            "14:22:20",
            event="workflow_dispatch",
            head_branch="v1.4.9",
            actor=sam,
            triggering_actor=sam,
        ),
        run(9482, "14:02:05", "14:05:25"),
    ]
    return [*pages, document("runs", json.dumps({"total_count": 2, "workflow_runs": runs}))]


def told(events: list[Event]) -> list[tuple[str, str, str]]:
    return [(f"{e.at:%H:%M:%S}", e.kind.value, e.summary) for e in sorted(events, key=order) if e.at >= WINDOW.start]


def test_a_deploy_and_its_rollback_come_out_with_everything_that_links_them() -> None:
    events, gaps = read(*incident())
    assert gaps == []
    assert told(events) == [
        ("14:02:05", "ci.run.started",
         'Run 482 "Deploy" of acme/checkout starts (push v1.5.0, 9f3c2a1) by dana-reyes'),
        ("14:02:20", "deploy.started",
         "Deploy of checkout 1.5.0 to production starts (run 482, 0000048) by dana-reyes"),
        ("14:05:20", "deploy.succeeded",
         "Deploy of checkout 1.5.0 to production succeeds (run 482, 0000048) by dana-reyes"),
        ("14:05:25", "ci.run.succeeded",
         'Run 482 "Deploy" of acme/checkout succeeds (push v1.5.0, 9f3c2a1) by dana-reyes'),
        ("14:18:10", "ci.run.started",
         'Run 483 "Deploy" of acme/checkout starts (workflow_dispatch v1.4.9, 9f3c2a1) by sam-okafor'),
        ("14:18:30", "deploy.started",
         "Deploy of checkout 1.4.9 to production starts (run 483, 0000049) by sam-okafor"),
        ("14:22:15", "deploy.succeeded",
         "Deploy of checkout 1.4.9 to production succeeds (run 483, 0000049) by sam-okafor"),
        ("14:22:20", "ci.run.succeeded",
         'Run 483 "Deploy" of acme/checkout succeeds (workflow_dispatch v1.4.9, 9f3c2a1) by sam-okafor'),
    ]  # fmt: skip
    back = next(e for e in events if e.kind is Kind.DEPLOY_STARTED and e.keys.run == "9483")
    assert (back.keys.version, back.keys.replaces, back.keys.deployment) == ("1.4.9", "1.5.0", "73")
    assert (back.keys.run_number, back.keys.commit) == ("483", "0000049" + "0" * 33)
    assert (back.subject.service, back.url, back.actor) == ("checkout", f"{LOG}/9483/job/1", "sam-okafor")
    assert back.query == f"GET {API}/deployments/73/statuses"
    assert back.latest - back.earliest == timedelta(seconds=1) - timedelta(microseconds=1)


def test_an_older_deployment_shows_that_its_version_ran_but_never_reaches_into_the_window() -> None:
    events, _ = read(*incident())
    old = [e for e in events if e.keys.deployment == "70"]
    assert [(e.kind, e.keys.version, e.actor) for e in old] == [(Kind.DEPLOY_STARTED, "1.4.9", "ann")]
    assert not WINDOW.overlaps(old[0].earliest, old[0].latest)
    # Whether it succeeded was not asked, so nobody is told that 1.5.0 replaced it.
    assert next(e for e in events if e.keys.deployment == "72").keys.replaces == ""


def test_the_order_of_the_documents_and_repeated_ones_make_no_difference() -> None:
    expected = read(*incident())
    for documents in itertools.permutations(incident()):
        assert read(*documents, documents[0]) == expected


def statuses_of_72(*steps: dict[str, Any]) -> list[Event]:
    listing = document("deployments", json.dumps([deployment(72, "14:02:06", "v1.5.0")]))
    return read(listing, document("statuses", json.dumps(steps), "/deployments/72/statuses"))[0]


def test_without_in_progress_the_start_lies_between_the_request_and_the_end() -> None:
    start, end = statuses_of_72(status(1, "pending", "14:03:00"), status(2, "success", "14:05:20"))
    assert (start.kind, start.at, start.earliest) == (Kind.DEPLOY_STARTED, utc("14:03:00"), utc("14:03:00"))
    assert start.latest == end.latest
    assert (end.kind, end.at) == (Kind.DEPLOY_SUCCEEDED, utc("14:05:20"))
    (bare,) = statuses_of_72()
    assert (bare.earliest, bare.latest) == (utc("14:02:06"), utc("14:02:06") + timedelta(hours=24))


@pytest.mark.parametrize("state", ["failure", "error"])
def test_the_first_terminal_status_ends_a_deploy_and_a_failed_one_is_not_what_the_next_replaces(state: str) -> None:
    events = statuses_of_72(
        status(1, "in_progress", "14:02:20"),
        status(2, state, "14:04:00", description="quota\nexceeded"),
        status(3, "success", "14:05:00"),
        status(4, "inactive", "14:06:00"),
    )
    assert [(e.kind, e.at) for e in events] == [
        (Kind.DEPLOY_STARTED, utc("14:02:20")),
        (Kind.DEPLOY_FAILED, utc("14:04:00")),
    ]
    assert "quota exceeded" in events[1].summary
    again = [
        deployment(72, "14:02:06", "v1.5.0"),
        deployment(71, "13:00:00", "v1.4.9"),
        deployment(74, "14:10:00", "v1.5.1"),
    ]
    documents = [document("deployments", json.dumps(again))]
    for of, outcome, at in ((71, "success", "13:01:00"), (72, state, "14:04:00"), (74, "success", "14:11:00")):
        documents.append(document("statuses", json.dumps([status(of, outcome, at)]), f"/deployments/{of}/statuses"))
    replaced = {e.keys.version: e.keys.replaces for e in read(*documents)[0]}
    assert replaced == {"1.4.9": "", "1.5.0": "1.4.9", "1.5.1": "1.4.9"}


def test_environments_do_not_replace_each_other() -> None:
    both = [deployment(71, "14:00:00", "v1.5.0", environment="staging"), deployment(72, "14:10:00", "v1.5.1")]
    events, _ = read(
        document("deployments", json.dumps(both)),
        document("statuses", json.dumps([status(1, "success", "14:01:00")]), "/deployments/71/statuses"),
        document("statuses", json.dumps([status(2, "success", "14:11:00")]), "/deployments/72/statuses"),
    )
    assert {e.keys.replaces for e in events} == {""}
    assert "to staging" in events[0].summary


def test_a_run_again_keeps_the_first_start_and_says_who_ran_it_again() -> None:
    again = run(9400, "14:18:10", "14:22:20", created_at="2026-03-20T09:00:00Z", run_attempt=3,
                triggering_actor={"login": "sam-okafor"})  # fmt: skip
    events, gaps = read(document("run", json.dumps(again)))
    assert gaps == []
    assert [(e.native_id, e.kind, e.at, e.actor) for e in events] == [
        ("run/9400/attempt/1", Kind.RUN_STARTED, utc("2026-03-20T09:00:00Z"), "dana-reyes"),
        ("run/9400/attempt/3", Kind.RUN_STARTED, utc("14:18:10"), "sam-okafor"),
        ("run/9400/attempt/3", Kind.RUN_SUCCEEDED, utc("14:22:20"), "sam-okafor"),
    ]
    assert events[1].summary.startswith('Run 400 (attempt 3) "Deploy"')


@pytest.mark.parametrize(
    ("conclusion", "kinds"),
    [
        ("failure", [Kind.RUN_STARTED, Kind.RUN_FAILED]),
        ("cancelled", [Kind.RUN_STARTED, Kind.RUN_FAILED]),
        ("timed_out", [Kind.RUN_STARTED, Kind.RUN_FAILED]),
        ("startup_failure", [Kind.RUN_FAILED]),
        ("stale", [Kind.OTHER]),
        ("neutral", [Kind.RUN_STARTED, Kind.OTHER]),
        ("skipped", [Kind.OTHER]),
    ],
)
def test_how_a_run_ends(conclusion: str, kinds: list[Kind]) -> None:
    events, _ = read(document("run", json.dumps(run(9482, "14:02:05", "14:05:25", conclusion=conclusion))))
    assert [e.kind for e in events] == kinds


@pytest.mark.parametrize("path", ["pages/pages-build-deployment", "dependabot/dependabot-updates"])
def test_a_run_of_a_workflow_of_github_itself_is_no_run_of_the_service(path: str) -> None:
    own = run(9482, "14:02:05", "14:05:25", event="dynamic", path=f"dynamic/{path}")
    events, _ = read(document("run", json.dumps(own)))
    assert [e.kind for e in events] == [Kind.OTHER]


@pytest.mark.parametrize(
    ("environment", "services", "serves", "service"),
    [
        ("github-pages", {}, False, "checkout"),
        ("github-pages", {"github-pages": "status-page"}, True, "status-page"),
        ("shop (Preview)", {}, False, "checkout"),
        ("shop (Production)", {}, True, "checkout"),
    ],
)
def test_which_environments_serve_the_users_of_a_service(
    environment: str, services: dict[str, str], serves: bool, service: str
) -> None:
    made = deployment(71, "14:02:00", "v1.5.0", environment=environment)
    events, _ = read(document("deployments", json.dumps([made])), services=services)
    subject = events[0].subject
    assert subject.service == service
    assert Service(subject.service, environment=subject.environment).serves_no_users is not serves


@pytest.mark.parametrize(
    ("ref", "version"),
    [
        ("v1.5.0", "1.5.0"),
        ("1.5.0", "1.5.0"),
        ("refs/tags/v1.5.0-rc.1", "1.5.0-rc.1"),
        ("checkout-1.5.0", "1.5.0"),
        ("checkout/v1.5.0", "1.5.0"),
        ("@acme/checkout@1.5.0+build.7", "1.5.0+build.7"),
        ("main", ""),
        ("release/1.5", ""),
        ("v2", ""),
        ("9f3c2a1", ""),
        ("dependabot/npm_and_yarn/lodash-4.17.21", ""),
        ("-" * 100_000, ""),
        ("", ""),
    ],
)
def test_only_a_tag_names_a_version(ref: str, version: str) -> None:
    assert version_of(ref) == version


@pytest.mark.parametrize(
    ("payload", "version"),
    [
        ({"version": "v1.5.0"}, "1.5.0"),
        ('{"version": "1.5.0"}', "1.5.0"),
        ({"version": 1}, ""),
        ("[" * 9999, ""),
        (None, ""),
    ],
)
def test_a_version_may_be_in_the_payload(payload: object, version: str) -> None:
    (event,) = read(document("deployments", json.dumps([deployment(72, "14:02:06", "main", payload=payload)])))[0]
    assert event.keys.version == version


def test_one_bad_item_is_counted_and_loses_no_other() -> None:
    good, bad = run(9482, "14:02:05", "14:05:25"), run(9483, "14:02:05") | {"created_at": "yesterday"}
    events, gaps = read(
        document("runs", json.dumps({"workflow_runs": [bad, None, good]})),
        document("runs", "<html>"),
        document("deployments", '{"message": "odd"}'),
        document("statuses", "[]", "/elsewhere"),
    )
    assert {e.keys.run for e in events} == {"9482"}
    assert len(gaps) == 4
    assert "2 of 3" in gaps[0].reason


@pytest.mark.skipif(not EXAMPLES.exists(), reason="the vendor's examples are not part of this repository")
def test_the_vendors_own_examples_are_understood() -> None:
    examples = {name: json.dumps(example["value"]) for name, example in json.loads(EXAMPLES.read_text()).items()}
    events, gaps = read(
        document("deployments", examples["deployment-items"]),
        document("deployments", f"[{examples['deployment']}]"),
        document("statuses", examples["deployment-status-items"], "/deployments/1/statuses"),
        document("runs", examples["workflow-run-paginated"]),
        document("run", examples["workflow-run"]),
    )
    assert gaps == []
    assert [(e.native_id, e.kind, e.keys.commit[:7], e.actor) for e in events] == [
        # It is queued.
        ("run/30433642/attempt/1", Kind.OTHER, "acb5820", "octocat"),
        ("deployment/1", Kind.DEPLOY_STARTED, "a84d88e", "octocat"),
        ("deployment/1", Kind.DEPLOY_SUCCEEDED, "a84d88e", "octocat"),
    ]
    assert events[0].at == utc("2020-01-22T19:33:08Z")
    assert events[2].at == utc("2012-07-20T01:19:13Z")


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "2026-04-01", "\ud800", 10**400, "v1.5.0"])
)  # fmt: skip
JUNK = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))


@given(st.data())
def test_junk_in_any_field_never_raises_and_leaves_the_sound_alone(data: st.DataObject) -> None:
    def spoiled(item: dict[str, Any]) -> dict[str, Any]:
        fields = data.draw(st.lists(st.sampled_from(sorted(item)), max_size=3))
        return item | {field: data.draw(JUNK) for field in fields}

    sound = run(9001, "14:00:00", "14:01:00")
    events, _ = read(
        document("runs", json.dumps({"workflow_runs": [spoiled(run(9482, "14:02:05", "14:05:25")), sound]})),
        document("deployments", json.dumps([spoiled(deployment(72, "14:02:06", "v1.5.0")) for _ in range(2)])),
        document("statuses", json.dumps([spoiled(status(1, "success", "14:03:00", 9482))]), "/deployments/72/statuses"),
        document(data.draw(st.sampled_from(["run", "runs", "deployments", "statuses"])), json.dumps(data.draw(JUNK))),
    )
    assert Kind.RUN_SUCCEEDED in {event.kind for event in events if event.keys.run == "9001"}
    for event in events:
        assert len(event.summary.splitlines()) == 1
        event.summary.encode()
    assert len({(event.kind, event.native_id) for event in events}) == len(events)


def test_times_in_other_zones_are_the_same_instants() -> None:
    (event,) = read(document("run", json.dumps(run(9482, "2026-04-01T16:02:05+02:00"))))[0]
    assert replace(event, at=utc("14:02:05")) == event


def test_what_only_waits_has_not_started_and_what_was_approved_late_did_when_it_was() -> None:
    def kinds(*statuses: Any) -> list[str]:
        documents = [
            document("deployments", json.dumps([deployment(72, "14:02:06", "v1.5.0")])),
            document("statuses", json.dumps(list(statuses)), "/deployments/72/statuses?per_page=100"),
        ]
        events, _ = read(*documents)
        return [each.kind.value for each in events]

    assert kinds(status(1, "queued", "14:02:07")) == ["deploy.requested"]
    waits = status(1, "waiting", "14:02:07")
    assert kinds(waits) == ["deploy.waiting"]
    began, done = status(2, "in_progress", "14:09:00"), status(3, "success", "14:10:00")
    assert kinds(waits, began, done) == ["deploy.waiting", "deploy.started", "deploy.succeeded"]
    assert kinds(status(1, "queued", "14:02:07"), began) == ["deploy.started"]


def test_a_deployment_that_is_carried_out_again_is_another_attempt() -> None:
    steps = [
        status(1, "in_progress", "14:02:10"),
        status(2, "failure", "14:04:00"),
        status(3, "in_progress", "14:06:00"),
        status(4, "success", "14:08:00"),
        status(5, "inactive", "14:20:00"),
    ]
    documents = [
        document(
            "deployments", json.dumps([deployment(72, "14:02:06", "v1.5.0"), deployment(73, "14:10:00", "v1.5.1")])
        ),
        document("statuses", json.dumps(steps), "/deployments/72/statuses"),
        document("statuses", json.dumps([status(6, "in_progress", "14:10:05")]), "/deployments/73/statuses"),
    ]
    events, gaps = read(*documents)
    assert [(f"{one.at:%H:%M}", one.kind.value, one.keys.deployment, one.keys.replaces) for one in events] == [
        ("14:02", "deploy.started", "72", ""),
        ("14:04", "deploy.failed", "72", ""),
        ("14:06", "deploy.started", "72 attempt 2", ""),
        ("14:08", "deploy.succeeded", "72 attempt 2", ""),
        ("14:10", "deploy.started", "73", "1.5.0"),
    ]
    assert gaps == []


def test_a_deleted_account_is_no_actor() -> None:
    ghost = {"login": "ghost", "id": 10137, "type": "User"}
    events, _ = read(
        document("run", json.dumps(run(9482, "14:02:05", "14:05:00", actor=ghost, triggering_actor=ghost)))
    )
    assert {one.actor for one in events} == {""}
    assert not any("ghost" in one.summary for one in events)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"status": "queued", "conclusion": None}, "is queued"),
        ({"status": "pending", "conclusion": None}, "is pending"),
        ({"status": "requested", "conclusion": None}, "is requested"),
        ({"status": "completed", "conclusion": "action_required"}, "needs an approval to run"),
        ({"status": "completed", "conclusion": "skipped"}, "is skipped"),
    ],
)
def test_a_run_of_which_nothing_has_run_does_not_start(state: dict[str, Any], words: str) -> None:
    (event,) = read(document("run", json.dumps(run(9482, "14:02:05", **state))))[0]
    assert event.kind == Kind.OTHER
    assert words in event.summary


def test_a_deployment_whose_task_is_a_restart_is_one_and_a_commit_is_no_version() -> None:
    listed = [
        deployment(5, "14:01:00", "main", task="restart"),
        deployment(6, "14:03:00", "c" * 40, sha="c" * 40),
    ]
    statuses = [
        document("statuses", json.dumps([status(n, "success", "14:05:00")]), f"/deployments/{n}/statuses")
        for n in (5, 6)
    ]
    events, _ = read(document("deployments", json.dumps(listed), "/deployments?per_page=100"), *statuses)
    manners = {one.keys.deployment: one.manner for one in events}
    assert (manners["5"], manners["6"]) == (Manner.RESTART, Manner.PLAIN)
    assert {one.summary for one in events if one.keys.deployment == "6" and one.kind == Kind.DEPLOY_STARTED} == {
        "Deploy of checkout ccccccc to production starts (ccccccc) by github-actions[bot]"
    }
