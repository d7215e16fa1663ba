"""Drafts of postmortems in the words of people, made from the incidents of the bench, with errors planted in them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone, tzinfo
from random import Random

from msgspec import Struct, field

from collector.event import Event, Kind
from collector.result import Timeline
from collector.row import Row
from collector.wording.numbers import percent

MINUTE = timedelta(minutes=1)
OFFSETS = (2, 3, 4, 6, 9, 15, 25, 40, 75, 120, 180)
"""By so many minutes times are wrong, counted from the end of the interval in which the evidence has it."""
INVENTED = ("PaymentQueueStalled", "DatabaseConnectionsExhausted", "CertificateExpiringSoon", "DiskAlmostFull")


class Planted(Struct, frozen=True):
    """An error in a draft."""

    type: str
    """`time`, `version`, `alert`, `percentage`, `zone`."""
    line: int
    text: str
    """As it stands there; empty for a zone."""


class Draft(Struct, frozen=True):
    """A postmortem that somebody wrote, and what is wrong in it."""

    name: str
    style: str
    text: str
    planted: tuple[Planted, ...]


class Entry(Struct):
    """Something that happened, still to be put in words."""

    kind: Kind
    at: datetime
    earliest: datetime
    latest: datetime
    slots: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)
    """The slots that are planted, with what stands in them."""
    moved: timedelta = timedelta(0)


PHRASES: dict[Kind, tuple[str, ...]] = {
    Kind.DEPLOY_STARTED: (
        "{service} {version} deploy kicked off",
        "{actor} ships {service} {version} (was {replaces})",
        "deployment of {service} v{version} began, replacing {replaces}",
        "we started to roll out {service} {version} to production (run {run})",
        "{actor} started the release of {service} from {replaces} to {version}",
    ),
    Kind.ROLLOUT_STARTED: ("rollout of {service} {version} starts", "a rollout of {service} {version} was started"),
    Kind.DEPLOY_FAILED: ("the deploy of {service} {version} fails in CI", "deploying {service} {version} failed"),
    Kind.ALERT_FIRING: (
        "PagerDuty goes off: {alert}",
        "on-call is paged for {alert} on {service}",
        "{alert} alert triggered",
        "{alert} fires, the share of 5xx on {service} is up to {after}",
        "first alert comes in ({alert})",
    ),
    Kind.ALERT_RESOLVED: (
        "{alert} cleared",
        "alert {alert} recovers by itself",
        "monitoring shows {alert} as resolved",
        "{alert} stops firing",
    ),
    Kind.ERRORS_ROSE: (
        "error rate on {service} begins to climb, from {before} to {after}",
        "5xx responses of {service} jump to {after}",
        "{service} starts to return errors (peak: {peak})",
    ),
    Kind.ERRORS_FELL: (
        "{service} error rate is back to normal",
        "5xx of {service} drop back to {after}",
        "errors on {service} subside, down from {before}",
    ),
    Kind.TRAFFIC_FELL: ("traffic of {service} drops sharply",),
    Kind.TRAFFIC_ROSE: ("traffic of {service} recovers",),
    Kind.LATENCY_FELL: ("latency of {service} returns to normal",),
    Kind.ROLLBACK_STARTED: (
        "rollback of {service} to {version} initiated",
        "{actor} begins to roll {service} back to {version}",
        "started reverting {service} to v{version}, away from {replaces}",
        "decision to roll back; run {run} for {service} {version} is launched",
    ),
    Kind.ROLLBACK_COMPLETED: (
        "rollback finished, {service} is on {version} everywhere",
        "{service} fully rolled back to {version}",
        "the rollback of {service} to {version} succeeded",
    ),
    Kind.POD_READY: ("the new {service} pods are healthy and take traffic", "all new pods of {service} up and ready"),
    Kind.POD_TERMINATED: ("the last old pods of {service} are terminated", "{service}: old pods gone, all replaced"),
    Kind.POD_CRASH_LOOP: ("{service} pods are crashlooping", "containers of {service} crash over and over"),
    Kind.POD_OOM_KILLED: ("{service} pods get OOMKilled",),
    Kind.POD_UNSCHEDULABLE: ("new pods are stuck in Pending, the scheduler finds no node",),
    Kind.POD_START_FAILED: ("pods fail to start, mounts and admission do not go through",),
    Kind.NODE_NOT_READY: ("a node goes NotReady",),
    Kind.NODE_DRAINED: ("a node is drained",),
    Kind.SCALED: ("{service} replicas scaled by hand",),
    Kind.CONFIG_CHANGED: ("the config map of {service} is changed",),
    Kind.ROLLOUT_STUCK: ("the rollout of {service} {version} is stuck",),
    Kind.ROLLOUT_ABORTED: ("the rollout of {service} {version} is aborted",),
}
SMALL_TALK = (
    "Sam opens a channel and a call, six people join",
    "status page updated: we are investigating",
    "Support has counted 37 tickets so far",
    "asked the database team whether they see anything, they do not",
)
BEFORE = (
    "Our SLO of 99.9% for the month is missed because of this.",
    "Roughly 12% of all customers noticed, mostly on mobile.",
    "There was no alert for the first minutes, although one should have fired.",
    "The next release will be 99.1.0, with a canary of 5% first.",
)
Clock = Callable[[datetime], str]


def entries(timeline: Timeline) -> list[Entry]:
    """What a person would write down of it, with the values that the evidence has."""
    alerts_of: dict[str, str] = {}
    found = []
    for row in timeline.rows:
        event = _event(row)
        service = event.subject.service or row.service
        if event.keys.alert:
            alerts_of[service] = event.keys.alert
        slots = {
            "service": service,
            "version": event.keys.version,
            "replaces": event.keys.replaces or next(filter(None, (one.keys.replaces for one in row.events)), ""),
            "run": next(filter(None, (one.keys.run_number for one in row.events)), ""),
            "actor": (next(filter(None, (one.actor for one in row.events)), "") or "somebody")
            .title()
            .replace("-", " "),
            "alert": event.keys.alert,
        }
        numbers = next(
            (one.numbers for one in row.events if "before" in one.numbers and one.kind.value.startswith("errors")), {}
        )
        slots |= {name: percent(numbers[name]) if name in numbers else "" for name in ("before", "after", "peak")}
        if row.kind in PHRASES:
            earliest, latest = min(row.earliest or row.at, row.at), max(row.latest or row.at, row.at)
            found.append(Entry(row.kind, row.at, earliest, latest, slots))
    return found


def draft(name: str, timeline: Timeline, style: str, seed: int) -> Draft | None:
    """One draft in a style (`table`, `list`, `prose`, `zone`); None if the incident has too little to write about."""
    random = Random(f"{name} {style} {seed}")
    ours = entries(timeline)
    if len(ours) < 3:
        return None
    window = timeline.window
    tz: tzinfo = window.tz
    if style == "zone":
        # In the night in which clocks are put back an hour is as good as the next; of two times nothing is consistent.
        put_back = window.start.astimezone(tz).utcoffset() != window.end.astimezone(tz).utcoffset()
        if put_back or len({entry.at for entry in ours}) < 3:
            return None
        here = window.start.astimezone(tz).utcoffset() or timedelta(0)
        tz = timezone(here + timedelta(hours=random.choice((-7, -5, -1, 1, 2, 3, 5.5))))
    else:
        _plant(ours, timeline, random)
    clock = _clock(tz, random.choice(("24", "24", "seconds", "am")) if style != "table" else "24")
    header = "Time"
    if style == "table" and seed % 2:
        # An honest zone of its own, which is no error.
        tz = timezone(timedelta(hours=2))
        clock, header = _clock(tz, "24"), "Time (UTC+2)"
    lines = [
        f"# {name.replace('-', ' ').capitalize()}",
        "",
        "## What happened",
        "",
        random.choice(BEFORE),
        "",
        "## Timeline",
        "",
    ]
    planted: list[Planted] = []
    if style == "zone":
        planted.append(Planted("zone", 0, ""))
    talk = random.choice(SMALL_TALK)
    if style == "prose":
        together = random.random() < 0.5
        paragraph: list[str] = []
        for entry in ours:
            line = len(lines) + 1 + (0 if together else len(paragraph))
            planted += [Planted(kind, line, text) for kind, text in _wrong(entry, clock)]
            paragraph.append(_prose(entry, clock, random))
        paragraph.append(f"In between {talk}.")
        # Half of them with a line for each sentence.
        lines += [" ".join(paragraph), ""] if together else [*paragraph, ""]
    else:
        body = [(entry.at + entry.moved, entry) for entry in ours]
        if style == "table":
            lines += [f"| {header} | What | Who |", "|:--|:--|---|"]
        for _, one in body:
            planted += [Planted(kind, len(lines) + 1, text) for kind, text in _wrong(one, clock)]
            lines.append(_line(style, clock(one.at + one.moved), _phrase(one, random), random))
        if style != "table":
            lines.append(f"- {clock(window.start + (window.end - window.start) * 0.45)} {talk}")
    lines += ["", "## Action items", "", "- Alert when errors are above 1% for 5 minutes (Sam, 2027-01-10)", ""]
    return Draft(f"{name} {seed}", style, "\n".join(lines), tuple(planted))


def _event(row: Row) -> Event:
    ours = [one.best for one in row.occurrences if one.kind == row.kind] or [row.occurrences[0].best]
    return min(ours, key=lambda event: abs(event.at - row.at))


def _clock(tz: tzinfo, form: str) -> Clock:
    shapes = {"24": "%H:%M", "seconds": "%H:%M:%S", "am": "%I:%M %p"}
    return lambda moment: moment.astimezone(tz).strftime(shapes[form]).lstrip("0" if form == "am" else "")


def _plant(ours: Sequence[Entry], timeline: Timeline, random: Random) -> None:
    """Two to four errors: each of its own kind, in entries of their own."""
    kinds = ["time", "version", "alert", "percentage", "time"]
    random.shuffle(kinds)
    free = list(ours)
    random.shuffle(free)
    versions = sorted({entry.slots[side] for entry in ours for side in ("version", "replaces")} - {""})
    for kind in kinds[: random.randint(2, 4)]:
        for entry in free:
            if _spoil(entry, kind, versions, timeline, random):
                free.remove(entry)
                break


def _spoil(entry: Entry, kind: str, versions: Sequence[str], timeline: Timeline, random: Random) -> bool:
    slots = entry.slots
    if kind == "time":
        offsets = [sign * minutes * MINUTE for minutes in OFFSETS for sign in (1, -1)]
        random.shuffle(offsets)
        for offset in offsets:
            edge = entry.latest if offset > timedelta(0) else entry.earliest
            moved = edge + offset - entry.at
            if not _happened(entry, entry.at + moved, timeline):
                entry.moved = moved
                return True
        return False
    if kind == "version" and entry.kind in (Kind.DEPLOY_STARTED, Kind.ROLLBACK_STARTED, Kind.ROLLBACK_COMPLETED):
        others = [version for version in versions if version not in (slots["version"],)]
        if slots["version"] and others:
            entry.wrong["version"] = random.choice(others)
            return True
    if kind == "alert" and slots["alert"]:
        entry.wrong["alert"] = random.choice(INVENTED)
        return True
    if kind == "percentage" and entry.kind in (Kind.ALERT_FIRING, Kind.ERRORS_ROSE) and slots["after"]:
        value = float(slots["after"].rstrip("%"))
        wrong = value / 2 if value > 30 else min(value * 2 + 15, 96)
        entry.wrong["after"] = f"{wrong:.0f}%"
        return True
    return False


def _happened(entry: Entry, at: datetime, timeline: Timeline) -> bool:
    """Whether something of the same kind and about the same service is known to have happened around that time."""
    family = entry.kind.value.partition(".")[0]
    alike = ("deploy", "rollout", "rollback", "ci") if family in ("deploy", "rollout", "rollback") else (family,)
    for one in timeline.decisions:
        best = one.occurrence.best
        ours = best.kind.value.startswith(alike) and entry.slots["service"] in ("", best.subject.service)
        if ours and best.earliest - 1.5 * MINUTE <= at <= best.latest + 1.5 * MINUTE:
            return True
    return False


def _phrase(entry: Entry, random: Random) -> str:
    slots = {name: entry.wrong.get(name, value) for name, value in entry.slots.items()}
    usable = [
        one
        for one in PHRASES[entry.kind]
        if all(slots[name] for name in _names(one)) and all(f"{{{name}}}" in one for name in entry.wrong)
    ]
    chosen = random.choice(usable) if usable else _fallback(entry)
    return chosen.format(**slots)


def _fallback(entry: Entry) -> str:
    wanted = " ".join(f"{{{name}}}" for name in entry.wrong)
    return f"{entry.kind.value.replace('.', ' ')} of {{service}} {wanted}".strip()


def _names(phrase: str) -> Iterator[str]:
    yield from (part.partition("}")[0] for part in phrase.split("{")[1:])


def _wrong(entry: Entry, clock: Clock) -> Iterator[tuple[str, str]]:
    types = {"version": "version", "alert": "alert", "after": "percentage"}
    for name, value in entry.wrong.items():
        yield types[name], value
    if entry.moved:
        yield "time", clock(entry.at + entry.moved)


def _line(style: str, stamp: str, phrase: str, random: Random) -> str:
    text = phrase[:1].upper() + phrase[1:] if random.random() < 0.5 else phrase
    if style == "table":
        return f"| {stamp} | {text} | |"
    return random.choice(("- {0} {1}", "- **{0}**: {1}", "* {0} - {1}", "- {0} \u2014 {1}")).format(stamp, text)


def _prose(entry: Entry, clock: Clock, random: Random) -> str:
    stamp, phrase = clock(entry.at + entry.moved), _phrase(entry, random)
    begun = phrase[:1].upper() + phrase[1:]
    shape = random.choice(("At {0} {1}.", "At {0}, {1}.", "{2} at {0}.", "{2}; that was at {0}.", "Then, at {0}, {1}."))
    return shape.format(stamp, phrase, begun)
