"""Counts of things in a state: `6 pods evicted`, `3 nodes lost`."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from collector.postmortem.verify import vocabulary_german as german
from collector.postmortem.verify.vocabulary import words

STATES = {
    "evicted": words(r"evict\w*", german.EVICTED),
    "not ready": words(r"not (?:be(?:come)? )?ready|unready|unhealthy|(?-i:NotReady)"),
    "drained": words(r"drain\w*|cordon\w*"),
    "added": words(r"add(?:s|ed|ing)?|join\w*|came up|brought up|new nodes?|replacement nodes?"),
    "lost": words(r"lost|lose|losing|los(?:es|s of)|vanish\w*|disappear\w*|went away|went down|died|gone"),
    "not scheduled": words(
        r"\w*(?:not|never|n\'t) (?:be )?(?:scheduled|placed)|unschedul\w*|pending|no room"
        r"|wait\w* for (?:an? |more |new )?nodes?",
        german.NOT_SCHEDULED,
    ),
    "not started": words(r"(?:cannot|could not|couldn't|can't|did not|didn't|unable to|fail\w* to) start|FailedMount"),
    "not pulled": words(
        r"(?:cannot|could not|couldn't|can't|did not|didn't|unable to|fail\w* to|not be) pull\w*|\w*Image\w*Pull\w*"
    ),
    "crashed": words(r"crash\w*|restart(?:ing|ed)|OOM\w*|out of memory|kill(?:s|ed|ing)?|lack of memory", german.CRASH),
    "scaled": words(r"scal(?:e|es|ed|ing)|autoscaler", german.SCALE),
    "fired": words(r"fir(?:es|ed|ing)(?! up)|alerted|paged|went off|goes off"),
    "failing": words(r"5xx\w*|errors?|fail(?:s|ed|ing)"),
    "terminated": words(r"terminat\w*|stopp\w*|gone|remov\w*", german.STOPPED),
    "deleted": words(r"delet\w*", r"gelöscht"),
    "replaced": words(r"replac\w*"),
    "ready": words(r"ready|healthy|pass(?:es|ed|ing)? health checks?|brought up", german.READY),
}
"""Patterns of the states of pods and nodes. `_OPPOSITE` keeps a negated state from also counting as the other."""
_OPPOSITE = {"not ready": "ready"}
_GROUPS = {
    "pod": "pods",
    "replica": "pods",
    "container": "pods",
    "instance": "pods",
    "node": "nodes",
    "machine": "nodes",
    "worker": "nodes",
    "knoten": "nodes",
    "service": "services",
    "time": "times",
    "restart": "times",
}
_COUNT = re.compile(
    r"(?P<least>at least )?(?<![\w.:,/-])(?P<count>[0-9][0-9,]*)(?: (?:of|out of) (?P<all>[0-9][0-9,]*))?"
    r" (?:old |new |more )?(?P<noun>pods?|nodes?|replicas?|containers?|services?|times?|ready)\b"
)
_SCALED = re.compile(r"\bscaled to (?P<count>[0-9,]+)")
_OF_ALL = re.compile(r"\((?P<count>[0-9,]+) of (?P<all>[0-9,]+)\b")
_CUT = re.compile(r"[:;,()]")


class Counted(Struct, frozen=True):
    """A number of things, and the states that they are in."""

    number: int
    group: str
    """`pods`, `nodes`, `services` or `times`."""
    states: frozenset[str]
    least: bool = False
    """Whether the number is a minimum."""
    total: int = 0
    """The total of which the number is a part; 0 if there is none."""

    def agrees(self, number: int) -> bool:
        """Whether the number is consistent with this count."""
        return number == self.number or (self.least and self.number <= number <= (self.total or number))


def states(text: str) -> frozenset[str]:
    """All states that a text names."""
    found = {name for name, pattern in STATES.items() if pattern.search(text)}
    return frozenset(found - {opposite for name, opposite in _OPPOSITE.items() if name in found})


def group_of(noun: str) -> str:
    """The group of a noun, such as `pods` for replicas; empty for other nouns, such as requests."""
    return _GROUPS.get(noun.lower().rstrip("s"), "")


def counted(text: str) -> Iterator[Counted]:
    """Everything that a row counts. A count without its own state has the one named before it."""
    before: frozenset[str] = frozenset()
    starts = [0, *(match.end() for match in _CUT.finditer(text)), len(text)]
    for start, end in pairwise(starts):
        piece = text[start:end]
        own = states(piece)
        for match in _COUNT.finditer(piece):
            for number in filter(None, (match["count"], match["all"])):
                group = group_of(match["noun"]) or "pods"
                # In `at least 3 of 6` only the first number is a minimum.
                least = bool(match["least"]) and number == match["count"]
                yield Counted(_number(number), group, own or before, least, _number(match["all"] or "0"))
        before = own or before
    for match in _OF_ALL.finditer(text):
        for number in (match["count"], match["all"]):
            yield Counted(_number(number), "pods", states(text[: match.start()]))
    for match in _SCALED.finditer(text):
        yield Counted(_number(match["count"]), "pods", frozenset({"scaled"}))


def has_numbers(text: str, values: Sequence[int]) -> bool:
    """Whether a row prints the number; two numbers must be a pair, such as `4 of 6`."""
    numbers = [
        int(each.replace(",", ""))
        for each in re.findall(r"(?<![\w.:])[0-9][0-9,]*(?![\w.:%]|\s(?:min|s|h|ms)\b)", text)
        if len(each) < 15
    ]
    return all(value in numbers for value in values) if len(values) == 1 else _pair(text, values)


def _pair(text: str, values: Sequence[int]) -> bool:
    return bool(re.search(rf"(?<!\d){values[0]:,}(?: of | out of |/){values[1]:,}(?!\d)", text))


def _number(text: str) -> int:
    return int(text.replace(",", "")[:15])
