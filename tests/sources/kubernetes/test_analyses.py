"""What an analysis measured is the reason of what became of a canary."""

import json

from collector.event import Event, Kind
from collector.source import Gap
from sources.kube_api.reduce import analyses_only
from tests.sources.kubernetes.argo_canary import (
    ABORTED,
    NEW,
    OLD,
    argo,
    canary_sets,
    condition,
    held,
    replica_set,
    waiting,
)
from tests.sources.kubernetes.cluster import Json, at, meta, only, owned, read, stamp

HASH = NEW.removeprefix("web-")


def analysis(name: str = "web-run", phase: str = "Failed", **metric: object) -> Json:
    labels = {"rollouts-pod-template-hash": HASH, "step-index": "1", "rollout-type": "Step"}
    measured = [
        {"phase": "Failed", "value": value, "startedAt": stamp(at(200)), "finishedAt": stamp(at(235))}
        for value in ("0.31", "0.35")
    ]
    errors = {"name": "errors", "phase": phase, "failed": 2, "measurements": measured, **metric}
    dry = {"name": "latency", "phase": "Failed", "dryRun": True, "measurements": measured}
    return {
        "metadata": meta("AnalysisRun", name, at(180), labels=labels, ownerReferences=owned("Rollout", "web")),
        "spec": {"args": [{"name": "token", "value": "canary-secret"}], "metrics": [{"name": "errors"}]},
        "status": {
            "phase": phase,
            "startedAt": stamp(at(180)),
            "metricResults": [dry, errors],
        },
    }


def given_up() -> Json:
    message = 'Rollout aborted update to revision 2: metric "errors" assessed Failed'
    aborted = condition("Progressing", "False", "RolloutAborted", 240, message=message)
    return argo(aborted, condition("Completed", "False", "RolloutCompleted", 100), abortedAt=stamp(at(240)))


def story(*analyses: Json) -> tuple[list[Event], list[Gap]]:
    sets = [replica_set(OLD, "1.0.0", -9000, "1", 4), replica_set(NEW, "1.1.0", 100, "2", 0)]
    lists = {"rollouts": [given_up()], "replicasets": sets, "events": ABORTED, "analysisruns": list(analyses)}
    events, gaps = read(lists)
    return events, [gap for gap in gaps if "expired" not in gap.reason]


def test_an_abort_quotes_what_was_measured_and_no_dry_run() -> None:
    events, gaps = story(analysis())
    assert not gaps
    why = 'metric "errors" assessed Failed (errors Failed: 0.31, 0.35)'
    assert [text for kind, _, text in held(events) if kind == Kind.ROLLOUT_ABORTED] == [why]


def test_an_analysis_starts_and_ends_as_a_part_of_its_rollout() -> None:
    ours = [each for each in only(story(analysis())[0], Kind.OTHER) if "/analysisruns/web-run" in each.query]
    assert [(each.at, each.summary) for each in ours] == [
        (at(180), "Analysis web-run for the rollout of web 1.1.0, replacing 1.0.0 starts at step 2"),
        # Its last measurement ended then: this release does not write when the run did.
        (
            at(235),
            "Analysis web-run for the rollout of web 1.1.0, replacing 1.0.0 is Failed: errors Failed: 0.31, 0.35",
        ),
    ]
    assert {(each.keys.replica_set, each.keys.version, each.subject.workload) for each in ours} == {
        (NEW, "1.1.0", "Rollout/web")
    }


def test_an_analysis_that_was_good_or_long_over_explains_no_abort() -> None:
    events, _ = story(analysis(phase="Successful"), analysis("long-ago") | {"status": {"phase": "Failed"}})
    assert [text for kind, _, text in held(events) if kind == Kind.ROLLOUT_ABORTED] == [
        'metric "errors" assessed Failed'
    ]


def test_an_analysis_of_another_shape_costs_itself_alone() -> None:
    events, gaps = story(analysis(), {"metadata": {"name": 3, "uid": "x"}})
    assert [gap.reason for gap in gaps] == ["analysisruns: 1 of 2 could not be read and were left out"]
    assert [each for each in only(events, Kind.OTHER) if "web-run" in each.summary]


def test_a_pause_names_its_step_and_weight() -> None:
    paused = waiting()
    paused["status"]["currentStepIndex"] = 1
    events = read({"rollouts": [paused], "replicasets": canary_sets()})[0]
    assert [text for _, _, text in held(events)] == ["CanaryPauseStep, step 2 of 2, 25 % of the traffic"]


def test_a_rollout_of_an_old_release_is_paused_without_the_condition_for_it() -> None:
    progressing = condition("Progressing", "Unknown", "RolloutPaused", 112)
    by_itself = argo(progressing, pauseConditions=[{"reason": "CanaryPauseStep", "startTime": stamp(at(110))}])
    by_hand = argo(progressing)
    by_hand["spec"]["paused"] = True
    for item, expected in ((by_itself, (110, "CanaryPauseStep")), (by_hand, (112, "by hand"))):
        events = read({"rollouts": [item], "replicasets": canary_sets()})[0]
        assert held(events) == [(Kind.ROLLOUT_PAUSED, *expected)]


def test_what_an_analysis_asks_with_is_not_kept() -> None:
    kept = json.dumps(analyses_only({"items": [analysis()]}))
    assert "canary-secret" not in kept
    assert "0.35" in kept
