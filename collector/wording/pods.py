"""The rows of trouble with the pods and Jobs of one workload."""

from collections.abc import Sequence
from datetime import datetime

from collector.event import Kind
from collector.merge import Occurrence
from collector.row import Row, Word
from collector.stories.pods import DEATHS, deaths, is_death
from collector.stories.story import Step, Story, StoryType
from collector.wording.reasons import common_reason, death_reason, informative_summary
from collector.wording.sentence import (
    APART,
    Words,
    listing,
    number,
    quote,
    row,
    sentence,
    span,
    text,
    time,
    with_details,
)
from collector.wording.setting import Setting

SUMMARIES = {
    Kind.POD_CRASHED: ("Containers of", "crash"),
    Kind.POD_CRASH_LOOP: ("Containers of", "crash again and again"),
    Kind.POD_OOM_KILLED: ("Containers of", "are killed for lack of memory"),
    Kind.POD_KILLED: ("Containers of", "are killed for failing their liveness or startup probe"),
    Kind.POD_EVICTED: ("Pods of", "are evicted"),
    Kind.POD_UNREADY: ("Pods of", "are not ready any more"),
    Kind.POD_RECOVERED: ("Pods of", "are ready again"),
    Kind.POD_NOT_READY: ("New pods of", "do not become ready"),
    Kind.POD_UNSCHEDULABLE: ("Pods of", "cannot be scheduled"),
    Kind.POD_IMAGE_FAILED: ("Images of", "cannot be pulled"),
    Kind.POD_START_FAILED: ("Pods of", "cannot start"),
    Kind.JOB_FAILED: ("Jobs of", "fail"),
}
"""Subject and verb of a row about several."""
LASTING = (
    Kind.POD_IMAGE_FAILED,
    Kind.POD_UNSCHEDULABLE,
    Kind.POD_NOT_READY,
    Kind.POD_START_FAILED,
    Kind.POD_CRASH_LOOP,
)
"""For these, the number of reports is not how often they happened."""
_PROBES = ("liveness", "startup")
NOT_CREATED = "cannot be created"
_IMPLIED = ("FailedScheduling: ", "Unschedulable: ", "FailedCreate: ", "Failed to pull image ")
"""Reasons that the verb already states (`cannot be scheduled`); the cause follows them."""


def pods_rows(story: Story, setting: Setting) -> list[Row]:
    """The row of one kind of trouble of one workload."""
    kind = Kind(story.manner)
    every = list(story.at(Step.STARTED))
    begun = [one for one in every if is_death(one)] or every
    over = story.over if kind == Kind.POD_UNREADY else None
    tail = (Word(", ready again by "), *time(over, setting.tz)) if over else ()
    first = every[0]
    once = len(begun) == 1 and first is begun[0] and deaths(story) <= 1
    if (once or (kind in (Kind.POD_CRASH_LOOP, Kind.JOB_FAILED) and len(begun) == 1)) and not (
        kind in LASTING and _since(story, setting)
    ):
        words = (*quote(informative_summary(first)), *(_died(story) if kind == Kind.JOB_FAILED else ()), *tail)
        end = over or (first.best.latest if kind in LASTING else None)
        return [row(story, "befalls", kind, words, story.occurrences(), end=end, exact=first)]
    counted = kind in LASTING or kind == Kind.POD_KILLED
    until = max(one.best.latest if counted else one.best.at for one in begun)
    words = _subject_of(story, begun, setting) or with_details(
        _subject(story, setting), _count(kind, begun, waits=first not in begun, least=deaths(story))
    )
    words += between(first.best.at, until, setting)
    words += (*_since(story, setting), *why(kind, begun), *_died(story), *tail)
    return [row(story, "befalls", kind, words, story.occurrences(), end=over or until, exact=first)]


def _subject(story: Story, setting: Setting) -> Words:
    head, verb = SUMMARIES[Kind(story.manner)]
    begun = story.at(Step.STARTED)
    if story.manner == Kind.POD_START_FAILED and not _pods(begun):
        verb = NOT_CREATED
    if story.manner == Kind.POD_KILLED:
        probes = [one for one in _PROBES if all(f"{one} probe" in each.best.summary for each in begun)]
        verb = f"are killed for failing their {probes[0]} probe" if probes else verb
    who = setting.service(story.service) or text(story.about)
    return sentence(text(head), who, text(verb))


def _subject_of(story: Story, begun: Sequence[Occurrence], setting: Setting) -> Words:
    """`3 pods of cart cannot be scheduled`; empty if it happened to one pod several times, or not to pods."""
    kind, pods = Kind(story.manner), _pods(begun)
    head, verb = SUMMARIES[kind]
    who = setting.service(story.service) or text(story.about)
    if kind == Kind.POD_IMAGE_FAILED and pods:
        return sentence(text(head), who, text(verb), text(f"in {so_many(pods)}"))
    if not head.endswith("ods of") or not pods or (kind not in LASTING and len(begun) != pods):
        return ()
    new = "new " if head.startswith("New") else ""
    return sentence(number(f"{pods} {new}{'pod' if pods == 1 else 'pods'}"), text("of"), who, text(of_one(verb, pods)))


def of_one(verb: str, pods: int) -> str:
    """The verb in the form for this many pods: `is evicted` for one."""
    for many, one in (("are ", "is "), ("do ", "does ")):
        if pods == 1 and verb.startswith(many):
            return one + verb.removeprefix(many)
    return verb


def so_many(pods: int) -> str:
    """`3 pods`."""
    return f"{pods} {'pod' if pods == 1 else 'pods'}"


def _count(kind: Kind, begun: Sequence[Occurrence], *, waits: bool = False, least: int = 0) -> Words:
    pods = _pods(begun)
    died = [one for one in begun if is_death(one)]
    counted = [one for one in begun if is_death(one) or kind == Kind.POD_KILLED]
    times = max(least, len(begun) - len(counted) + sum(int(one.best.numbers.get("count", 1)) for one in counted))
    in_pods = number(so_many(pods))
    unknown = kind == Kind.POD_CRASH_LOOP and any("count" not in one.best.numbers for one in died)
    if kind in LASTING and (kind != Kind.POD_CRASH_LOOP or (unknown and times <= pods)):
        return sentence(text("in"), in_pods) if pods else ()
    # Of earlier deaths, only the back-off after them is known.
    often = sentence(text("at least" if waits or unknown else ""), number(f"{times} time{'' if times == 1 else 's'}"))
    return often if kind == Kind.JOB_FAILED else sentence(often, text("in"), in_pods)


def _pods(begun: Sequence[Occurrence]) -> int:
    """How many pods are named; 0 if none was even created."""
    return len({one.best.subject.pod for one in begun if one.best.subject.pod})


def between(first: datetime, last: datetime, setting: Setting) -> Words:
    """` (14:02 to 14:05)`; empty if it was soon over, or began before the window."""
    if last - first < APART or first < setting.window.start:
        return ()
    return (Word(" ("), *span(first, last, setting.tz), Word(")"))


def _since(story: Story, setting: Setting) -> Words:
    """`, since 09:50`; empty unless it began before the window."""
    if story.first.best.at >= setting.window.start:
        return ()
    return (Word(", since "), Word(setting.window.clock(story.first.best.at)))


def why(kind: Kind, begun: Sequence[Occurrence]) -> Words:
    """The reason that the system gives, for kinds that last."""
    best = death_reason(begun) if kind == Kind.POD_CRASH_LOOP else common_reason(begun) if kind in LASTING else ""
    for code in _IMPLIED:
        best = best.removeprefix(code)
    # A cell is no sentence, and names may follow.
    return (Word(": "), *quote(best.removesuffix("."))) if best else ()


def _died(story: Story) -> Words:
    ours = list(story.occurrences())
    codes = sorted({int(one.best.numbers["exit_code"]) for one in ours if "exit_code" in one.best.numbers})
    memory = story.type == StoryType.JOB and any(one.kind == Kind.POD_OOM_KILLED for one in ours)
    died = listing(
        text("out of memory" if memory else ""),
        sentence(text("exit code"), number(", ".join(map(str, codes)))) if codes else (),
    )
    deaths_only = story.type == StoryType.JOB or Kind(story.manner) in DEATHS
    return (Word(", "), *died) if died and deaths_only else ()
