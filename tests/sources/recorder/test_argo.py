"""A recorded Argo Rollout: a list tells how it stands, the versions what it went through."""

from collector.event import Event, Kind
from collector.merge import merge
from collector.secrets import Scrubber
from collector.stories.rollouts import rollouts
from sources.registry import build
from tests.sources.kubernetes.argo_canary import argo, canary_sets, condition, waiting
from tests.sources.kubernetes.cluster import WINDOW, at
from tests.sources.recorder.versions import document


def test_every_pause_and_the_abort_of_a_canary_are_told_without_any_event() -> None:
    promoted = condition("Completed", "False", "RolloutCompleted", 100)
    going = argo(
        condition("Progressing", "True", "ReplicaSetUpdated", 172), condition("Paused", "False", "", 171), promoted
    )
    again = argo(
        condition("Progressing", "Unknown", "RolloutPaused", 200), condition("Paused", "True", "", 200), promoted
    )
    message = "Rollout aborted update to revision 2: errors"
    aborted = argo(condition("Progressing", "False", "RolloutAborted", 240, message=message), promoted)
    courses = [
        (112, "ADDED", waiting()),
        (171, "MODIFIED", going),
        (200, "MODIFIED", again),
        (240, "MODIFIED", aborted),
    ]
    sets = [(100 + number, "LISTED", item) for number, item in enumerate(canary_sets())]
    source = build("recorded", "recorder", {"store": "sqlite:////unused"}, Scrubber())
    given = source.read([document("rollouts", courses), document("replicasets", sets)], WINDOW)
    facts = merge(each for each in given if isinstance(each, Event))
    (rollout,) = [each for each in rollouts(facts) if each.keys.version == "1.1.0"]
    assert [(fact.kind, fact.best.at, fact.best.description) for fact in rollout.holds] == [
        (Kind.ROLLOUT_PAUSED, at(112), "CanaryPauseStep"),
        (Kind.ROLLOUT_RESUMED, at(171), ""),
        (Kind.ROLLOUT_PAUSED, at(200), ""),
        (Kind.ROLLOUT_ABORTED, at(240), "errors"),
    ]
    assert rollout.started.best.subject.workload == "Rollout/web"
