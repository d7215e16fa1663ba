"""The numbers and names in a sentence."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from collector.postmortem.verify.facts import Facts

_NUMBER = r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
_PERCENT = re.compile(rf"(?<![\w.,]){_NUMBER}\s?(?:%|percent\b|per cent\b)", re.IGNORECASE)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_UNIT = r"(?P<unit{0}>seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|[smhd])(?![\w/])"
_DURATION = re.compile(
    rf"(?<![\w.,:/]){_NUMBER}[\s-]?{_UNIT.format('')}"
    rf"(?:,?\s?(?:and\s)?(?P<number2>[0-9]+)[\s-]?{_UNIT.format('2')})?",
    re.IGNORECASE,
)
_STATUS = re.compile(r"[45][0-9]{2}s")
_OF = re.compile(r"(?<![\w.,/])([0-9][0-9,]*)\s?(?:of|out of|/)\s?(?:the\s)?([0-9][0-9,]*)(?![\w./%:])")
_COUNT = re.compile(
    r"(?<![\w.,/:#-])(?:at least\s)?([0-9][0-9,]*)(?![\w.:/%-])\s(?:[a-z-]+\s){0,2}?(pods?|replicas?"
    r"|nodes?|requests?|times|containers?|restarts?)\b",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"(?<![\w.@/-])v?([0-9]{1,8}(?:\.[0-9]{1,8}){1,3}(?:[-+][0-9A-Za-z][\w.+-]{0,40}\w)?)(?![\w%]|\.[0-9])"
)
_VERSION_BEFORE = re.compile(r"\b(?:version|release|tag)\s$", re.IGNORECASE)
_COMMIT = re.compile(r"(?<![\w.-])(?=[0-9a-f]{0,40}[a-f])(?=[0-9a-f]{0,40}[0-9])([0-9a-f]{7,40})(?![\w-])")
_RUN = re.compile(
    r"\b(?:run|build|pipeline|job|workflow(?: run)?|deployment)\s(?:no\.?\s|number\s)?#?([0-9]{1,12})(?![\w:.%])",
    re.IGNORECASE,
)
_POD = re.compile(r"(?<![\w.-])([a-z0-9](?:[a-z0-9-]{0,80}[a-z0-9])?-[a-z0-9]{8,10}-[a-z0-9]{5})(?![\w-])")
_ALERT = re.compile(r"(?<![\w./@-])([A-Z][a-z0-9]+(?:[A-Z]+[a-z0-9]+)+|[A-Z][a-z]+(?:_[A-Za-z0-9]+)+)(?![\w/-])")
_ALERT_NEAR = re.compile(
    r"\b(?:alert\w*|page[ds]?|paging|alarms?|fir(?:es|ed|ing)|pagerduty|opsgenie|alertmanager|goes off"
    r"|went off|clear(?:s|ed)|trigger\w*|resolved"
    r"|recover\w*)\b",
    re.IGNORECASE,
)
_NO_ALERTS = re.compile(
    r"(?:PagerDuty|OpsGenie|GitHub|GitLab|GitOps|ConfigMap|ReplicaSet|StatefulSet|DaemonSet|CronJob"
    r"|CrashLoop\w*|\w*BackOff|\w*Pull|Not?Ready|NodeNotReady"
    r"|OOMKill\w*|Failed[A-Z]\w+|Err[A-Z]\w+|ArgoCD|FluxCD|PostgreSQL|MySQL|MongoDB|OpenSearch"
    r"|CloudWatch|DataDog|NewRelic|JavaScript|TypeScript|DevOps)"
)
_NAMED_SERVICE = re.compile(
    r"\b(?:services?|deployments?|workloads?)\s([a-z][a-z0-9]*(?:-[a-z0-9]+)+)"
    r"|(?<![\w-])([a-z][a-z0-9]*(?:-[a-z0-9]+)+)\sservices?\b"
)
_TOKEN = re.compile(r"(?<![\w.@/-])[A-Za-z0-9][\w.@-]*(?<![.@-])")
_DEFINITE = re.compile(
    r"\b(?:deploy\w*|alert\w*|pods?|roll\w*|releas\w*|version|service|ratio|errors?|of|for|to)\s+$", re.IGNORECASE
)

_FOLLOWS = re.compile(r"\s(?:v?[0-9]+[.\w]|deploy|pods?\b|errors?\b|rollout|release|alert)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mention:
    """A number or a name, and where it stands."""

    type: str
    text: str
    start: int
    end: int
    value: str
    """The name; of a number it as digits, of two of them with a space between."""
    digits: int = 0
    """Of a percentage: how many it has after the point."""
    span: timedelta = timedelta(0)
    exact: timedelta = timedelta(0)
    """Of a duration: its smallest unit."""
    noun: str = ""
    """Of a count."""


def mentions(text: str, facts: Facts, times: Iterable[tuple[int, int]]) -> list[Mention]:
    """All of them in order; what one of the `times` covers is none."""
    masked = list(text)
    for start, end in times:
        masked[start:end] = " " * (end - start)
    found: list[Mention] = []
    known = partial(_known, facts=facts)
    for reader in (_percentages, _runs, _pods, _durations, known, _versions, _commits, _counts, _alerts, _services):
        for mention in list(reader("".join(masked))):
            found.append(mention)
            # What has been read is no part of anything else.
            masked[mention.start : mention.end] = "\0" * (mention.end - mention.start)
    return sorted(found, key=lambda mention: mention.start)


def _percentages(text: str) -> Iterator[Mention]:
    for match in _PERCENT.finditer(text):
        number = match["number"].replace(",", "")
        yield Mention("percentage", match[0], *match.span(), number, len(number.partition(".")[2]))


def _durations(text: str) -> Iterator[Mention]:
    for match in _DURATION.finditer(text):
        unit = match["unit"]
        # `500s` are responses.
        if unit in "dD" or len(match["number"]) > 9 or _STATUS.fullmatch(match[0]):
            continue
        # `5 m` may be metres or million, `14 h` is a time of day in some languages: only `5m` and `2h` are durations.
        first = float(match["number"].replace(",", "")) * _seconds(unit)
        second = (
            float(match["number2"] or 0) * _seconds(match["unit2"] or "s") if len(match["number2"] or "") < 9 else 0
        )
        smallest = _seconds(match["unit2"] or unit)
        if "." in match["number"]:
            smallest /= 10
        if first + second < 1e9:
            exact = timedelta(seconds=smallest)
            yield Mention("duration", match[0], *match.span(), match[0], 0, timedelta(seconds=first + second), exact)


def _seconds(unit: str) -> float:
    return _UNITS[unit[0].lower()]


def _counts(text: str) -> Iterator[Mention]:
    taken: list[tuple[int, int]] = []
    for match in _OF.finditer(text):
        taken.append(match.span())
        after = re.match(r"\s([a-z]+)", text[match.end() :])
        value = f"{match[1]} {match[2]}".replace(",", "")
        yield Mention("count", match[0], *match.span(), value, noun=after[1] if after else "")
    for match in _COUNT.finditer(text):
        if not any(start <= match.start(1) < end for start, end in taken):
            yield Mention("count", match[0], *match.span(), match[1].replace(",", ""), noun=match[2].lower())


def _versions(text: str) -> Iterator[Mention]:
    for match in _VERSION.finditer(text):
        # `8.9` may be seconds, requests or gigabytes.
        if (
            match[1].count(".") < 2
            and match[0][0] != "v"
            and not _VERSION_BEFORE.search(text[max(0, match.start() - 12) : match.start()])
        ):
            continue
        yield Mention("version", match[0], *match.span(), match[1])


def _commits(text: str) -> Iterator[Mention]:
    for match in _COMMIT.finditer(text):
        yield Mention("commit", match[0], *match.span(), match[1])


def _runs(text: str) -> Iterator[Mention]:
    for match in _RUN.finditer(text):
        yield Mention("run", match[0], *match.span(), match[1])


def _pods(text: str) -> Iterator[Mention]:
    for match in _POD.finditer(text):
        if any(char.isdigit() for char in match[1].rsplit("-", 2)[1]):
            yield Mention("pod", match[0], *match.span(), match[1])


def _alerts(text: str) -> Iterator[Mention]:
    if _ALERT_NEAR.search(text):
        for match in _ALERT.finditer(text):
            if _NO_ALERTS.fullmatch(match[1]):
                continue
            yield Mention("alert", match[0], *match.span(), match[1])


def _services(text: str) -> Iterator[Mention]:
    for match in _NAMED_SERVICE.finditer(text):
        group = 1 if match[1] else 2
        yield Mention("service", match[group], *match.span(group), match[group])


def _is_meant(text: str, name: re.Match[str]) -> bool:
    """Whether a word such as `search` is meant as a service, by what stands before or after it."""
    before, after = text[max(0, name.start() - 30) : name.start()], text[name.end() : name.end() + 12]
    return bool(_DEFINITE.search(before) or _FOLLOWS.match(after))


def _known(text: str, facts: Facts) -> Iterator[Mention]:
    """Names that the evidence has, whatever their form."""
    for match in _TOKEN.finditer(text):
        name = match[0]
        bare = name[1:] if name[:1] == "v" and name[1:2].isdigit() else name
        if name in facts.alerts:
            yield Mention("alert", name, *match.span(), name)
        elif name in facts.pods:
            yield Mention("pod", name, *match.span(), name)
        elif bare in facts.versions and any(char.isdigit() for char in bare):
            yield Mention("version", name, *match.span(), bare)
        elif name in facts.of_rows or (name in facts.services and ("-" in name or _is_meant(text, match))):
            yield Mention("service", name, *match.span(), name)
        elif name[:1].isupper() and name[1:].islower() and name.lower() in facts.of_rows:
            yield Mention("service", name, *match.span(), name.lower())
