"""What Kustomizations report of what they applied."""

from collector.event import Kind, Manner
from tests.sources.flux.objects import (
    CANARY,
    NEW,
    OLD,
    Json,
    at,
    condition,
    documents,
    entry,
    event,
    kustomization,
    read,
    release,
    repository,
    revision,
    span,
    stamp,
)

STARTED, DONE, FAILED = Kind.DEPLOY_STARTED, Kind.DEPLOY_SUCCEEDED, Kind.DEPLOY_FAILED


def test_the_first_reconciliation_of_a_rendering_is_its_deploy() -> None:
    events, gaps = read(kustomizations=[kustomization(entry("new", NEW, 120), entry("old", OLD, -9000, 60))])
    start, end = events[2:]
    assert (start.kind, end.kind, end.at) == (STARTED, DONE, at(120))
    # It took 20.5 s and ended within the second of its stamp.
    assert span(start) == {"from": 98.5, "to": 100.5}
    assert (end.keys.config_commit, end.keys.commit, end.keys.application) == (NEW, "", "flux-system/checkout")
    assert (end.subject.service, end.subject.namespace, end.subject.workload) == (
        *("checkout", "shop"),
        "Deployment/checkout",
    )
    # Of one that was reconciled again, the duration is the latest one's.
    (begun,) = [one for one in events if one.kind == STARTED and one.at == at(-9000)]
    assert span(begun) == {"from": -9300, "to": -8999}
    assert not gaps


def test_a_rendering_that_fails_first_has_both_ends() -> None:
    failed = entry("new", NEW, 120, 130, lastReconciledStatus="HealthCheckFailed")
    done = entry("new", NEW, 400, 500)
    events, _ = read(kustomizations=[kustomization(done, failed, entry("old", OLD, -9000, 60))])
    assert [(one.kind, one.at) for one in events if one.kind in (FAILED, DONE)] == [
        (DONE, at(-9000)),
        (FAILED, at(120)),
        (DONE, at(400)),
    ]
    assert len({one.keys.deployment for one in events if one.at > at(0)}) == 1


def test_going_back_to_an_old_rendering_is_a_rollback_of_which_only_events_show_when() -> None:
    """The old entry moves to the front and keeps its first time."""
    history = (entry("old", OLD, -9000, 700), entry("new", NEW, 120, 500))
    alone, _ = read(kustomizations=[kustomization(*history)])
    (end,) = [one for one in alone if one.manner == Manner.ROLLBACK and one.kind == DONE]
    assert span(end) == {"from": 500, "to": 701}
    applied = event("Kustomization", 600, "Progressing", "Deployment/shop/checkout configured", OLD)
    exact, _ = read(kustomizations=[kustomization(*history)], events=[applied])
    assert [(one.kind, one.latest) for one in exact if one.manner == Manner.ROLLBACK] == [
        (STARTED, at(601)),
        (DONE, at(601)),
    ]
    assert not [one for one in exact if one.manner == Manner.RECONCILE]


def test_what_flux_puts_back_at_a_known_revision_is_a_correction() -> None:
    ours = kustomization(entry("new", NEW, 120, 900))
    first = event("Kustomization", 110, "Progressing", "Deployment/shop/checkout configured", NEW)
    drift = event("Kustomization", 600, "Progressing", "Deployment/shop/checkout configured", NEW)
    events, _ = read(kustomizations=[ours], events=[first, drift])
    assert [(one.kind, one.at) for one in events if one.manner == Manner.RECONCILE] == [
        (STARTED, at(600)),
        (DONE, at(600)),
    ]


def test_a_revision_that_is_not_waited_for_because_a_newer_one_arrived_is_superseded() -> None:
    """The history lacks it, although it was applied."""
    words = "Health checks canceled due to new reconciliation triggered by GitRepository/flux-system/config"

    def ends(of: str, *history: Json) -> list[Kind]:
        cancelled = event("Kustomization", 300, "HealthCheckCanceled", words, of)
        return [one.kind for one in read(kustomizations=[kustomization(*history)], events=[cancelled])[0]]

    newer = entry("b", NEW, 400)
    assert ends(OLD, newer) == [
        *(Kind.DEPLOY_STARTED, Kind.DEPLOY_SUPERSEDED),
        *(Kind.DEPLOY_STARTED, Kind.DEPLOY_SUCCEEDED),
    ]
    # A watched object changed, and the same revision is applied again.
    assert ends(NEW, newer) == [Kind.DEPLOY_STARTED, Kind.DEPLOY_SUCCEEDED]


def test_what_cannot_be_built_is_a_failed_deploy() -> None:
    why = "kustomize build failed: no such file"
    broken = event("Kustomization", 300, "BuildFailed", why, NEW, warning=True)
    again = event("Kustomization", 360, "BuildFailed", why, NEW, warning=True)
    events, _ = read(kustomizations=[kustomization(entry("old", OLD, -9000, 60))], events=[broken, again])
    assert [(one.kind, one.at, one.reason) for one in events if one.kind == FAILED] == [(FAILED, at(300), why)]
    # A source or a dependency that is not ready is no matter of the revision.
    for reason in ("ArtifactFailed", "DependencyNotReady"):
        quiet = event("Kustomization", 300, reason, "not ready", NEW, warning=True)
        assert not [
            one
            for one in read(kustomizations=[kustomization(entry("old", OLD, 0, 60))], events=[quiet])[0]
            if one.kind == FAILED
        ]


def test_kinds_without_a_history_have_their_events_and_conditions() -> None:
    ready = condition("Ready", "False", "HealthCheckFailed", 500, "timeout waiting for Deployment/shop/checkout")
    ours = kustomization(conditions=[ready], lastAttemptedRevision=f"main/{NEW}")
    done = event("Kustomization", 100, "ReconciliationSucceeded", "Reconciliation finished in 1s", OLD)
    later = event("Kustomization", 400, "ReconciliationSucceeded", "Reconciliation finished in 1s", OLD)
    events, gaps = read(kustomizations=[ours], events=[done, later])
    assert [(one.kind, one.at, one.keys.config_commit) for one in events if one.kind != STARTED] == [
        (DONE, at(100), OLD),
        (FAILED, at(500), NEW),
    ]
    assert [gap.reason for gap in gaps] == ["1 objects of Flux have no history: only Events show what they applied"]


def test_what_is_suspended_is_named_and_waits() -> None:
    ours = kustomization(entry("old", OLD, -9000, 60), spec={"suspend": True})
    events, gaps = read(kustomizations=[ours], gitrepositories=[repository(NEW, 300)])
    (waits,) = [one for one in events if one.kind == Kind.DEPLOY_REQUESTED]
    assert (waits.at, waits.keys.config_commit) == (at(300), NEW)
    assert [gap.reason for gap in gaps] == [
        "suspended, so that nothing new is applied: Kustomization flux-system/checkout"
    ]


def test_a_kustomization_of_kustomizations_deploys_no_service() -> None:
    children = {"entries": [{"id": "flux-system_checkout_kustomize.toolkit.fluxcd.io_Kustomization"}]}
    assert read(kustomizations=[kustomization(entry("x", NEW, 0), inventory=children)])[0] == []


def test_the_commit_that_an_oci_artefact_was_built_from_is_the_applications() -> None:
    built = entry("new", NEW, 120, metadata={"revision": "latest@sha256:ab", "originRevision": revision(OLD)})
    events, _ = read(kustomizations=[kustomization(built)])
    assert {(one.keys.commit, one.keys.config_commit) for one in events} == {(OLD, "")}


def test_nothing_that_may_be_secret_is_kept_and_a_bad_object_costs_itself_alone() -> None:
    lists = {
        "kustomizations": [kustomization(entry("new", NEW, 0)), {"metadata": {"namespace": "x"}}],
        "helmreleases": [release()],
        "gitrepositories": [repository(NEW, 0)],
        "events": [event("Kustomization", 0, "Progressing", "x", NEW)],
    }
    assert CANARY not in "".join(one.text for one in documents(**lists))
    events, gaps = read(**lists)
    assert len(events) == 2
    assert "kustomizations: 1 of 2 could not be read and were left out" in [gap.reason for gap in gaps]
    assert stamp(0) == "2026-04-01T14:00:00Z"


def test_a_revision_that_is_being_applied_has_started_and_not_ended() -> None:
    """Each loop is Progressing for a moment; only with another revision than the one applied last is it a deploy."""
    for commit, expected in ((NEW, [(STARTED, at(130))]), (OLD, [])):
        message = f"Running health checks for revision {revision(commit)} with a timeout of 2m0s"
        known = [
            condition("Ready", "Unknown", "Progressing", 130, "Reconciliation in progress"),
            condition("Reconciling", "True", "Progressing", 150, message),
        ]
        events, _ = read(kustomizations=[kustomization(entry("old", OLD, -9000, 100), conditions=known)])
        assert [(one.kind, one.at) for one in events if one.at > at(0)] == expected
