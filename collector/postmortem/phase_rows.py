"""Which rows of a written timeline show that the incident was detected, identified, mitigated and resolved."""

import re
from collections.abc import Mapping, Sequence

from collector.lazy_pattern import lazy_pattern
from collector.phases.cause_patterns import FAILS, REPAIRS
from collector.phases.corrections import first_standing_cause
from collector.phases.identified import identifies
from collector.phases.suspects import Suspects
from collector.phases.words import detects, ends_effects, lasting, mitigates, resolves

PHASES = ("detected", "identified", "mitigated", "resolved")
_STARTS_TO_MITIGATE = lazy_pattern(
    r"\broll(?:s|ed|ing)?[ -]?back|\bmitigat|\brevert|\bfail(?:s|ed)?[ -]?over|\bswitched (?:off|back)"
    r"|\bdisabled?\b|\bscal(?:es?|ed|ing) (?:up|out)",
    re.I,
)
_ONLY_PLANNED = lazy_pattern(
    r"\b(?:commit(?:s|ted)?|prepar\w*|propos\w*|prs?|pull requests?|plan\w*|decid\w*|discuss\w*|consider\w*|"
    r"fail(?:s|ed)|tries|tried|attempt\w*)\b",
    re.I,
)
_ALERTS_END = lazy_pattern(r"\balerts?\b.*\bclear(?:s|ed)\b|\b(?:service|site)\b.*\brestored\b", re.I)
_UNKNOWN = lazy_pattern(r"\b(?:unknown|not (?:yet )?(?:resolved|mitigated|identified|detected))\b", re.I)


def phase_rows(texts: Sequence[str]) -> Mapping[str, int]:
    """The index of the row that shows each of PHASES, of rows in order of time; a phase that none shows is missing.

    A step that was only begun, such as a rollback, counts as the mitigation if no row shows its success. The last
    alert that is resolved, or the last end of the incident, is the end, unless the trouble came back after it.
    """
    detected = next((at for at, text in enumerate(texts) if shows_detection(text)), None)
    # A row from before the detection that names the cause was written with what was found out later.
    known = ("" if at < (detected or 0) or _UNKNOWN.search(text) else text for at, text in enumerate(texts))
    found = {
        "detected": detected,
        "identified": first_standing_cause(known, Suspects()),
        "mitigated": _mitigated(texts),
        "resolved": _resolved(texts),
    }
    return {phase: at for phase, at in found.items() if at is not None}


def shows_detection(text: str) -> bool:
    """Whether the row shows that somebody or something noticed the incident."""
    return not _UNKNOWN.search(text) and detects(text)


def first_effect(texts: Sequence[str]) -> int | None:
    """The index of the first row that shows the incident's effects, of those before its detection; None if none does.

    The row that shows the detection may name effects that began before it.
    """
    before = next((at for at, text in enumerate(texts) if shows_detection(text)), len(texts))
    return next((at for at, text in enumerate(texts[:before]) if FAILS.search(text) and not REPAIRS.search(text)), None)


def names_cause(text: str) -> bool:
    """Whether the row shows that the cause was found."""
    return not _UNKNOWN.search(text) and identifies(text, Suspects())


def first_step(texts: Sequence[str]) -> int | None:
    """The index of the first row with a step that is to end the effects, whether it was done or only begun."""
    steps = ((at, text) for at, text in enumerate(texts) if not _UNKNOWN.search(text))
    return next((at for at, text in steps if _STARTS_TO_MITIGATE.search(text) or mitigates(text)), None)


def _begun(texts: Sequence[str]) -> int | None:
    begun = ["" if _ONLY_PLANNED.search(text) else text for text in texts]
    return first_step(begun)


def _mitigated(texts: Sequence[str]) -> int | None:
    ended = set(lasting(texts, ends_effects))
    done = next((at for at, text in enumerate(texts) if at in ended or mitigates(text)), None)
    return _begun(texts) if done is None else done


def _resolved(texts: Sequence[str]) -> int | None:
    over = lasting(texts, lambda text: resolves(text) or bool(_ALERTS_END.search(text)))
    # If several alerts are resolved, the last one ends the incident.
    return over[-1] if over else next(iter(lasting(texts, ends_effects)), None)
