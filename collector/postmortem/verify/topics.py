"""What people write about, and the kinds of Events by which the evidence reports the same."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from collector.event import Kind
from collector.postmortem.verify.facts import PEAK


@dataclass(frozen=True, slots=True)
class Topic:
    """A thing that happens, by its words: the subject may stand in the part of the sentence before."""

    name: str
    subject: str
    """Name of one of SUBJECTS."""
    verb: re.Pattern[str] | None
    """None: any that no other topic of the subject has."""
    decides: frozenset[str]
    """If none of these happened then, the draft is wrong."""
    agrees: frozenset[str] = frozenset()
    """If one of these happened then, that may be what is meant."""
    side: str = ""
    """`from` or `to`: of a span of time it is this end."""


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


SUBJECTS = {
    "rollback": _words(
        r"roll(?:s|ed|ing)?[- ]?back|rollbacks?|revert(?:s|ed|ing)?|backed out|undo|undid|roll(?:s|ed|ing)? .{1,40}? back|back (?:to|on) v?[0-9][\w.-]*"
    ),
    "deploy": _words(
        r"(?:re)?deploy\w*|releas(?:e|es|ed|ing)|rollouts?|roll(?:s|ed|ing)? out|rolled|ship(?:s|ped|ping)?|upgrad(?:e|es|ed|ing)"
        r"|went live|pushed|CI/CD|pipeline|canary|canaries|restart(?:s|ed|ing)? of"
    ),
    "alert": _words(
        r"alert(?:s|ed|ing)?|paged|pages?(?= (?:for|from|fir|c[ao]me|received|goes|went|about|auto|resolv|clear))|paging|pager|alarms?|pagerduty|opsgenie"
    ),
    "errors": _words(
        r"5xx\w*|500s|50[0-4]s?|errors?|error[- ]rates?|(?:failure|error|5xx) (?:rate|ratio)|fail(?:ed|ing) requests"
        r"|requests (?:were |are )?(?:failing|fail)|(?:failed|failing) (?:payments|calls|responses|logins|checkouts|orders)|latenc(?:y|ies)|slow requests"
    ),
    "pods": _words(r"pods?|replicas?|containers?|instances?"),
    "node": _words(r"nodes?|machines?|VMs?"),
    "config": _words(r"config\w*|settings?"),
    "flag": _words(r"(?:feature[- ])?(?:flags?|toggles?)"),
    "traffic": _words(r"traffic|throughput"),
    "incident": _words(r"incident|outage|impact|disruption|degradation|downtime|duration"),
    "change": _words(r"merged|appl(?:y|ies|ied)|go(?:es|ing)? out|went out|promoted|installed|bumped|PR|pull request"),
}
_MENTAL = _words(
    r"identif\w+|pin(?:s|ned|points?|pointed)?|suspect\w*|point(?:s|ed|ing)? (?:at|to)|blam\w+|correlat\w+|f[io]u?nds?|reali[sz]\w+|notic\w+|decid\w+"
    r"|decisions?|discuss\w*|consider\w*|think\w*|thought|reports?|reported|confirm\w*|asks?|asked|check(?:s|ed|ing)?|sees?|saw|investigat\w+|look\w*|believ\w+"
    r"|discover\w*|conclud\w+|determin\w+|prepar\w+|agree\w*|propos\w+|suggest\w*|announc\w+|wait\w*|merged?|merging|PRs?|pull requests?|review\w*"
)
"""What people do with a deploy when they do not deploy."""
_IDENTIFIED = _words(
    r"identif\w+|pin(?:s|ned|points?|pointed)|(?:as|is) the (?:root )?cause|root cause (?:is )?found|culprit (?:is )?found"
)
_START = _words(
    r"start(?:s|ed|ing)?|beg[aiu]n(?:s|ning)?|initiat\w+|kick(?:s|ed|ing)? off|trigger(?:s|ed|ing)?|launch\w*|goes out|went out|sets? off"
)
_DONE = _words(
    r"complet\w*|finish\w*|done|succeed\w*|success\w*|fully|concluded|over|ended|everywhere|was out|live|went live|restored"
)
_FAILED = _words(r"fail(?:s|ed|ing|ure)?|stuck|abort\w*|timed out|error(?:s|ed) out|broke")
_FIRE = _words(
    r"fir(?:e|es|ed|ing)|trigger\w*|went off|goes off|gone off|paged?|pages|paging|rang|kick(?:s|ed) in|came in|comes in|alerted|raised|notif\w+"
    r"|woke|opened|tripped|received|start(?:s|ed)"
)
_CLEAR = _words(
    r"resolv\w*|clear(?:s|ed|ing)?|recover\w*|clos(?:e|es|ed)|stop(?:s|ped)? firing|went quiet|turned green|ended|over"
)
_RISE = _words(
    r"r[io]se(?:s|n)?|rising|climb\w*|increas\w*|jump\w*|spik(?:e|es|ed|ing)|shot up|shoot(?:s|ing)? up|went up|goes up|surg\w+|beg[aiu]n\w*"
    r"|start(?:s|ed|ing)?|first (?:seen|appear\w*)|appear(?:s|ed)?|elevated|soar\w*|grew|onset|jumped"
)
_FALL = _words(
    r"f[ae]ll(?:s|en|ing)?|drop(?:s|ped|ping)?|recover\w*|back (?:to|at|down|under|below)|return(?:s|ed|ing)?|normal\w*|subsid\w+|decreas\w*|went down"
    r"|ceas\w+|stop(?:s|ped)?|disappear\w*|ended|gone|declin\w+|healthy|baseline"
)
_LOW = _words(r"f[ae]ll(?:s|en|ing)?|drop(?:s|ped|ping)?|went down|declin\w+|lost|dip\w*")
_BACK = _words(r"r[io]se|recover\w*|back (?:to|at|up)|return(?:s|ed)?|normal\w*")
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
    Topic("rollback starts", "rollback", _START, _BACK_STARTED, side="from"),
    Topic("rollback is complete", "rollback", _DONE, _BACK_DONE, _REPLACED, side="to"),
    Topic("rollback fails", "rollback", _FAILED, _NOT_DONE),
    Topic("rollback", "rollback", None, _BACK_STARTED | _BACK_DONE | _NOT_DONE),
    Topic("deploy starts", "deploy", _START, _STARTED, side="from"),
    Topic("deploy is complete", "deploy", _DONE, _COMPLETED, _REPLACED, side="to"),
    Topic("deploy fails", "deploy", _FAILED, _NOT_DONE),
    Topic("deploy is paused", "deploy", _words(r"paus\w+|held"), frozenset({Kind.ROLLOUT_PAUSED})),
    Topic(
        "deploy",
        "deploy",
        None,
        _STARTED | _COMPLETED | _NOT_DONE,
        frozenset({Kind.ROLLOUT_PAUSED, Kind.ROLLOUT_RESUMED}),
    ),
    Topic("alert fires", "alert", _FIRE, frozenset({Kind.ALERT_FIRING}), side="from"),
    Topic("alert is resolved", "alert", _CLEAR, frozenset({Kind.ALERT_RESOLVED}), side="to"),
    Topic("alert", "alert", None, frozenset({Kind.ALERT_FIRING, Kind.ALERT_RESOLVED}), frozenset({Kind.ALERT_PENDING})),
    Topic("errors rise", "errors", _RISE, frozenset({Kind.ERRORS_ROSE, Kind.LATENCY_ROSE}), side="from"),
    Topic("errors fall", "errors", _FALL, frozenset({Kind.ERRORS_FELL, Kind.LATENCY_FELL}), side="to"),
    Topic("errors peak", "errors", _words(r"peak\w*|at most|maximum|highest"), frozenset(), frozenset({PEAK})),
    Topic(
        "errors",
        "errors",
        None,
        frozenset(),
        frozenset({Kind.ERRORS_ROSE, Kind.ERRORS_FELL, Kind.LATENCY_ROSE, Kind.LATENCY_FELL, PEAK}),
    ),
    Topic(
        "change",
        "change",
        None,
        frozenset(),
        _STARTED | _COMPLETED | frozenset({Kind.ROLLBACK_STARTED, Kind.CONFIG_CHANGED}),
    ),
    Topic("traffic falls", "traffic", _LOW, frozenset({Kind.TRAFFIC_FELL}), side="from"),
    Topic("traffic returns", "traffic", _BACK, frozenset({Kind.TRAFFIC_ROSE}), side="to"),
    Topic(
        "pods are ready",
        "pods",
        _words(r"ready|health\w*|pass(?:es|ed|ing)?|up|running"),
        frozenset({Kind.POD_READY}),
        frozenset({Kind.POD_RECOVERED, Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED}),
    ),
    Topic(
        "pods are stopped",
        "pods",
        _words(r"terminat\w*|stopp\w*|delet\w*|remov\w*|kill\w*|evict\w*|gone"),
        frozenset({Kind.POD_TERMINATED, Kind.POD_EVICTED}),
        frozenset({Kind.ROLLOUT_COMPLETED, *_DEATHS}),
    ),
    Topic(
        "pods are replaced",
        "pods",
        _words(r"replac\w*|recreat\w*"),
        frozenset({Kind.POD_TERMINATED}),
        frozenset({Kind.POD_SCHEDULED, Kind.ROLLOUT_COMPLETED}),
    ),
    Topic(
        "pods crash", "pods", _words(r"crash\w*|died?|dying|exit\w*|restarting|OOM\w*|out of memory|memory"), _DEATHS
    ),
    Topic(
        "pods cannot start",
        "pods",
        _words(r"pending|schedul\w*|unschedulable|mount\w*|pull\w*|cannot|could not|start"),
        _CANNOT,
    ),
    Topic(
        "node is lost",
        "node",
        _words(r"not ready|notready|lost|down|fail\w*|died|gone|terminat\w*|vanish\w*|unreachable"),
        frozenset({Kind.NODE_NOT_READY}),
        frozenset({Kind.NODE_CHANGED, Kind.NODE_DRAINED}),
    ),
    Topic(
        "node is drained",
        "node",
        _words(r"drain\w*|cordon\w*"),
        frozenset({Kind.NODE_DRAINED}),
        frozenset({Kind.NODE_CHANGED}),
    ),
    Topic(
        "nodes are added",
        "node",
        _words(r"add(?:s|ed|ing)?|join\w*|new|came up"),
        frozenset(),
        frozenset({Kind.NODE_CHANGED, Kind.NODE_READY}),
    ),
    Topic("scaling", "pods", _words(r"scal(?:e|es|ed|ing)"), frozenset({Kind.SCALED})),
    Topic(
        "configuration changes",
        "config",
        _words(r"chang\w*|edit\w*|updat\w*|appl\w+|modif\w+"),
        frozenset({Kind.CONFIG_CHANGED}),
    ),
    Topic(
        "flag changes",
        "flag",
        _words(r"turn\w*|flip\w*|enabl\w*|disabl\w*|switch\w*|toggl\w*"),
        frozenset({Kind.FLAG_CHANGED}),
    ),
    Topic("incident begins", "incident", _START, frozenset(), _EFFECTS | _STARTED, side="from"),
    Topic(
        "incident ends",
        "incident",
        _words(r"resolv\w*|end(?:s|ed)?|over|mitigat\w*|closed"),
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
_PHASE = re.compile(
    r"^\W*(?:(?:incident|issue|outage|impact)\s+)?(started|detected|identified|mitigated|resolved)\b\W*(?:at\b)?\W*$",
    re.IGNORECASE,
)


def subjects(text: str) -> frozenset[str]:
    """What a part of a sentence is about."""
    found = {name for name, pattern in SUBJECTS.items() if pattern.search(text)}
    # A rollback is rolled out too.
    return frozenset(found - {"deploy"} if "rollback" in found else found)


def topics(text: str, carried: frozenset[str]) -> list[Topic]:
    """What happens in a part of a sentence; `carried` is what the parts before it are about."""
    phase = _PHASE.match(text)
    if phase:
        return [PHASES[phase[1].lower()]]
    own = subjects(text)
    found = list(_matching(text, own))
    if not found and not own:
        found = [topic for topic in _matching(text, carried) if topic.verb]
    if _MENTAL.search(text):
        found = [topic if topic.verb else mild(topic) for topic in found]
        found += [PHASES["identified"]] if _IDENTIFIED.search(text) else []
    return found


def mild(topic: Topic) -> Topic:
    """The same, where nothing that differs makes the draft wrong."""
    return replace(topic, decides=frozenset(), agrees=topic.decides | topic.agrees)


def implied(text: str) -> list[Topic]:
    """What happens to a service, where no word says what: `payments starts to fail`, `storefront recovers`."""
    return [mild(topic) for topic in _matching(text, frozenset({"errors", "pods"})) if topic.verb]


def _matching(text: str, about: frozenset[str]) -> Iterator[Topic]:
    for subject in sorted(about):
        ours = [topic for topic in TOPICS if topic.subject == subject]
        named = [topic for topic in ours if topic.verb and topic.verb.search(text)]
        yield from named or [topic for topic in ours if not topic.verb]
