"""Which phase of an incident a note marks, in the words of its author."""

from collections.abc import Callable, Sequence

from collector.phases import word_patterns as words
from collector.phases.clauses import certain, clauses, happened, in_vain


def marks_a_phase(text: str) -> bool:
    """Whether the note may report that the effects began, the cause was found, or that they or the incident ended."""
    return any(
        each.search(text)
        for each in (words.BEGINS, words.IDENTIFIES, words.MITIGATES, words.EFFECTS_END, words.RESOLVES)
    )


def begins(note: str) -> bool:
    """Whether the note reports the start of the effects, and not who noticed them: `outage begins`."""
    return happened(note, words.BEGINS) and not words.NOTICED.search(note)


def detects(note: str) -> bool:
    """Whether the note reports that somebody or something noticed the incident."""
    if begins(note):
        return False
    found = clauses(note, lambda head: not words.DETECTED.search(head))
    return any(words.DETECTED.search(clause) and not words.UNDETECTED.search(clause) for clause in found)


def only_ships(note: str) -> bool:
    """Whether the note is about a change that is made, and not about any trouble: `checkout 1.5.0 is out`."""
    found = (
        words.TROUBLE,
        words.NOTICED,
        words.RESPONDS,
        words.IDENTIFIES,
        words.MITIGATES,
        words.EFFECTS_END,
        words.RESOLVES,
    )
    return bool(words.SHIPS.search(note)) and not any(each.search(note) for each in found)


def about_trouble(note: str) -> bool:
    """Whether the note is about an incident at all: `seats answer 500s`, `why is it slow?`, `Ben is paged`."""
    found = (words.TROUBLE, words.NOTICED, words.RESPONDS, words.MITIGATES, words.EFFECTS_END, words.RESOLVES)
    return detects(note) or any(each.search(note) for each in found)


def mitigates(note: str) -> bool:
    """Whether the note reports a step that ends the effects, and not that it was in vain."""
    return happened(note, words.MITIGATES) and not in_vain(note) and not troubles(note)


def ends_effects(note: str) -> bool:
    """Whether the note reports that the effects are over, for everybody."""
    return happened(note, words.EFFECTS_END) and not troubles(note)


def resolves(note: str) -> bool:
    """Whether the note reports that the incident is over."""
    return happened(note, words.RESOLVES) and not troubles(note)


def lasting(notes: Sequence[str], ends: Callable[[str], bool]) -> list[int]:
    """The indices of the notes that report an end, without those after which the trouble came back."""
    found: list[int] = []
    for at, note in enumerate(notes):
        found = [] if troubles(note) else [*found, at] if ends(note) else found
    return found


def troubles(note: str) -> bool:
    """Whether the note ends with trouble that goes on or has come back.

    `Failing again. This resolved it` does not.
    """
    last = -1
    ended = -1
    for place, clause in enumerate(clauses(note)):
        if happened(clause, words.ENDED_WORDS):
            ended = place
        elif certain(clause) and not words.NO_MORE.search(clause):
            again = words.AGAIN.search(clause) and words.TROUBLE.search(clause)
            last = place if again or words.BACK.search(clause) else last
    return last > ended
