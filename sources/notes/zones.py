"""The zone that a text declares for its times: `All times are in CEST`, `Time zone: Europe/Berlin`."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import time

from msgspec import Struct
from msgspec.structs import replace

from collector.lazy_pattern import lazy_pattern
from collector.written_zones import UnclearZone, WrittenZone, find_zone
from sources.notes.lines import Note, Untimed, has_time, without_marks

_TIMES = (
    r"(?i:(?:(?:all|alle|toutes\sles|todas\slas|tutti\sgli|the)\s)?"
    r"(?:time\s?zone|time(?:stamp)?s?(?!\s?line)|tz|zeitzone|zeit(?:en|angaben)|uhrzeiten|fuseau(?:\shoraire)?|heures"
    r"|zona\shoraria|horas|horários|orari)\b)"
)
_ZONE = (
    r"(?P<zone>[A-Z][A-Za-z]*(?:/[A-Z][A-Za-z_]+){0,2}(?:\s[A-Z][a-z]+){0,2}(?:\s[Tt]ime\b)?(?:\s?[+\u2212-]\s?[0-9]{1,2}(?::?[0-9]{2})?)?"
    r"|[+\u2212-][0-9]{2}:?[0-9]{2})"
)
_ENDS = r"(?:\s\([^()]{1,30}\))?(?:[,;]?\s(?i:unless|if\snot|except|sofern|wenn\snicht|sauf)\b.*|\W*)"
_SENTENCE = lazy_pattern(rf"[*_(\[]*{_TIMES}[^:.()0-9]{{0,40}}?[\s:=*_(]+{_ZONE}[*_]*{_ENDS}")
_BRACKET = lazy_pattern(rf"[^()\[\]]{{1,80}}[(\[]{_TIMES}\s(?:[a-z]{{2,6}}\s){{0,3}}{_ZONE}{_ENDS}[)\]]\W*")
_TITLE = lazy_pattern(
    rf"(?i:[\w\s-]{{0,40}}\b(?:time\s?line|timestamps|log|chronology|zeitleiste|verlauf|chronologie|cronología))\s[(\[]{_ZONE}[)\]]\W*"
)
_LONGEST = 160


class Declared(Struct, frozen=True):
    """What a text declares about the zone of its times."""

    zones: tuple[WrittenZone, ...] = ()
    """Without repetitions."""
    line: int = 0
    """The line of the last declaration."""
    unclear: str = ""
    """Why the declared zone cannot be used. It continues `a text that `."""


def without_zone_lines(lines: Sequence[str]) -> tuple[list[str], Declared]:
    """The same number of lines, those that only declare a zone as empty ones, and what they declare."""
    found = list(lines)
    zones: dict[str, WrittenZone] = {}
    unclear, last = "", 0
    for at, line in enumerate(lines):
        try:
            zone = _declared(line) if _may_declare(lines, at) else None
        except UnclearZone as error:
            unclear = unclear or str(error)
            continue
        if zone is not None:
            zones.setdefault(str(zone.tz), replace(zone, end=0))
            last = at + 1
            if not line.lstrip().startswith("#"):
                found[at] = ""
    return found, Declared(tuple(zones.values()), last, unclear)


def in_declared_zone(found: Iterable[Note | Untimed], declared: Declared) -> Iterator[Note | Untimed]:
    """The notes, those without a zone in the declared one; as Untimed if that is not clear."""
    every = list(found)
    first_message = min((note.line for note in every if isinstance(note, Note) and note.stamp.form), default=0)
    for note in every:
        if not isinstance(note, Note) or note.stamp.zone is not None or not (declared.zones or declared.unclear):
            yield note
        elif declared.unclear:
            yield Untimed(note.line, note.text, f"is in a text that {declared.unclear}")
        elif len(declared.zones) > 1:
            yield Untimed(note.line, note.text, "has no zone, and several are declared")
        elif note.stamp.form and declared.line > first_message:
            # Somebody may have written it in the chat, about other times.
            yield Untimed(note.line, note.text, "is in a chat without a zone, and one is declared only below it")
        else:
            (zone,) = declared.zones
            yield replace(note, stamp=replace(note.stamp, zone=zone.tz, abbreviation=zone.abbreviation))


def _may_declare(lines: Sequence[str], at: int) -> bool:
    """Whether the line is apart from messages in chats, so that nobody wrote it about other times."""
    line = lines[at].strip()
    if not line or len(line) > _LONGEST or has_time(line):
        return False
    before = lines[at - 1].strip() if at else ""
    return line.startswith("#") or not before or before.startswith("#") or has_time(before)


def _declared(line: str) -> WrittenZone | None:
    """The zone that the line declares, if any. Raises UnclearZone."""
    text = without_marks(line.strip())
    for pattern in (_SENTENCE, _BRACKET, _TITLE):
        match = pattern.fullmatch(text)
        if match is not None:
            zone = find_zone(f" {match['zone']}", 0, time(23, 59), exact=True)
            if zone is not None and zone.end == len(match["zone"]) + 1:
                return zone
    return None
