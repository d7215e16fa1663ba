"""Patterns of the forms in which people write numbers and names."""

import re

NUMBER = r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
PERCENT = re.compile(
    rf"(?<![\w.,])(?:(?P<whole>[0-9]{{1,3}}),(?P<part>[0-9]{{1,2}})(?![0-9,.])|{NUMBER})\s?(?:%|percent\b|per cent\b)",
    re.IGNORECASE,
)
FRACTIONS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "two": 2, "three": 3, "four": 4}
FULL = 100
FRACTION = re.compile(
    r"\b(?:(?P<many>two|three|four)[ -]|an? |every |one |(?=half\b))(?P<part>half|thirds?|quarters?|fourth|fifths?)"
    r"(?= (?:of (?:all |the |its |our |all the )*)?(?:requests?|calls|responses|payments|logins|checkouts"
    r"|searches|orders)\b)",
    re.IGNORECASE,
)
"""`half of the calls`, `a third of requests`."""
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
"""Seconds by the first letter of a unit; `Stunde` counts as `h`."""
UNIT = (
    r"(?P<unit{0}>seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|Sekunden?|Sek|Minuten?|Stunden?|Std|[smhd])(?![\w/])"
)
DURATION = re.compile(
    rf"(?<![\w.,:/]){NUMBER}[\s-]?{UNIT.format('')}"
    rf"(?:,?\s?(?:and\s)?(?P<number2>[0-9]+)[\s-]?{UNIT.format('2')})?",
    re.IGNORECASE,
)
RATE = re.compile(
    rf"(?<![\w.,:/]){NUMBER}\s?(?:(?:HTTP )?(?:requests?|reqs?|calls|queries|Anfragen)\s?"
    r"(?:/\s?s(?:ec(?:ond)?)?\b|(?:per|a|each) second\b|(?:pro|je) Sekunde\b)"
    r"|(?:rps|qps|req/s)\b)",
    re.IGNORECASE,
)
SHARES_UNIT = re.compile(
    r"(?:\b(?:from|between|of)\s(?:about\s|around\s|roughly\s|some\s)?)(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?)"
    r"\s?(?:to|and|-|\u2013|->|\u2192|up to)\s?"
    r"(?:(?:about|around|over|more than|roughly|some|nearly|almost|as (?:much|many) as)\s)?$",
    re.IGNORECASE,
)
"""A number before one with a unit, which both share: `from 40 to 221 requests/s`."""
SHARED_UNIT = re.compile(
    r"\s(?:up )?to\s(?:about\s|around\s|over\s|more than\s|roughly\s|some\s|nearly\s|almost\s)?"
    r"(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?)(?![\w%:/]|[.,][0-9]|\s?(?:%|percent|per|requests|req|rps|pods|ms|s\b))",
    re.IGNORECASE,
)
FROM = re.compile(r"\bfrom\s(?:\w+\s){0,2}$", re.IGNORECASE)
STATUS = re.compile(r"[45][0-9]{2}s")
OF = re.compile(
    r"(?<![\w.,/])([0-9][0-9,]*)\s?(?:(?:pods|replicas|nodes|requests|calls|payments|responses|launches|logins|orders)\s"
    r"(?:(?:were |have |had )?(?:fail(?:ed|ing)|lost|rejected|affected)\s)?)?"
    r"(?:of|out of|von|/)\s?(?:a total of\s)?(?:the\s)?([0-9][0-9,]*)(?![\w/%:]|[.]\w|\s(?:services|namespaces))"
)
OF_GERMAN = re.compile(
    r"(?<![\w.,/])([0-9]{1,3}(?:\.[0-9]{3})*) von (?:den )?([0-9]{1,3}(?:\.[0-9]{3})+) (Anfragen|Aufrufen?)\b"
)
"""`9.375 von 24.868 Anfragen`: a dot between thousands."""
SPELLED = {
    name: number
    for number, name in enumerate(
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 2
    )
}
COUNT = re.compile(
    rf"(?<![\w.,/:#-])(?:at least\s)?([0-9][0-9,]*|(?:{'|'.join(SPELLED)})\b)(?![\w.:/%-])\s"
    r"(?:of (?:the|our|its)\s)?(?:[a-z\0-]+\s){0,2}?"
    r"(pods?|replicas?|instances?|nodes?|machines?|workers?|requests?|calls?|responses?|payments?|logins?|launches"
    r"|times|containers?|services|restarts?|Knoten|Anfragen|Aufrufe)\b",
    re.IGNORECASE,
)
SCALED_TO = re.compile(
    r"\bscal(?:e|es|ed|ing)\s(?:[^\s.;,]+\s){0,4}?to\s(?P<number>[0-9]{1,4})"
    r"(?![\w%:/]|[.,][0-9]|\s?(?:%|of|cores?|[GM]i?B?)\b)",
    re.IGNORECASE,
)
"""`scaled the workers up to 12`."""
OF_THEM = re.compile(r"(?<![\w.,/])([0-9][0-9,]{2,}) (?:of (?:them|these|those)|davon)\b", re.IGNORECASE)
_REQUESTS = r"requests|calls|responses|payments|logins|launches|orders|Anfragen"
REQUESTS = re.compile(rf"\b(?:{_REQUESTS})\b", re.IGNORECASE)
COUNT_AFTER = re.compile(
    rf"\b(?:(?:failed|lost|failing|affected|fehlgeschlagene) )?(?P<noun>{_REQUESTS})(?: (?:lost|failed|affected))?"
    r"\s?[:=|]\s?(?P<number>[0-9][0-9,]*)"
    r"(?![\w:%]|[.,][0-9]|\s?(?:of|out|von|/)\b)",
    re.IGNORECASE,
)
"""`Requests lost: 1,234`."""
VERSION = re.compile(
    r"(?<![\w.@/-])v?([0-9]{1,8}(?:\.[0-9]{1,8}){1,3}(?:[-+][0-9A-Za-z][\w.+-]{0,40}\w)?)(?![\w%]|\.[0-9])"
)
VERSION_BEFORE = re.compile(r"\b(?:version|release|tag)\s$", re.IGNORECASE)
BESIDE_NAME = re.compile(r"\0\s\Z")
"""The end of text directly after a name; names that were already read are masked with NUL."""
UNIT_BEHIND = re.compile(
    r"\s?(?:[kKMGT]i?B?\b|ms\b|s\b|%|x\b|times|req|per|million|thousand|seconds|minutes|hours|cores)"
)
COMMIT = re.compile(r"(?<![\w.-])(?=[0-9a-f]{0,40}[a-f])(?=[0-9a-f]{0,40}[0-9])([0-9a-f]{7,40})(?![\w-])")
RUN = re.compile(
    r"\b(?:run|build|pipeline|job|workflow(?: run)?|deployment"
    r"|(?:jenkins|github|gitlab|ci|actions|buildkite|teamcity|drone)(?=:?\s#)"
    r"|[\w-]{1,60}[_-](?:deploy|release|build|pipeline)(?=\s?#)|deploy[_-][\w-]{1,60}(?=\s?#))"
    r"(?::?\s(?:no\.?\s|number\s)?#?|#)([0-9]{1,12})(?![\w:%]|[.]\w)",
    re.IGNORECASE,
)
CODE = re.compile(
    r"\bexit(?:ed)? (?:code|status|with(?: code)?) (?P<exit>[0-9]{1,3})(?![\w.%:])"
    r"|\b(?:HTTP|status)(?: status)?(?: code)?:?\s(?P<http>[1-5][0-9]{2})(?![\w%:]|[.,][0-9])"
    r"|\b(?:answer(?:s|ed|ing)?|return(?:s|ed|ing)?|respond(?:s|ed|ing)?|throw(?:s|ing)?|threw|with|got|gets|serv(?:es|ed))"
    r" (?:an? )?(?P<answer>[45][0-9]{2})"
    r"(?=s\b|\W*$|[.,;:)](?![0-9])|\s(?:errors?|and|or|instead|until|since|from|for|to|on)\b)",
    re.IGNORECASE,
)
POD = re.compile(r"(?<![\w.-])([a-z0-9](?:[a-z0-9-]{0,80}[a-z0-9])?-[a-z0-9]{8,10}-[a-z0-9]{5})(?![\w-])")
ALERT = re.compile(r"(?<![\w./@-])([A-Z][a-z0-9]+(?:[A-Z]+[a-z0-9]+)+|[A-Z][a-z]+(?:_[A-Za-z0-9]+)+)(?![\w/-])")
ALERT_NEAR = re.compile(
    r"\b(?:alert\w*|page[ds]?|paging|alarms?|fir(?:es|ed|ing)|pagerduty|opsgenie|alertmanager|goes off"
    r"|went off|clear(?:s|ed)|trigger\w*|resolv\w*"
    r"|recover\w*|Alarm\w*|feuert\w*|(?:löst|lösten?)\b.{0,40}\baus|ausgelöst)\b",
    re.IGNORECASE,
)
NO_ALERTS = re.compile(
    r"(?:PagerDuty|OpsGenie|GitHub|GitLab|GitOps|ConfigMap|ReplicaSet|StatefulSet|DaemonSet|CronJob"
    r"|CrashLoop\w*|\w*BackOff|\w*Pull|Not?Ready|NodeNotReady"
    r"|OOMKill\w*|Failed[A-Z]\w+|Err[A-Z]\w+|ArgoCD|FluxCD|PostgreSQL|MySQL|MongoDB|OpenSearch"
    r"|CloudWatch|DataDog|NewRelic|JavaScript|TypeScript|DevOps)"
)
NAMED_SERVICE = re.compile(
    r"\b(?:services?|deployments?|workloads?)\s([a-z][a-z0-9]*(?:-[a-z0-9]+)+)"
    r"|(?<![\w-])([a-z][a-z0-9]*(?:-[a-z0-9]+)+)\sservices?\b"
)
TOKEN = re.compile(r"(?<![\w.@/-])[A-Za-z0-9][\w.@-]*(?<![.@-])")
DEFINITE = re.compile(
    r"\b(?:deploy\w*|alert\w*|pods?|roll\w*|releas\w*|version|service|ratio|errors?|of|for|to)\s+$", re.IGNORECASE
)

FOLLOWS = re.compile(r"\s(?:v?[0-9]+[.\w]|deploy|pods?\b|errors?\b|rollout|release|alert)", re.IGNORECASE)
