"""A sentence taken apart: its times, its other numbers and names, and the part that each of them belongs to."""

import re
from collections.abc import Sequence
from datetime import tzinfo

from msgspec import Struct

from collector.postmortem.verify.clock_times import ClockTime, clock_times
from collector.postmortem.verify.facts import Facts
from collector.postmortem.verify.mentions import Mention, mentions
from collector.postmortem.verify.negations import INSTEAD, is_negated_or_planned
from collector.postmortem.verify.parts import Part, parts_of
from collector.postmortem.verify.resemblance import Likeness, Rows
from collector.postmortem.verify.sentences import Sentence
from collector.postmortem.verify.topic import Topic
from collector.postmortem.verify.topic_table import SPANS, TOPICS
from collector.postmortem.verify.topics import mild

_REFERS = re.compile(r"\W*(?:that|this|it|all of this|das|dies|es)\s(?:was|is|happened|took|war|geschah)\b", re.I)
_RELATIVE = re.compile(r"\W*(?:who|whose|whom)\b", re.IGNORECASE)
"""Begins a clause about a person. It need not be about the time in the rest of the sentence."""
_JOINING = re.compile(r"\b(?:and|at|then|und|um|to|until|also)\b", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)")


class Statement(Struct, frozen=True):
    """A sentence with everything in it that can be looked up."""

    sentence: Sentence
    text: str
    """The time at its beginning, and the rest."""
    head: int
    """The position at which the rest begins."""
    times: tuple[ClockTime, ...]
    mentions: tuple[Mention, ...]
    parts: tuple[Part, ...]
    similar_rows: tuple[Likeness, ...]
    before: "Statement | None" = None
    """The sentence before it in the same section."""

    @property
    def leading(self) -> tuple[ClockTime, ...]:
        """The times at its beginning; in a row, they apply to the whole row."""
        return tuple(one for one in self.times if one.start < self.head)

    def line(self, at: int) -> int:
        """The line number in the document of this position."""
        return self.sentence.line_at(at - self.head)

    def is_hypothetical(self, at: int) -> bool:
        """Whether the part at this position is negated, a plan or a wish, so that nothing can contradict it."""
        part = self.part(at)
        # That pods could not be started is something that happened; that a rollback could not be is not.
        changes = any(topic.subject in ("rollback", "deploy") for topic in part.topics)
        # In `33% errors instead of 12%` only what follows `instead of` did not happen.
        end = min((one.start() for one in INSTEAD.finditer(part.text) if part.start + one.start() > at), default=None)
        return self.sentence.plans or is_negated_or_planned(part.text[:end], changes)

    def topical(self, scope: Sequence[Part]) -> int:
        """The position of the first of these parts that has topics, else of the first part."""
        ours = sorted(scope, key=lambda part: part.start)
        return next((part.start for part in ours if self._topics([part])), ours[0].start if ours else 0)

    def part(self, at: int) -> Part:
        """The part at this position."""
        return next((part for part in self.parts if part.start <= at < part.end), Part(0, len(self.text), self.text))

    def within(self, scope: Sequence[Part], type_: str) -> list[Mention]:
        """The mentions of one type in these parts."""
        return [
            one
            for one in self.mentions
            if one.type == type_ and any(part.start <= one.start < part.end for part in scope)
        ]

    def scope(self, time: ClockTime) -> tuple[list[Part], list[Topic]]:
        """The parts of the sentence that a time belongs to, and their topics."""
        if time.start < self.head:
            timed = {self.part(one.start) for one in self.times if one.start >= self.head}
            ours = [part for part in self.parts if part not in timed and part.start >= self.head] or list(self.parts)
            return ours, self._sided(time, self._topics(ours))
        first, last = self._span(time)
        home = list(self.parts[first : last + 1])
        # The label before it: `Detection: 11:08, CheckoutErrors`.
        label = [part for part in self.parts[max(first - 1, 0) : first] if part.text.rstrip().endswith(":")]
        for ours in (home, label, self._free(last, 1), self._free(first, -1)):
            found = self._topics(ours)
            if found:
                return [*home, *ours], self._sided(time, found)
        return home, []

    def _span(self, time: ClockTime) -> tuple[int, int]:
        """The indexes of the first and last part that contain a time, or the two ends of its time range."""
        at = self.times.index(time)
        first = at - 1 if time.place == "to" and at else at
        last = at + 1 if time.place == "from" and at + 1 < len(self.times) else at
        places = [self._index(self.times[each].start) for each in (first, last)]
        return (places[0], places[1]) if self.times[first].start >= self.head else (places[1], places[1])

    def _index(self, at: int) -> int:
        return next((number for number, part in enumerate(self.parts) if part.start <= at < part.end), 0)

    def around(self, mention: Mention) -> tuple[list[Part], list[Topic]]:
        """The parts of the sentence that a number or name belongs to, and their topics."""
        home = self.part(mention.start)
        at = self.parts.index(home) if home in self.parts else 0
        # A number or name in a part with a time does not belong to a part with another time.
        others = [part for part in self.parts if not (home.timed and part.timed)]
        for ours in ([home], self._free(at, -1), self._free(at, 1), others):
            found = self._topics(ours)
            if found:
                return [home, *ours], found
        return [home], []

    def _free(self, at: int, step: int) -> list[Part]:
        """The parts after or before one, up to the next part with its own time."""
        found: list[Part] = []
        # `two nodes were drained (01:27 and 01:28)`: a time without words shares those of the time before.
        shares = step < 0 and self.parts[at].timed and _is_wordless(self.parts[at])
        if step > 0 and _ends_clause(self.parts[at]):
            return found
        # `The pods are healthy; that was at 14:04.`
        refers = bool(_REFERS.match(self.parts[at].text))
        at += step
        while 0 <= at < len(self.parts) and (not self.parts[at].timed or (shares and not found)):
            if step < 0 and _ends_clause(self.parts[at]) and not refers:
                break
            if not (shares and _is_wordless(self.parts[at])) and not _RELATIVE.match(self.parts[at].text):
                found.append(self.parts[at])
            if step > 0 and _ends_clause(self.parts[at]):
                break
            at += step
        return found

    def _topics(self, parts: Sequence[Part]) -> list[Topic]:
        found = {topic.name: topic for part in sorted(parts, key=lambda part: part.start) for topic in part.topics}
        # `goes off: CheckoutErrors`: a topic that only names the alert adds nothing to one that also has a verb.
        exact = {topic.subject for topic in found.values() if topic.verb}
        kept = [topic for topic in found.values() if topic.verb or topic.subject not in exact]
        decisive = [topic for topic in kept if topic.verb or topic.decides or topic.subject == "rollback"]
        if any(topic.decides for topic in decisive):
            kept = decisive
        return kept or [topic for part in parts for topic in part.implied]

    def _sided(self, time: ClockTime, found: Sequence[Topic]) -> list[Topic]:
        """The topics of a time; at the two ends of a time range, only what begins or what ends."""
        if not time.place:
            return list(found)
        about = {topic.subject for topic in found}
        if any(topic.name == "errors peak" for topic in found):
            return [mild(topic) for topic in found]
        if about == {"incident"}:
            return list(SPANS[time.place])
        sided = [topic for topic in TOPICS if topic.subject in about and topic.side == time.place]
        return sided or list(found)


def _ends_clause(part: Part) -> bool:
    """Whether a part ends with a semicolon: what follows is a sentence of its own."""
    return part.text.rstrip().endswith(";")


def _is_wordless(part: Part) -> bool:
    return not re.search(r"[a-z]{2,}", _JOINING.sub(" ", part.text), re.IGNORECASE)


def statement(
    sentence: Sentence,
    zones: Sequence[tzinfo],
    facts: Facts,
    rows: Rows,
    about: frozenset[str] = frozenset(),
    before: Statement | None = None,
) -> Statement:
    """Take a sentence apart. Times without a zone are in one of `zones`; `about` are subjects that it takes over."""
    head = len(sentence.lead) + 1 if sentence.lead else 0
    text = f"{sentence.lead} {sentence.text}" if head else sentence.text
    times = clock_times(text, zones, facts.window)
    found = mentions(text, facts, ((one.start, one.end) for one in times))
    parts = parts_of(text, head, times, found, facts, about)
    return Statement(
        sentence,
        text,
        head,
        tuple(times),
        tuple(found),
        parts,
        tuple(rows.like(_BRACKETS.sub(" ", sentence.text))),
        before,
    )
