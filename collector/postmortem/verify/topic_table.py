"""The table of topics, with the kinds of Events by which the evidence reports each."""

from collector.event import Kind
from collector.postmortem.verify import vocabulary_german as german
from collector.postmortem.verify.facts import PEAK
from collector.postmortem.verify.topic import Topic
from collector.postmortem.verify.topic_kinds import (
    BACK_DONE,
    BACK_STARTED,
    COMPLETED,
    DEATHS,
    DETECTIONS,
    EFFECTS,
    ENDS,
    NOT_DONE,
    NOT_RUNNING,
    REPLACED,
    STARTED,
)
from collector.postmortem.verify.vocabulary import BACK, CLEAR, DONE, FAILED, FALL, FIRE, LOW, RISE, START, words

TOPICS = (
    Topic("rollback starts", "rollback", START, BACK_STARTED, side="from"),
    Topic("rollback is complete", "rollback", DONE, BACK_DONE, REPLACED, side="to"),
    Topic("rollback fails", "rollback", FAILED, NOT_DONE),
    Topic("rollback", "rollback", None, BACK_STARTED | BACK_DONE | NOT_DONE),
    Topic("deploy starts", "deploy", START, STARTED, side="from"),
    Topic("deploy is complete", "deploy", DONE, COMPLETED, REPLACED, side="to"),
    Topic("deploy fails", "deploy", FAILED, NOT_DONE),
    Topic("deploy is paused", "deploy", words(r"paus\w+|held"), frozenset({Kind.ROLLOUT_PAUSED})),
    Topic(
        "deploy",
        "deploy",
        None,
        STARTED | COMPLETED | NOT_DONE,
        frozenset({Kind.ROLLOUT_PAUSED, Kind.ROLLOUT_RESUMED}),
    ),
    Topic("alert fires", "alert", FIRE, frozenset({Kind.ALERT_FIRING}), side="from"),
    Topic("alert is resolved", "alert", CLEAR, frozenset({Kind.ALERT_RESOLVED}), side="to"),
    Topic(
        "alert is pending",
        "alert",
        words(r"pending|beg[aiu]n\w* to burn|starts? to burn|burning|condition|threshold"),
        frozenset(),
        frozenset({Kind.ALERT_PENDING, Kind.ALERT_FIRING, Kind.ERRORS_ROSE, Kind.LATENCY_ROSE}),
    ),
    Topic(
        "alert is silenced",
        "alert",
        words(r"silenc\w*|mut(?:e[sd]?|ing)|snooz\w*|acknowledg\w*|ack(?:s|ed)?", r"stummgeschaltet|quittiert\w*"),
        frozenset(),
        frozenset({Kind.SILENCE_STARTED, Kind.SILENCE_ENDED, Kind.ALERT_FIRING}),
    ),
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
    # A service, a pod or a container may restart, and not each restart has a row.
    Topic("restart", "restart", None, frozenset(), STARTED | COMPLETED | REPLACED | DEATHS),
    Topic(
        "change goes out",
        "change",
        words(r"go(?:es|ing)? out|went out|promoted|installed"),
        STARTED | COMPLETED,
        frozenset({Kind.ROLLBACK_STARTED, Kind.CONFIG_CHANGED}),
    ),
    Topic(
        "change",
        "change",
        None,
        frozenset(),
        STARTED | COMPLETED | frozenset({Kind.ROLLBACK_STARTED, Kind.CONFIG_CHANGED}),
    ),
    Topic(
        "recovery",
        "recovery",
        None,
        frozenset({Kind.ERRORS_FELL, Kind.LATENCY_FELL, Kind.TRAFFIC_ROSE, Kind.ALERT_RESOLVED, *COMPLETED}),
        frozenset({Kind.ROLLBACK_COMPLETED, Kind.POD_RECOVERED, *ENDS}),
        side="to",
    ),
    Topic("traffic falls", "traffic", LOW, frozenset({Kind.TRAFFIC_FELL}), side="from"),
    Topic("traffic returns", "traffic", BACK, frozenset({Kind.TRAFFIC_ROSE}), side="to"),
    Topic(
        "pods are ready",
        "pods",
        words(r"ready|health\w*|pass(?:es|ed|ing)?|up(?! to\b)|running", german.READY),
        frozenset({Kind.POD_READY}),
        frozenset({Kind.POD_RECOVERED, Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED}),
    ),
    Topic(
        "pods are stopped",
        "pods",
        words(r"terminat\w*|stopp\w*|delet\w*|remov\w*|kill\w*|evict\w*|gone", german.STOPPED),
        frozenset({Kind.POD_TERMINATED, Kind.POD_EVICTED}),
        frozenset({Kind.ROLLOUT_COMPLETED, Kind.NODE_NOT_READY, *DEATHS}),
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
        DEATHS,
    ),
    Topic(
        "pods cannot start",
        "pods",
        words(
            r"pending|schedul\w*|unschedulable|mount\w*|pull\w*|cannot|could not|start"
            r"|wait\w* for (?:an? |more |new )?(?:nodes?|room|capacity|machines?)"
        ),
        NOT_RUNNING,
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
    Topic("scaling", "pods", words(r"(?:auto)?scal(?:e|es|ed|ing)", german.SCALE), frozenset({Kind.SCALED})),
    Topic(
        "configuration changes",
        "config",
        words(r"chang\w*|edit\w*|updat\w*|appl\w+|modif\w+|put back|corrected", german.CHANGE),
        frozenset({Kind.CONFIG_CHANGED}),
    ),
    Topic(
        "flag changes",
        "flag",
        words(
            r"turn\w*|flip\w*|enabl\w*|disabl\w*|switch\w*|toggl\w*|(?:de)?activat\w*"
            r"|(?:on|off)(?=\W*$|\s(?:again|for|in|at|by)\b)",
            german.SWITCH,
        ),
        frozenset({Kind.FLAG_CHANGED}),
    ),
    Topic("incident begins", "incident", START, frozenset(), EFFECTS | STARTED, side="from"),
    Topic(
        "incident ends",
        "incident",
        words(r"resolv\w*|end(?:s|ed)?|over|mitigat\w*|closed", german.END),
        frozenset(),
        ENDS,
        side="to",
    ),
    Topic("incident", "incident", None, frozenset(), EFFECTS | STARTED | ENDS),
)
PHASES = {
    "started": Topic("started", "", None, frozenset({"phase started"}), EFFECTS),
    "detected": Topic("detected", "", None, frozenset({"phase detected"}), DETECTIONS),
    "identified": Topic(
        "identified", "", None, frozenset({"phase identified"}), frozenset({Kind.NOTE, Kind.ANNOTATION})
    ),
    "mitigated": Topic("mitigated", "", None, frozenset({"phase mitigated"}), ENDS),
    "resolved": Topic("resolved", "", None, frozenset({"phase resolved"}), ENDS),
}
SPANS = {
    "from": (Topic("started", "", None, frozenset({"phase started"}), EFFECTS | STARTED),),
    "to": (PHASES["mitigated"], PHASES["resolved"]),
}
"""The topics at the two ends of the time range of an incident."""
