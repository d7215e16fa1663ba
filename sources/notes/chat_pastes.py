"""Pastes from chats that put speaker and time above the text: Slack, Microsoft Teams, Google Chat, Discord.

Maria Ortiz  2:12 PM            Maria Ortiz, Apr 1, 2:12 PM    [4/1/2026 2:12 PM] Maria Ortiz
it is the new deploy            it is the new deploy           it is the new deploy
"""

import re
from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from collector.lazy_pattern import lazy_pattern
from collector.written_zones import UnclearZone
from sources.notes.chat_headers import (
    AGO_INSIDE,
    ALONE,
    BELOW,
    CLOCK,
    DASH,
    ENDS_WITH_DAY,
    FOLLOWS,
    FORMS,
    HALF,
    LONGEST,
    MAIL_BEGINS,
    NO_NAMES,
    ONLY_AGO,
    is_name,
    may_be_header,
    may_begin_with_name,
)
from sources.notes.days import UnclearDay
from sources.notes.lines import Line, Note, Untimed, has_time, is_day
from sources.notes.stamps import Stamp, read_time

_QUOTE = lazy_pattern(r"\A(?:>\s*)+")
_MARKS = lazy_pattern(r"(?<![\w*_`])[*_`]{1,3}(?=\w)|(?<=[\w.)])[*_`]{1,3}(?![\w*_`])")
_CLOCK = lazy_pattern(CLOCK)
_LONGEST_NAME = 40
_HALF_A_DAY = timedelta(hours=12)
_UNCLEAR = "unclear"
"""The form of a line that may be a name or the end of the message before it."""


class _Header(Struct, frozen=True):
    """Speaker, time, and the index of the line after the header."""

    name: str
    when: str
    form: str
    after: int
    follows: bool = False
    """Only a time; the name is that of the message before."""


def in_lines(lines: Sequence[str]) -> list[Line]:
    """The same number of lines: each chat message is a Note at its first line of text, and its header an empty line.

    A line that may be a header but cannot be read is an Untimed, so the text below is not added to the message before.
    """
    return _Paste([_plain(line) for line in lines], lines).read()


class _Paste:
    """Reads a paste line by line and remembers the message before."""

    def __init__(self, lines: Sequence[str], written: Sequence[str]) -> None:
        self.lines = lines
        self.written = written
        self.found: list[Line] = list(written)
        self.names: set[str] = set()
        self.speaker = ""
        self.form = ""
        self.when = ""
        self.before: Stamp | None = None
        self.quoted = False
        """The last message is a mail in quote marks, which ends at the first line without them."""
        self.lost = False
        """The last header could not be read, so the speaker of the messages that follow is unknown."""

    def read(self) -> list[Line]:
        at = 0
        while at < len(self.lines):
            at = self._step(at)
        return self.found

    def _step(self, at: int) -> int:
        """Read the line or message that begins here; return the index of the next line to read."""
        line = self.lines[at]
        if not line:
            return at + 1
        header = self._header(at)
        if header is not None:
            return self._message(header, at)
        if self.quoted and self.written[at].lstrip().startswith(">"):
            self.found[at] = _QUOTE.sub("", self.written[at].strip(), count=1)
        elif self.quoted:
            self.quoted = False
            if self.lines[at - 1] and not has_time(line) and not may_be_header(line):
                self._refuse(at, "is below a quoted mail, and nothing shows who wrote it")
                return at + 1
        if self.speaker and self._follows_in_line(line, at):
            return at + 1
        if self._is_below_ago(at):
            self._refuse(at, "has a time that counts from when somebody copied it", f"{line} {self.lines[at + 1]}")
            self.found[at + 1] = ""
            return at + 2
        if not _may_be_dated(line[:LONGEST]):
            return at + 1
        if self.lost and ALONE.fullmatch(line):
            self._refuse(at, "is below a line that may say who spoke and when, and cannot be read")
        elif has_time(line):
            self.speaker, self.lost = "", False
        elif may_be_header(line):
            self._refuse(at, "may say who spoke and when, and cannot be read")
        return at + 1

    def _header(self, at: int) -> _Header | None:
        """The header that begins here, if any."""
        line = self.lines[at]
        if len(line) > LONGEST:
            return None
        if not may_begin_with_name(line):
            # For example `- 14:12 text`, as most notes begin.
            return self._followed(at)
        if not _CLOCK.search(line):
            return self._below(at)
        matches = [(form, match) for form, pattern in FORMS.items() if (match := pattern.fullmatch(line))]
        headers = [
            _Header(match["name"], match["when"], form, at + 1)
            for form, match in matches
            # `Wednesday, April 1, 2026 2:12 PM` is a time.
            if not NO_NAMES.search(match["name"]) and not is_day(match["name"])
        ]
        if headers:
            # `Maria Wed, 14:12`: the day is no part of the name.
            return next((each for each in headers if not ENDS_WITH_DAY.fullmatch(each.name)), headers[0])
        if at + 1 < len(self.lines) and self.lines[at + 1].endswith(":") and MAIL_BEGINS.fullmatch(line):
            wrapped = FORMS["mail"].fullmatch(f"{line} {self.lines[at + 1]}")
            if wrapped is not None and not NO_NAMES.search(wrapped["name"]):
                return _Header(wrapped["name"], wrapped["when"], "mail", at + 2)
        return self._followed(at) or self._below(at)

    def _is_below_ago(self, at: int) -> bool:
        """Whether the line is a name, and the one below only how long ago the message was."""
        below = self.lines[at + 1] if at + 1 < len(self.lines) else ""
        return bool(below) and ONLY_AGO.fullmatch(below) is not None and is_name(self.lines[at])

    def _followed(self, at: int) -> _Header | None:
        """A time on a line of its own, above the next message of the same person."""
        alone = ALONE.fullmatch(self.lines[at]) if self.speaker else None
        return _Header(self.speaker, alone["when"], self.form, at + 1, follows=True) if alone is not None else None

    def _below(self, at: int) -> _Header | None:
        """A name with the time on the line below, as copied from the web pages of Slack, Teams and Discord."""
        name = self.lines[at]
        dash = at + 1 < len(self.lines) and DASH.match(self.lines[at + 1]) is not None
        below = at + 1 + (dash and DASH.fullmatch(self.lines[at + 1]) is not None)
        alone = BELOW.fullmatch(self.lines[below]) if below < len(self.lines) and self.lines[below] else None
        if alone is None or not (is_name(name) or (dash and len(name) <= _LONGEST_NAME)) or is_day(name):
            return None
        header = _Header(name, alone["when"], "below", below + 1)
        capital = all(word[0].isupper() for word in name.split())
        if dash or name in self.names:
            return header
        if self.speaker and (self.form != "below" or (_half(self.when) and _is_bare(alone["when"]))):
            return None  # The time begins the next message of the same person.
        if at == 0 or not self.lines[at - 1] or is_day(self.lines[at - 1]) or (capital and " " in name) or ":" in name:
            return header
        if self.speaker:
            return replace(header, form=_UNCLEAR)
        return header if capital else None

    def _message(self, header: _Header, at: int) -> int:
        """Read the message that begins on this line; return the index of the line after its first line of text."""
        written = " ".join(filter(None, self.lines[at : header.after]))
        self.found[at : header.after] = [""] * (header.after - at)
        if header.form == _UNCLEAR:
            self._refuse(at, "may be a name or the end of the message before it", written)
            return header.after
        try:
            stamp = self._stamp(header)
        except (UnclearZone, UnclearDay) as unclear:
            self._refuse(at, str(unclear), written)
            return header.after
        except ValueError:
            self._refuse(at, "has a time that cannot be read", written)
            return header.after
        self.names.add(header.name)
        self.speaker, self.form, self.before, self.lost = header.name, header.form, stamp, False
        text_at = header.after
        while text_at < len(self.lines) and not self.lines[text_at]:
            text_at += 1
        empty = text_at >= len(self.lines) or self._begins(text_at)
        # A text may begin with a time, but not if it is apart from the header.
        empty = empty or (text_at > header.after and has_time(self.lines[text_at]))
        if empty and header.form == "before" and not header.follows:
            # `[14:12] rolled back` is a separate note, not a header.
            self.found[at], self.speaker = self.written[at], ""
            return header.after
        if empty:
            self.found[at] = Untimed(at + 1, written, "has a time and no text")
            return header.after
        self.quoted = header.form == "mail" and self.written[text_at].lstrip().startswith(">")
        text = _QUOTE.sub("", self.written[text_at].strip(), count=1)
        self.found[text_at] = Note(text_at + 1, stamp, f"{header.name}: {text}")
        return text_at + 1

    def _follows_in_line(self, line: str, at: int) -> bool:
        """Read the line if it is a time and the next message of the same person."""
        found = FOLLOWS.fullmatch(line)
        if found is None:
            return False
        try:
            stamp = self._stamp(_Header(self.speaker, found["when"], self.form, at + 1, follows=True))
        except ValueError:
            return False
        self.before = stamp
        self.found[at] = Note(at + 1, stamp, f"{self.speaker}: {found['text']}")
        return True

    def _stamp(self, header: _Header) -> Stamp:
        """The time of the header. If it has no AM or PM, or no day, that of the message before is used.

        Raises UnclearZone, UnclearDay, or another ValueError if there is no such time.
        """
        before, self.when = self.when, header.when
        if header.follows:
            self.when = _in_half(header.when, before)
        stamp = replace(read_time(self.when), form=header.form)
        if header.follows and stamp.written is None and self.before is not None and self.before.written is not None:
            # The clock passed midnight between the two messages.
            later = _since_midnight(self.before) - _since_midnight(stamp) > _HALF_A_DAY
            stamp = replace(stamp, written=self.before.written.after(1 if later else 0))
        return stamp

    def _begins(self, at: int) -> bool:
        """Whether another message begins on this line, which means that the one before it has no text."""
        line = self.lines[at]
        header = self._header(at)
        return is_day(line) or may_be_header(line) or (header is not None and header.form != _UNCLEAR)

    def _refuse(self, at: int, why: str, written: str = "") -> None:
        self.found[at] = Untimed(at + 1, written or self.lines[at], why)
        self.speaker, self.before, self.lost = "", None, True


def _may_be_dated(line: str) -> bool:
    """Whether it may be a header, at a glance."""
    return any(each.isdigit() for each in line) or "@" in line or AGO_INSIDE.search(line) is not None


def _plain(line: str) -> str:
    """The line without quote marks, and without the marks of bold or code around its words."""
    return _MARKS.sub("", _QUOTE.sub("", line.strip(), count=1))


def _since_midnight(stamp: Stamp) -> timedelta:
    return timedelta(hours=stamp.clock.hour, minutes=stamp.clock.minute, seconds=stamp.clock.second)


def _half(when: str) -> str:
    """`AM` or `PM` as written after the time."""
    found = re.search(rf"{CLOCK}({HALF})", when)
    return found[1].strip() if found is not None else ""


def _is_bare(when: str) -> bool:
    """Whether it is a time without anything else."""
    return _CLOCK.fullmatch(when) is not None


def _in_half(when: str, before: str) -> str:
    """`when` with AM or PM added where Slack leaves it out, taken from the time `before` it."""
    half = _half(before)
    if not half or not re.fullmatch(CLOCK, when):
        return when
    # AM and PM change at twelve o'clock.
    noon = when.startswith("12:") and not re.search(r"(?<![0-9:])12:", before)
    morning = half.lower().startswith("a") != noon
    return f"{when} {'AM' if morning else 'PM'}"
