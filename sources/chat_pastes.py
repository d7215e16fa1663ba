"""Pastes from chats, in which who spoke and when stand above the text: Slack, Microsoft Teams, Google Chat, Discord.

Maria Ortiz  2:12 PM            Maria Ortiz, 2:12 PM           [2:12 PM] Maria Ortiz
it is the new deploy            it is the new deploy           it is the new deploy
"""

import re
from collections.abc import Sequence

_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
_HALF = r"\s?[AaPp]\.?[Mm]\.?"
_WORD = r"(?:[^\W\d_][\w.'’@-]*|\([^()]{1,40}\))"  # noqa: RUF001 - people's names have this apostrophe
_NAME = rf"{_WORD}(?:\s{_WORD}){{0,4}}?"
_DAY = r"(?:(?:today|yesterday|(?:mon|tues|wednes|thurs|fri|satur|sun)day),?\s+(?:at\s+)?)?"
"""Counted from the day on which somebody copied it, which nobody knows: the window decides, as for a time alone."""
_WHO = rf"(?P<name>{_NAME})(?:\sAPP)?(?:\s*:[\w-]+:)?"
_HEADERS = (
    # Slack sets two spaces before the time, or a line break; Google Chat a comma, Discord a dash.
    re.compile(rf"{_WHO}(?:\s{{2,}}|\t|,\s|\s\N{{EM DASH}}\s)\[?(?i:{_DAY})(?P<clock>{_CLOCK}(?:{_HALF})?)\]?"),
    re.compile(rf"{_WHO}\s\[?(?i:{_DAY})(?P<clock>{_CLOCK}{_HALF})\]?"),
    re.compile(rf"\[(?P<clock>{_CLOCK}(?:{_HALF})?)\]\s+(?P<name>{_NAME})"),
)
_ALONE = re.compile(rf"\[?(?i:{_DAY})(?P<clock>{_CLOCK}(?:{_HALF})?)\]?")
_TIMED = re.compile(rf"\W*(?:[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}\W)?{_CLOCK}")
_NO_NAMES = re.compile(r"\b(?:at|on|by|from|until|since|about|around|before|after|and|the|is|was)\b", re.IGNORECASE)


def in_lines(lines: Sequence[str]) -> list[str]:
    """As many lines; each message of a chat as `2:12 PM Maria Ortiz: it is the new deploy` where its text begins."""
    found = list(lines)
    speaker, clock, at = "", "", 0
    while at < len(lines):
        header = _header(lines, at, speaker, clock)
        if header is None:
            if not lines[at].strip():
                at += 1
                continue
            speaker = speaker if at and not _TIMED.match(lines[at]) else ""
            at += 1
            continue
        speaker, clock, text_at = header
        for number in range(at, text_at):
            found[number] = ""
        found[text_at] = f"{clock} {speaker}: {lines[text_at].strip()}"
        at = text_at + 1
    return found


def _header(lines: Sequence[str], at: int, speaker: str, before: str) -> tuple[str, str, int] | None:
    """Who speaks and when if a message begins here, and the line where its text does.

    `before` is the time of the message before it.
    """
    line, after = lines[at].strip(), at + 1
    found = next((match for pattern in _HEADERS if (match := pattern.fullmatch(line))), None)
    if found is not None:
        name, clock = found["name"], found["clock"]
    elif (alone := _ALONE.fullmatch(line)) and speaker:
        # The next message of the same person.
        name, clock = speaker, _in_half(alone["clock"], before)
    elif (below := _below(lines, at)) is not None:
        name, clock, after = line, below["clock"], at + 2
    else:
        return None
    while after < len(lines) and not lines[after].strip():
        after += 1
    if after >= len(lines) or _NO_NAMES.search(name) or _begins(lines, after):
        return None
    return name, clock, after


def _in_half(clock: str, before: str) -> str:
    """`clock` with the half of the day that Slack leaves out where it stands in the time `before` it."""
    half = re.search(_HALF, before)
    if half is None or re.search(_HALF, clock):
        return clock
    # Twelve o'clock begins a half of the day, and changes it.
    noon = clock.startswith("12:") and not before.startswith("12:")
    morning = half[0].strip().lower().startswith("a") != noon
    return f"{clock} {'AM' if morning else 'PM'}"


def _below(lines: Sequence[str], at: int) -> re.Match[str] | None:
    """The time on the line below a name that begins a message, as Slack's pages give it."""
    begins = at == 0 or not lines[at - 1].strip()
    if not begins or at + 1 >= len(lines) or not re.fullmatch(_NAME, lines[at].strip()):
        return None
    return _ALONE.fullmatch(lines[at + 1].strip())


def _begins(lines: Sequence[str], at: int) -> bool:
    """Whether another message begins on this line, so that the one before it has no text."""
    line = lines[at].strip()
    return bool(_ALONE.fullmatch(line)) or any(pattern.fullmatch(line) for pattern in _HEADERS)
