"""The table of topics, with the kinds of Events by which the evidence reports each."""

from collector.event import Kind
from collector.postmortem.verify import vocabulary_german as german
from collector.postmortem.verify.facts import PEAK
from collector.postmortem.verify.topic import Topic
from collector.postmortem.verify.vocabulary import BACK, CLEAR, DONE, FAILED, FALL, FIRE, LOW, RISE, START, words

_STARTED = frozenset(
    {
        Kind.DEPLOY_STARTED,
        Kind.ROLLOUT_STARTED,
        Kind.RUN_STARTED,
        Kind.DEPLOY_REQUESTED,
        Kind.DEPLOY_APPROVED,
        Kind.DEPLOY_WAITING,
    }
)
_COMPLETED = frozenset({Kind.ROLLOUT_COMPLETED, Kind.DEPLOY_SUCCEEDED, Kind.RUN_SUCCEEDED})
_NOT_DONE = frozenset(
    {Kind.DEPLOY_FAILED, Kind.RUN_FAILED, Kind.ROLLOUT_STUCK, Kind.ROLLOUT_ABORTED, Kind.DEPLOY_CANCELLED}
)
_REPLACED = frozenset({Kind.POD_READY, Kind.POD_TERMINATED})
_BACK_STARTED = _STARTED | {Kind.ROLLBACK_STARTED}
_BACK_DONE = _COMPLETED | {Kind.ROLLBACK_COMPLETED}
_DEATHS = frozenset({Kind.POD_CRASHED, Kind.POD_CRASH_LOOP, Kind.POD_KILLED, Kind.POD_OOM_KILLED})
_CANNOT = frozenset({Kind.POD_UNSCHEDULABLE, Kind.POD_START_FAILED, Kind.POD_IMAGE_FAILED, Kind.POD_NOT_READY})
_SEEN = frozenset({Kind.ALERT_FIRING, Kind.NOTE, Kind.ANNOTATION, "phase detected"})
_EFFECTS = frozenset(
    {
        Kind.ERRORS_ROSE,
        Kind.LATENCY_ROSE,
        Kind.TRAFFIC_FELL,
        Kind.ALERT_FIRING,
        "phase started",
        *_DEATHS,
        *_CANNOT,
        Kind.NODE_NOT_READY,
    }
)
_ENDS = frozenset(
    {
        Kind.ERRORS_FELL,
        Kind.LATENCY_FELL,
        Kind.TRAFFIC_ROSE,
        Kind.ALERT_RESOLVED,
        "phase resolved",
        "phase mitigated",
        Kind.ROLLBACK_COMPLETED,
        Kind.NOTE,
    }
)

TOPICS = (
    Topic("rollback starts", "rollback", START, _BACK_STARTED, side="from"),
    Topic("rollback is complete", "rollback", DONE, _BACK_DONE, _REPLACED, side="to"),
    Topic("rollback fails", "rollback", FAILED, _NOT_DONE),
    Topic("rollback", "rollback", None, _BACK_STARTED | _BACK_DONE | _NOT_DONE),
    Topic("deploy starts", "deploy", START, _STARTED, side="from"),
    Topic("deploy is complete", "deploy", DONE, _COMPLETED, _REPLACED, side="to"),
    Topic("deploy fails", "deploy", FAILED, _NOT_DONE),
    Topic("deploy is paused", "deploy", words(r"paus\w+|held"), frozenset({Kind.ROLLOUT_PAUSED})),
    Topic(
        "deploy",
        "deploy",
        None,
        _STARTED | _COMPLETED | _NOT_DONE,
        frozenset({Kind.ROLLOUT_PAUSED, Kind.ROLLOUT_RESUMED}),
    ),
    Topic("alert fires", "alert", FIRE, frozenset({Kind.ALERT_FIRING}), side="from"),
    Topic("alert is resolved", "alert", CLEAR, frozenset({Kind.ALERT_RESOLVED}), side="to"),
    Topic("alert", "alert", None, frozenset({Kind.ALERT_FIRING, Kind.ALERT_RESOLVED}), frozenset({Kind.ALERT_PENDING})),
    Topic("errors rise", "errors", RISE, frozenset({Kind.ERRORS_ROSE, Kind.LATENCY_ROSE}), side="from"),
    Topic("errors fall", "errors", FALL, frozenset({Kind.ERRORS_FELL, Kind.LATENCY_FELL}), side="to"),
    Topic("errors peak", "errors", words(r"peak\w*|highest|höchst\w*|maximum|Spitzen?(?:wert)?"), frozenset({PEAK})),
    Topic(
        "errors",
        "errors",
        None,
        frozenset(),
        frozenset({Kind.ERRORS_ROSE, Kind.ERRORS_FELL, Kind.LATENCY_ROSE, Kind.LATENCY_FELL, PEAK}),
    ),
    Topic(
        "change goes out",
        "change",
        words(r"go(?:es|ing)? out|went out|promoted|installed"),
        _STARTED | _COMPLETED,
        frozenset({Kind.ROLLBACK_STARTED, Kind.CONFIG_CHANGED}),
    ),
    Topic(
        "change",
        "change",
        None,
        frozenset(),
        _STARTED | _COMPLETED | frozenset({Kind.ROLLBACK_STARTED, Kind.CONFIG_CHANGED}),
    ),
    Topic("traffic falls", "traffic", LOW, frozenset({Kind.TRAFFIC_FELL}), side="from"),
    Topic("traffic returns", "traffic", BACK, frozenset({Kind.TRAFFIC_ROSE}), side="to"),
    Topic(
        "pods are ready",
        "pods",
        words(r"ready|health\w*|pass(?:es|ed|ing)?|up|running", german.READY),
        frozenset({Kind.POD_READY}),
        frozenset({Kind.POD_RECOVERED, Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED}),
    ),
    Topic(
        "pods are stopped",
        "pods",
        words(r"terminat\w*|stopp\w*|delet\w*|remov\w*|kill\w*|evict\w*|gone", german.STOPPED),
        frozenset({Kind.POD_TERMINATED, Kind.POD_EVICTED}),
        frozenset({Kind.ROLLOUT_COMPLETED, Kind.NODE_NOT_READY, *_DEATHS}),
    ),
    Topic(
        "pods are replaced",
        "pods",
        words(r"replac\w*|recreat\w*"),
        frozenset({Kind.POD_TERMINATED}),
        frozenset({Kind.POD_SCHEDULED, Kind.ROLLOUT_COMPLETED}),
    ),
    Topic(
        "pods crash",
        "pods",
        words(r"crash\w*|died?|dying|exit\w*|restarting|OOM\w*|out of memory|memory", german.CRASH),
        _DEATHS,
    ),
    Topic(
        "pods cannot start",
        "pods",
        words(r"pending|schedul\w*|unschedulable|mount\w*|pull\w*|cannot|could not|start"),
        _CANNOT,
    ),
    Topic(
        "node is lost",
        "node",
        words(
            r"not ready|notready|lost|down|fail\w*|died|gone|terminat\w*|vanish\w*|unreachable|went away"
            r"|disappear\w*|offline",
            german.LOST,
        ),
        frozenset({Kind.NODE_NOT_READY}),
        frozenset({Kind.NODE_CHANGED, Kind.NODE_DRAINED}),
    ),
    Topic(
        "node is drained",
        "node",
        words(r"drain\w*|cordon\w*"),
        frozenset({Kind.NODE_DRAINED}),
        frozenset({Kind.NODE_CHANGED}),
    ),
    Topic(
        "nodes are added",
        "node",
        words(r"add(?:s|ed)?|join\w*|came up|come up"),
        frozenset({Kind.NODE_CHANGED, Kind.NODE_READY}),
    ),
    Topic("nodes are new", "node", words(r"new|adding"), frozenset(), frozenset({Kind.NODE_CHANGED, Kind.NODE_READY})),
    Topic("scaling", "pods", words(r"scal(?:e|es|ed|ing)", german.SCALE), frozenset({Kind.SCALED})),
    Topic(
        "configuration changes",
        "config",
        words(r"chang\w*|edit\w*|updat\w*|appl\w+|modif\w+", german.CHANGE),
        frozenset({Kind.CONFIG_CHANGED}),
    ),
    Topic(
        "flag changes",
        "flag",
        words(r"turn\w*|flip\w*|enabl\w*|disabl\w*|switch\w*|toggl\w*", german.SWITCH),
        frozenset({Kind.FLAG_CHANGED}),
    ),
    Topic("incident begins", "incident", START, frozenset(), _EFFECTS | _STARTED, side="from"),
    Topic(
        "incident ends",
        "incident",
        words(r"resolv\w*|end(?:s|ed)?|over|mitigat\w*|closed", german.END),
        frozenset(),
        _ENDS,
        side="to",
    ),
    Topic("incident", "incident", None, frozenset(), _EFFECTS | _STARTED | _ENDS),
)
PHASES = {
    "started": Topic("started", "", None, frozenset({"phase started"}), _EFFECTS),
    "detected": Topic("detected", "", None, frozenset({"phase detected"}), _SEEN),
    "identified": Topic(
        "identified", "", None, frozenset({"phase identified"}), frozenset({Kind.NOTE, Kind.ANNOTATION})
    ),
    "mitigated": Topic("mitigated", "", None, frozenset({"phase mitigated"}), _ENDS),
    "resolved": Topic("resolved", "", None, frozenset({"phase resolved"}), _ENDS),
}
SPANS = {
    "from": (Topic("started", "", None, frozenset({"phase started"}), _EFFECTS | _STARTED),),
    "to": (PHASES["mitigated"], PHASES["resolved"]),
}
"""The topics at the two ends of the time range of an incident."""
