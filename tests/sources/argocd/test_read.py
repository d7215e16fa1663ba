"""What Applications report: deploys, rollbacks, corrections, and who asked."""

from msgspec.structs import replace

from collector.event import Event, Kind, Manner
from collector.gather import Gathered
from collector.scope import Scope
from collector.timeline import draft
from tests.collector.build import WINDOW
from tests.sources.argocd.objects import (
    BAD,
    CANARY,
    GOOD,
    Json,
    application,
    at,
    documents,
    entry,
    event,
    operation,
    read,
    source,
    stamp,
)

Course = list[tuple[Kind, float, Manner, str]]


def course(events: list[Event]) -> Course:
    """Kind, seconds since the window began, manner and who, in order."""
    return [(one.kind, (one.at - WINDOW.start).total_seconds(), one.manner, one.actor) for one in events]


STARTED, DONE, FAILED = Kind.DEPLOY_STARTED, Kind.DEPLOY_SUCCEEDED, Kind.DEPLOY_FAILED


def test_a_deploy_has_its_start_its_end_who_asked_and_the_commit_of_its_configuration() -> None:
    events, gaps = read(
        [application(entry(7, GOOD, -90000, -89990, "1.4.9"), entry(8, BAD, 120, 150, "1.5.0", "dana"))]
    )
    assert course(events)[2:] == [(STARTED, 120, Manner.PLAIN, "dana"), (DONE, 150, Manner.PLAIN, "dana")]
    ours = events[-1]
    assert (ours.keys.config_commit, ours.keys.commit, ours.keys.application) == (BAD, "", "argocd/checkout")
    assert (ours.keys.version, ours.keys.replaces) == ("1.5.0", "1.4.9")
    subject = ours.subject
    assert (subject.service, subject.namespace, subject.cluster, subject.workload) == (
        *("checkout", "shop", "prod"),
        "Deployment/checkout",
    )
    assert ours.summary == "Deploy of checkout 1.5.0 succeeds (application checkout, config commit 5ec4668) by dana"
    assert ours.query == "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/checkout"
    assert not gaps


def test_what_was_synced_again_and_what_came_back_are_no_new_deploys() -> None:
    history = (
        entry(1, GOOD, 0, 10),
        entry(2, BAD, 100, 110),
        entry(3, BAD, 200, 210),
        entry(4, GOOD, 300, 310, by="sam"),
    )
    events, _ = read([application(*history)])
    assert [(one.at, one.manner) for one in events if one.kind == STARTED] == [
        (at(0), Manner.PLAIN),
        (at(100), Manner.PLAIN),
        (at(200), Manner.RECONCILE),
        (at(300), Manner.ROLLBACK),
    ]


def test_a_branch_that_went_back_is_a_rollback_without_a_button() -> None:
    """The button is refused while syncs are automated."""
    history = (entry(1, GOOD, -90, -80), entry(2, BAD, 100, 110))
    for by, words in (("", "initiated via Argo CD"), ("sam", "initiated by rollback in Argo CD (by sam)")):
        events, _ = read([application(*history, entry(3, GOOD, 300, 310, by=by))])
        rows = draft(Gathered(tuple(replace(one, source="argocd") for one in events), ()), WINDOW, Scope()).rows
        (back,) = [row.text for row in rows if row.kind == Kind.ROLLBACK_STARTED]
        assert back.endswith(words)


def test_a_correction_after_a_deploy_of_a_known_version_replaces_nothing() -> None:
    healed = {"sync": {"revision": GOOD, "resources": [{"group": "apps", "kind": "Deployment", "name": "checkout"}]}}
    healed |= {"initiatedBy": {"automated": True}}
    state = operation("Succeeded", 300, 301) | {"operation": healed}
    events, _ = read([application(entry(1, GOOD, 0, 10, "1.5.0"), state=state)])
    corrections = [one for one in events if one.manner == Manner.RECONCILE]
    assert len(corrections) == 2
    assert {(one.keys.version, one.keys.replaces) for one in corrections} == {("", "")}
    assert not [row for row in draft(Gathered(tuple(events), ()), WINDOW, Scope()).rows if row.at >= at(200)]


def test_other_values_at_the_same_revision_are_a_deploy() -> None:
    changed = entry(2, GOOD, 100, 110) | {"source": source(helm={"valuesObject": {"replicas": 2}})}
    events, _ = read([application(entry(1, GOOD, 0, 10), changed)])
    assert [one.manner for one in events if one.kind == STARTED] == [Manner.PLAIN, Manner.PLAIN]


def test_the_event_of_a_rollback_marks_it_and_names_who_asked() -> None:
    """Its history entry has an old revision; without entries that old, only the Event shows that it is a rollback."""
    asked = event(1, 299, "OperationStarted", "sam initiated rollback to 1")
    ended = event(2, 310, "OperationCompleted", f"Sync operation to {GOOD} succeeded")
    history = (entry(5, BAD, 100, 110), entry(6, GOOD, 300, 310, by="sam"))
    (_, _, start, end), _ = read([application(*history)], [asked, ended])
    assert {start.manner, end.manner} == {Manner.ROLLBACK}
    assert start.actor == "sam"
    assert "back to history 1" in start.summary


def test_an_operation_that_runs_that_failed_and_that_waits_for_its_window() -> None:
    before = entry(1, GOOD, -90000, -89990)
    running, _ = read([application(before, state=operation("Running", 60, message="waiting for healthy state"))])
    assert course(running)[2:] == [(STARTED, 60, Manner.PLAIN, "")]
    why = "one or more objects failed to apply"
    state = operation("Failed", 60, 90, message=why, retryCount=2, syncResult={"revision": BAD, "source": source()})
    failed, _ = read([application(before, state=state)])
    assert course(failed)[2:] == [(STARTED, 60, Manner.PLAIN, ""), (FAILED, 90, Manner.PLAIN, "")]
    assert failed[-1].reason == why
    assert "attempt 3" in failed[-1].summary
    blocked = operation("Running", 60, message="Sync operation blocked by sync window")
    waiting, _ = read([application(before, state=blocked)])
    assert course(waiting)[2:] == [(Kind.DEPLOY_WAITING, 60, Manner.PLAIN, "")]
    # What failed once and waits for its next attempt goes on.
    again, _ = read([application(before, state=operation("Running", 60, 90, message="failed", retryCount=1))])
    assert course(again)[2:] == [(STARTED, 60, Manner.PLAIN, "")]


def test_who_terminated_a_sync_cancelled_it() -> None:
    notes = [
        event(1, 59, "OperationStarted", f"dana initiated sync to main ({BAD})"),
        event(2, 88, "ResourceUpdated", "sam terminated running operation"),
        event(3, 90, "OperationCompleted", f"Sync operation to {BAD} failed: Operation terminated"),
    ]
    state = operation("Failed", 60, 90, message="Operation terminated")
    events, _ = read([application(entry(1, GOOD, -90000, -89990), state=state)], notes)
    assert [(one.kind, one.actor) for one in events[2:]] == [(STARTED, ""), (Kind.DEPLOY_CANCELLED, "sam")]


def test_corrections_of_drift_are_one_and_no_deploy() -> None:
    notes = []
    for number, second in enumerate((100, 200, 300)):
        notes.append(event(2 * number, second, "OperationStarted", f"Initiated automated sync to '{GOOD}'"))
        done = f"Partial sync operation to {GOOD} succeeded"
        notes.append(event(2 * number + 1, second + 2, "OperationCompleted", done))
    healing = {"revision": GOOD, "autoHealAttemptsCount": 3, "resources": [{"kind": "Deployment", "name": "checkout"}]}
    last = operation("Succeeded", 300, 302, syncResult={"revision": GOOD, "source": source()})
    last["operation"]["sync"] = healing
    events, _ = read([application(entry(1, GOOD, -90000, -89990), state=last)], notes)
    assert course(events)[2:] == [(STARTED, 100, Manner.RECONCILE, ""), (DONE, 302, Manner.RECONCILE, "")]
    assert events[-1].numbers == {"count": 3}
    assert "only Deployment/checkout" in events[-1].summary


def test_a_sync_whose_state_was_overwritten_is_known_by_its_events() -> None:
    notes = [
        event(1, 60, "OperationStarted", f"dana initiated sync to main ({BAD})"),
        event(2, 90, "OperationCompleted", f"Sync operation to {BAD} failed: quota exceeded"),
    ]
    state = operation("Succeeded", 300, 310, syncResult={"revision": GOOD, "source": source()})
    history = (entry(1, GOOD, -90000, -89990), entry(2, GOOD, 300, 310))
    events, _ = read([application(*history, state=state)], notes)
    assert course(events)[2:4] == [(STARTED, 60, Manner.PLAIN, "dana"), (FAILED, 90, Manner.PLAIN, "dana")]
    assert (events[3].reason, events[3].keys.config_commit) == ("quota exceeded", BAD)


def test_a_dry_run_is_no_deploy() -> None:
    notes = [
        event(1, 60, "OperationStarted", f"dana initiated sync to main ({BAD})"),
        event(2, 61, "OperationCompleted", f"Sync operation to {BAD} succeeded"),
    ]
    state = operation("Succeeded", 60, 61)
    state["operation"]["sync"]["dryRun"] = True
    events, _ = read([application(entry(1, GOOD, -90000, -89990), state=state)], notes)
    assert [one.at for one in events] == [at(-90000), at(-89990)]


def test_an_application_of_applications_deploys_no_service() -> None:
    children = {
        "resources": [{"group": "argoproj.io", "kind": "Application", "namespace": "argocd", "name": "checkout"}]
    }
    assert read([application(entry(1, GOOD, 0, 10), status=children, name="everything")])[0] == []


def test_several_sources_and_a_chart() -> None:
    chart = {"repoURL": "oci://registry.example.com/charts", "chart": "checkout", "targetRevision": "1.5.0"}
    both = {"sources": [chart, source(ref="values")], "revisions": ["1.5.0", BAD]}
    ours = {key: value for key, value in entry(1, "", 0, 10).items() if key not in ("revision", "source")}
    events, _ = read([application(ours | both)])
    assert (events[0].keys.chart, events[0].keys.config_commit) == ("checkout-1.5.0", BAD)
    assert "chart checkout-1.5.0, config commit 5ec4668" in events[0].summary


def test_images_that_run_now_are_those_of_the_latest_sync_alone() -> None:
    events, _ = read([application(entry(1, GOOD, 0, 10), entry(2, BAD, 100, 110))])
    assert [(one.at, one.keys.version) for one in events if one.kind == STARTED] == [(at(0), ""), (at(100), "1.5.0")]


def test_where_it_deploys_to() -> None:
    far = {"spec": {"destination": {"server": "https://10.0.0.9", "namespace": "shop"}}}
    settings = {"clusters": {"https://10.0.0.9": "america"}}
    events, _ = read([application(entry(1, GOOD, 0, 10), **far)], **settings)
    assert {one.subject.cluster for one in events} == {"america"}
    unnamed, _ = read([application(entry(1, GOOD, 0, 10), **far)])
    assert {one.subject.cluster for one in unnamed} == {"10.0.0.9"}


def test_actions_of_people_on_workloads() -> None:
    notes = [
        event(1, 60, "ResourceActionRan", "sam ran action restart on resource apps/Deployment/checkout"),
        event(2, 90, "ResourceActionRan", "dana ran action promote-full on resource argoproj.io/Rollout/cart"),
    ]
    events, _ = read([application(entry(1, GOOD, -90000, -89990))], notes)
    assert [(one.kind, one.manner, one.actor, one.subject.workload) for one in events[2:]] == [
        (STARTED, Manner.RESTART, "sam", "Deployment/checkout"),
        (DONE, Manner.RESTART, "sam", "Deployment/checkout"),
        (Kind.ROLLOUT_RESUMED, Manner.PLAIN, "dana", "Rollout/cart"),
    ]


def test_a_history_that_is_too_short_is_a_gap() -> None:
    ours = application(*(entry(number, GOOD, 600 + number, 600 + number) for number in range(10)))
    (gap,) = read([ours])[1]
    assert gap.reason == "the history of checkout reaches back to 2026-04-01 14:10:00Z only"
    assert gap.span == (WINDOW.start, at(600))


def test_nothing_that_may_be_secret_is_kept() -> None:
    state = operation("Failed", 60, 90, syncResult={"revision": BAD, "source": source(), "resources": []})
    text = "".join(
        each.text for each in documents([application(entry(1, GOOD, 0, 10), state=state)], [event(1, 0, "x", "y")])
    )
    assert CANARY not in text
    assert "git.example.com/shop/config.git" in text


def test_one_bad_application_costs_itself_alone() -> None:
    good = application(entry(1, GOOD, 0, 10))
    bad = {"metadata": {"namespace": "argocd"}, "status": {"history": [{"deployedAt": stamp(0)}]}}
    events, gaps = read([good, bad])
    assert len(events) == 2
    assert [gap.reason for gap in gaps] == ["applications: 1 of 2 could not be read and were left out"]


def test_what_may_wait_for_its_turn_in_an_application_set_is_a_gap() -> None:
    def of_set(name: str, status: str) -> Json:
        one = application(entry(8, GOOD, 120, 150), name=name)
        one["metadata"]["ownerReferences"] = [{"kind": "ApplicationSet", "name": "shops"}]
        one["status"]["sync"]["status"] = status
        return one

    _, gaps = read([of_set("shop-de", "Synced"), of_set("shop-fr", "OutOfSync"), of_set("shop-it", "OutOfSync")])
    assert [gap.reason for gap in gaps] == [
        "2 Applications of ApplicationSets are out of sync (shop-fr of shops, shop-it of shops): "
        "whether they wait for their turn was not asked"
    ]


DRY = "d4a1b2c" + "2" * 33
"""A commit of the source that Argo CD renders manifests from."""


def hydrator(phase: str, begun: float, ended: float | None, **more: Json) -> Json:
    where: Json = {
        "drySource": {"repoURL": f"https://bot:{CANARY}@git.example.com/shop/config.git", "path": "checkout"},
        "syncSource": {"targetBranch": "environments/production", "path": "checkout"},
    }
    finished = {} if ended is None else {"finishedAt": stamp(ended)}
    now = {"phase": phase, "startedAt": stamp(begun), **finished, "drySHA": DRY, "sourceHydrator": where, **more}
    last = {"drySHA": DRY, "hydratedSHA": BAD, "sourceHydrator": where}
    return {
        "sourceHydrator": {"currentOperation": now, "lastSuccessfulOperation": last, "lastComparedDryRevision": DRY}
    }


def test_a_rendered_commit_is_named_with_the_commit_that_it_was_rendered_from() -> None:
    status = hydrator("Hydrated", 100, 110, hydratedSHA=BAD)
    events, gaps = read([application(entry(7, GOOD, -90, -80), entry(8, BAD, 120, 150), status=status)])
    assert [one.keys.config_commit for one in events] == [GOOD, GOOD, DRY, DRY]
    assert events[-1].summary == (
        "Deploy of checkout 1.5.0 succeeds"
        " (application checkout, config commit d4a1b2c, rendered as 5ec4668, automated)"
    )
    assert CANARY not in repr(events)
    assert not gaps


def test_a_hydration_that_failed_is_a_deploy_that_failed_before_its_sync() -> None:
    message = "Failed to hydrate: failed to generate manifests: values.yaml: no such file"
    status = hydrator("Failed", 200, 205, message=message)
    events, gaps = read([application(entry(8, GOOD, -90, -80), status=status)])
    assert course(events)[2:] == [(STARTED, 200, Manner.PLAIN, ""), (FAILED, 205, Manner.PLAIN, "")]
    assert (events[-1].reason, events[-1].keys.config_commit) == (message, DRY)
    assert not gaps
    # One that still runs, or that ended long ago, is no deploy.
    for other in (hydrator("Hydrating", 200, None), hydrator("Failed", -900000, -899990, message=message)):
        assert len(read([application(entry(8, GOOD, -90, -80), status=other)])[0]) == 2
