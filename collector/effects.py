"""How much a story cost: users first, then pods. A table of measures gives the weights that rules compare."""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from collector.event import Kind
from collector.merge import Occurrence
from collector.stories.pods import deaths, pods
from collector.stories.story import Step, Story, StoryType
from collector.window import Window

LASTING = timedelta(minutes=1)
"""Pod trouble shorter than this is normal in any cluster."""
_VAGUE = timedelta(minutes=10)
"""If an occurrence's interval is wider than this, only its best time decides whether it is in the window."""
_LONGEST_WAIT = timedelta(minutes=5)
"""Longest back-off of the kubelet before it restarts a container. In a crash loop that lasts longer, the container
died several times, even if no source counted."""
_SIGNS = (Step.STUCK, Step.ABORTED, Step.FAILED)
_INFRASTRUCTURE = ("-exporter", "node-exporter", "kube-state-metrics", "kubelet", "prometheus-operator")
_LOW_SEVERITIES = {"info": 4.0, "none": 0.0, "informational": 4.0, "debug": 0.0}
_HIGH_SEVERITIES = frozenset({"critical", "page", "pager", "emergency", "error", "high", "p1", "sev1", "major"})
_HEARTBEATS = frozenset({"watchdog", "deadmansswitch", "deadmanssnitch", "infoinhibitor"})


class Measure(Struct, frozen=True):
    """The weight of one sort of effect: 100 is an outage of a service."""

    name: str
    applies: Callable[[Story], bool]
    weight: Callable[[Story], float]
    because: str


def weight(story: Story, window: Window) -> float:
    """The cost of the story in the window; 0 if it cost nothing by itself."""
    if story.type == StoryType.DEPLOY:
        signs = [one for step in _SIGNS for one in story.at(step)]
        signs += story.at(Step.STARTED) if story.rolls_back else ()
        if not any(in_window(one, window) for one in signs):
            return 0
    elif not window.overlaps(story.first.best.earliest, last_seen(story, window)):
        return 0
    return max((measure.weight(story) for measure in MEASURES if measure.applies(story)), default=0)


def in_window(one: Occurrence, window: Window) -> bool:
    """Whether it may have happened in the window; see `_VAGUE` for wide intervals."""
    best = one.best
    vague = best.latest - best.earliest > _VAGUE
    return window.overlaps(best.at, best.at) if vague else window.overlaps(best.earliest, best.latest)


def last_seen(story: Story, window: Window) -> datetime:
    """When it ended. Without an observed end, alerts, symptoms and unready nodes last until the end of the window."""
    if story.over:
        return max(story.over, story.since)
    if story.type in (StoryType.ALERT, StoryType.SYMPTOM) or story.manner == Kind.NODE_NOT_READY:
        return max(window.end, story.since)
    return story.until


def infrastructure(story: Story) -> bool:
    """Whether the service that an alert names is part of the monitoring, such as an exporter."""
    return any(name in story.service.name for name in _INFRASTRUCTURE)


def _number(story: Story, name: str, default: float = 0) -> float:
    return max((one.best.numbers.get(name, default) for one in story.occurrences()), default=default)


def _peak(story: Story) -> float:
    return min(1.0, max(_number(story, "after"), _number(story, "peak"), _number(story, "before")))


def _lost(story: Story) -> float:
    numbers = story.first.best.numbers
    high, low = sorted((numbers.get("before", 1), numbers.get("after", 0)), reverse=True)
    return 1 - low / high if high else 0


def _alert(story: Story) -> float:
    if story.about.lower().replace("-", "").replace("_", "") in _HEARTBEATS:
        return 0
    level = _LOW_SEVERITIES.get(story.manner, 60 if story.manner in _HIGH_SEVERITIES else 40)
    return level / 2 if infrastructure(story) else level


def _lasting(story: Story) -> bool:
    return (story.over or story.until) - story.since > LASTING or len(story.at(Step.STARTED)) > 2


def _is(type_: StoryType, *manners: str) -> Callable[[Story], bool]:
    return lambda story: story.type == type_ and (not manners or story.manner in manners)


def _dying(story: Story) -> float:
    died = max(deaths(story), int(_number(story, "count")), len(story.at(Step.STARTED)))
    looped = story.manner == Kind.POD_CRASH_LOOP and story.until - story.since > _LONGEST_WAIT
    return 50 if died >= 3 or looped else 14 * died


def _per_pod(base: float, each: float) -> Callable[[Story], float]:
    return lambda story: min(60, base + each * pods(story))


MEASURES = (
    Measure("errors", _is(StoryType.SYMPTOM, Kind.ERRORS_ROSE), lambda s: 40 + 60 * _peak(s), "requests failed"),
    Measure(
        "lost traffic", _is(StoryType.SYMPTOM, Kind.TRAFFIC_FELL), lambda s: 30 + 60 * _lost(s), "requests stopped"
    ),
    Measure("latency", _is(StoryType.SYMPTOM, Kind.LATENCY_ROSE), lambda s: 35 + 40 * _peak(s), "requests were slow"),
    Measure("alert", _is(StoryType.ALERT), _alert, "somebody decided that this is worth an alert"),
    Measure(
        "rollback", lambda s: s.type == StoryType.DEPLOY and s.rolls_back, lambda _: 60, "a version was taken back"
    ),
    Measure(
        "stuck rollout", lambda s: bool(s.type == StoryType.DEPLOY and s.at(Step.STUCK)), lambda _: 50, "no progress"
    ),
    Measure(
        "aborted rollout", lambda s: bool(s.type == StoryType.DEPLOY and s.at(Step.ABORTED)), lambda _: 50, "given up"
    ),
    Measure(
        "failed deploy", lambda s: bool(s.type == StoryType.DEPLOY and s.at(Step.FAILED)), lambda _: 24, "CI failed"
    ),
    Measure("crashes", _is(StoryType.PODS, Kind.POD_CRASHED, Kind.POD_CRASH_LOOP), _dying, "containers died"),
    Measure("out of memory", _is(StoryType.PODS, Kind.POD_OOM_KILLED), lambda s: max(20, _dying(s)), "containers died"),
    Measure("killed for a probe", _is(StoryType.PODS, Kind.POD_KILLED), _dying, "containers were killed"),
    Measure("evicted", _is(StoryType.PODS, Kind.POD_EVICTED), _per_pod(10, 5), "pods were taken away"),
    Measure("not ready", _is(StoryType.PODS, Kind.POD_UNREADY), _per_pod(4, 4), "pods left the Service"),
    Measure(
        "cannot start",
        _is(
            StoryType.PODS,
            Kind.POD_IMAGE_FAILED,
            Kind.POD_START_FAILED,
            Kind.POD_NOT_READY,
            Kind.POD_UNSCHEDULABLE,
        ),
        # Sources report a start failure that is over at once only as a warning, so POD_START_FAILED is never brief.
        lambda s: 45 if _lasting(s) or s.manner == Kind.POD_START_FAILED else 15,
        "pods that were wanted did not come",
    ),
    Measure("failed job", _is(StoryType.JOB), lambda _: 18, "work was not done"),
    Measure(
        "lost node", _is(StoryType.NODE, Kind.NODE_NOT_READY), lambda s: 30 if _lasting(s) else 12, "its pods are gone"
    ),
    Measure("scaled to zero", _is(StoryType.SCALING, "zero"), lambda _: 45, "nothing is left to serve"),
    Measure("deleted", _is(StoryType.DELETION), lambda _: 45, "nothing is left to serve"),
    Measure("no volume", _is(StoryType.VOLUME), lambda _: 30, "pods wait for it"),
)
