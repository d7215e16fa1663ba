"""The words with which people describe what happens."""

import re

from collector.postmortem.verify import vocabulary_german as german


def words(*patterns: str) -> re.Pattern[str]:
    """A pattern that matches any of these as whole words, ignoring case."""
    return re.compile(rf"\b(?:{'|'.join(filter(None, patterns))})\b", re.IGNORECASE)


_NO_COMPOUND = (
    r"(?![- ](?:groups?|pools?|types?|class(?:es)?|templates?|profiles?|metadata|registr(?:y|ies)|images?|runtimes?"
    r"|disruption|budgets?|security|quotas?|limits?|lag|sets?)\b)"
)
"""Not before a noun that the word only qualifies: `instance group`, `container registry`, `pod disruption budget`."""
_SUBJECTS = {
    "rollback": (
        r"roll(?:s|ed|ing)?[- ]?back|rollbacks?|revert(?:s|ed|ing)?|backed out|und(?:o(?:es|ing)?|id|one)|roll(?:s|ed"
        r"|ing)? .{1,40}? back|t(?:ake|akes|ook|aken|aking) (?:\w+ ){0,4}?back"
        r"|(?:on|at|with|runs?|running) v?[0-9]+\.[0-9][\w.-]* again|again (?:on|at|with) v?[0-9]+\.[0-9][\w.-]*"
        r"|back (?:to|on) v?[0-9](?:[\w.-]*\w)?(?![\w-]|[.]\w|\s?%|\sper)"
    ),
    "deploy": (
        r"(?:re)?deploy\w*|releas(?:e|es|ed|ing)|rollouts?|roll(?:s|ed|ing)? out|rolled|ship(?:s|ped"
        r"|ping)?|upgrad(?:e|es|ed|ing)"
        r"|(?:run|build|pipeline) #?[0-9]+(?= (?:(?:was|is|has|had|then) )?"
        r"(?:fail|succe|complet|finish|gave|start|end|abort))"
        r"|(?-i:CI|Jenkins)(?= (?:fail|succe|complet|finish|gave|gives|abort|report|show|mark))"
        r"|went live|pushed|CI/CD|pipeline|canary|canaries|restart(?:s|ed|ing)?(?= of|\s{4,})"
    ),
    "alert": (
        r"alert(?:s|ed|ing)?|paged|pages?(?= (?:for|from|fir|c[ao]me|received|goes|went|about|auto"
        r"|resolv|clear))|paging|pager|alarms?|pagerduty|opsgenie|fir(?:es|ed|ing)(?! up)"
    ),
    "errors": (
        r"5xx\w*|500s|50[0-4]s?|errors?|error[- ]rates?|(?:failure|error|5xx) (?:rate|ratio)|fail(?:ed|ing) requests"
        r"|requests (?:were |are )?(?:failing|fail)|(?:failed|failing) (?:payments|calls|responses"
        r"|logins|checkouts|orders)"
        r"|fail(?:s|ed|ing)? (?:from|between|since|until|till)|back (?:to|at|down to|under|below) [0-9.,]+\s?(?:%|per)"
        r"|latenc(?:y|ies)|slow requests|peak\w*(?=(?:\s\w+){0,3}\s[0-9.,]+\s?%)|(?:fast|responsive) again"
    ),
    "pods": (
        rf"OOM\w*|autoscal\w+|(?:pods?|replicas?|containers?|instances?){_NO_COMPOUND}"
        r"|scal(?:es|ed|ing)(?= (?:it|them|up|down|out|to|from)\b)"
    ),
    "node": (r"nodes?|machines?|VMs?|workers?|(?-i:NotReady)"),
    "config": (r"config\w*|settings?"),
    "flag": (r"(?:feature[- ])?(?:flags?|toggles?)"),
    "traffic": (r"traffic|throughput"),
    "incident": (
        r"incident|outage|impact|disruption|degradation|degraded|downtime|duration"
        r"|(?:was|were) (?:completely |partially |mostly )?"
        r"(?:down|unavailable|overloaded|unreachable|unresponsive|offline)"
        r"|(?:nobody|no one|users|customers) (?:could|can|was able|were able)"
        r"|(?:was|were|is|are) unable to|(?:not|n't) work\w*"
        r"|(?:users?|customers?) (?:(?:were|was|are|is) )?affected"
        r"|start (?:\u2192|->|to|and|/|-|\u2013) end"
    ),
    "recovery": (
        r"(?:services?|site|system|platform|website|shop|app|application|product|everything) "
        r"(?:(?:has|had|was|were|is) )?(?:(?:fully|completely|slowly) )?"
        r"(?:recover\w*|back(?! to [0-9])(?: to normal| up| online)?|restored"
        r"|(?:working|healthy) again)"
    ),
    "restart": r"restart(?:s|ed|ing)?",
    "change": (r"merged|appl(?:y|ies|ied)|go(?:es|ing)? out|went out|promoted|installed|bumped|PR|pull request"),
}
SUBJECTS = {name: words(pattern, german.SUBJECTS.get(name, "")) for name, pattern in _SUBJECTS.items()}
MENTAL = words(
    r"identif\w+|pin(?:s|ned|points?|pointed)?|suspect\w*|point(?:s|ed|ing)? (?:at|to)|blam\w+"
    r"|correlat\w+|f[io]u?nds?|reali[sz]\w+|notic\w+|decid\w+"
    r"|wr[io]tes?|written|posts?|posted|says?|said|messages?|messaged"
    r"|decisions?|discuss\w*|consider\w*|think\w*|thought|reports?|reported|confirm\w*|asks?|asked"
    r"|check(?:s|ed|ing)?|sees?|saw|investigat\w+|look\w*|believ\w+"
    r"|discover\w*|conclud\w+|determin\w+|prepar\w+|agree\w*|propos\w+|suggest\w*|announc\w+|wait\w*"
    r"|answer\w*|repl(?:y|ies|ied)|explain\w*|tells?|told|mention(?:s|ed)|admit\w*|warn\w*"
    r"|merge[sd]?|merging|PRs?|pull requests?|review\w*",
    german.MENTAL,
)
"""Words for what people do about a deploy other than deploying."""
IDENTIFIED = words(
    r"identif\w+|pin(?:s|ned|points?|pointed)|(?:as|is) the (?:root )?cause|root cause (?:is )?found"
    r"|culprit (?:is )?found",
    german.IDENTIFIED,
)
_IS_OVER = r"over(?!\s(?:the|its|our|an?|[\w.-]*[0-9][\w.-]*)\b)"
"""Not before what is replaced, or exceeded: `shipped 1.5.0 over 1.4.9`, `over 40% failed`."""
LEAVES_NORMAL = words(
    r"(?:leav(?:es?|ing)|left|depart(?:s|ed)? from|above|beyond|away from|no longer) (?:(?:its|the|their|at|back to) )?"
    r"(?:normal\w*|healthy|baseline)"
)
"""The beginning of trouble, in words for its end: `leaves its baseline`."""
START = words(
    r"start(?:s|ed|ing)?|beg[aiu]n(?:s|ning)?|initiat\w+|kick(?:s|ed|ing)? off|trigger(?:s|ed|ing)?"
    r"|launch\w*|goes out|went out|sets? off",
    german.START,
)
DONE = words(
    rf"complet\w*|finish\w*|done|succeed\w*|success\w*|fully|concluded|{_IS_OVER}|ended|everywhere|was out"
    r"|live|went live|restored|work(?:s|ed)|(?:got|went|was|is) through",
    german.DONE,
)
FAILED = words(r"fail(?:s|ed|ing|ure)?|g[ia]ves? up|stuck|abort\w*|timed out|error(?:s|ed) out|broke", german.FAILED)
FIRE = words(
    r"fir(?:e|es|ed|ing)|trigger\w*|went off|goes off|gone off|paged?|pages|paging|rang|kick(?:s|ed) in"
    r"|came in|comes in|alerted|raised|notif\w+"
    r"|woke|opened|tripped|received|start(?:s|ed)",
    german.FIRE,
)
CLEAR = words(
    r"resolv\w*|clear(?:s|ed|ing)?|recover\w*|clos(?:e|es|ed)|stop(?:s|ped)? firing|went quiet"
    rf"|turned green|ended|{_IS_OVER}|w[eo]nt away|goes away|gone(?! off)|disappear\w*|stopped",
    german.CLEAR,
)
RISE = words(
    r"r[io]se(?:s|n)?|rising|climb\w*|increas\w*|jump\w*|spik(?:e|es|ed|ing)|shot up|shoot(?:s|ing)? up"
    r"|went up|goes up|surg\w+|beg[aiu]n\w*"
    r"|start(?:s|ed|ing)?|first (?:seen|appear\w*)|appear(?:s|ed)?|elevated|soar\w*|grew|onset|jumped",
    german.RISE,
)
FALL = words(
    r"f[ae]ll(?:s|en|ing)?|drop(?:s|ped|ping)?|recover\w*|back (?:to|at|down|under|below)|return(?:s|ed"
    r"|ing)?(?! (?:5[0-9x]{2}|errors?|an error|HTTP|status))|normal\w*|subsid\w+|decreas\w*|went down"
    r"|ceas\w+|stop(?:s|ped)?|disappear\w*|ended|gone|declin\w+|healthy|baseline"
    r"|(?:fast|responsive) again",
    german.FALL,
)
LOW = words(r"f[ae]ll(?:s|en|ing)?|drop(?:s|ped|ping)?|went down|declin\w+|lost|dip\w*")
BACK = words(r"r[io]se|recover\w*|back (?:to|at|up)|return(?:s|ed)?|normal\w*")
