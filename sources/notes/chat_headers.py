"""Header lines above chat messages, with speaker and time, and lines that may be such headers."""

import re

from collector.lazy_pattern import lazy_pattern
from sources.notes.days import AT, DAY

CLOCK = r"[0-9]{1,2}(?::|\s?h\s?)[0-9]{2}(?::[0-9]{2})?"
HALF = r"\s?[AaPp]\.?\s?[Mm]\b\.?"
_ZONE = r"(?:\s?\(?(?:(?:UTC|GMT)?[+-][0-9]{1,2}(?::?[0-9]{2})?|[A-Z]{1,5}|[A-Z][a-z]+/[A-Z][A-Za-z_/]+)\)?)?"
_DATED = rf"{DAY}(?:T(?=[0-9])|,?\s{AT}?){CLOCK}(?:{HALF}|\sUhr\b)?{_ZONE}"
_WHEN = rf"(?P<when>{_DATED}|{CLOCK}(?:{HALF}|\sUhr\b)?(?:(?:\s?[,•]\s?|\s){DAY}|{_ZONE}))"

_LETTERS = r"(?:@[\w.-]{1,60}:[\w-]+(?:\.[\w-]+)+|@?[^\W\d_][\w.'’@-]*|\([^()]{1,40}\))"  # noqa: RUF001 - people's names have this apostrophe
_PLAIN_NAME = rf"{_LETTERS}(?:,?\s{_LETTERS}){{0,4}}?"
_WORD = r"(?!\d)[^\s\[\]<>|\"`*#:;,!?]{1,40}"
_NAME = rf"(?![\-–—+>(]){_WORD}(?:,?\s{_WORD}){{0,5}}?"  # noqa: RUF001 - people type these dashes
_TITLE = r"(?:\sAPP)?(?:\s?:[\w-]+:)?"
_WHO = rf"(?P<name>{_NAME}){_TITLE}"
_EDITED = r"(?:,?\s\(?[Ee]dited\)?)?"
# Slack and Teams put two spaces or a bracket before the time, Google Chat and Telegram a comma, Discord a dash.
_APART = r"(?P<apart>\s{2,}|\t|,\s+|\s[—–]\s+|\s?[•·]\s|,?\s?(?=\[))"  # noqa: RUF001 - the dashes that chats put there
_ADDRESS = r"<[^<>]{1,80}>"
_QUOTES = r"(?:On|Am|Le|El|Il(?:\sgiorno)?|Em|Op)\s"

FORMS = {
    "after": lazy_pattern(rf"{_WHO}{_APART}\[?{_WHEN}\]?{_EDITED}:?"),
    "close": lazy_pattern(
        rf"(?P<name>{_PLAIN_NAME}){_TITLE}\s\[?(?P<when>{_DATED}|{CLOCK}(?:{HALF}|\sUhr\b){_ZONE})\]?{_EDITED}"
    ),
    # GitHub, Jira and quoted mails
    "said": lazy_pattern(
        rf"(?P<name>{_PLAIN_NAME})\s(?:added a comment|commented|left a comment|replied)"
        rf"(?:\s[-–—]|\son)?\s{_WHEN}(?:\s[-–—]\s[Ee]dited|{_EDITED})"  # noqa: RUF001 - as above
    ),
    "mail": lazy_pattern(
        rf"{_QUOTES}(?P<when>{_DATED}),?\s(?:schrieb\s|schreef\s)?\"?(?P<name>{_PLAIN_NAME})\"?(?:\s\(?{_ADDRESS}\)?)?"
        r"(?:\s(?:wrote|a\sécrit|escribió|ha\sscritto|escreveu))?\s?:"
    ),
    "before": lazy_pattern(rf"\[{_WHEN}\]\s*(?P<name>{_PLAIN_NAME}):?"),
}
"""How chats write name and time in one line, by the name of the form."""
MAIL_BEGINS = lazy_pattern(rf"{_QUOTES}.{{1,40}}{CLOCK}.*")
"""The first line of the header above a quoted mail, which mail programs wrap."""
FOLLOWS = lazy_pattern(rf"\[(?P<when>{CLOCK}(?:{HALF})?)\](?=[^\s<(])(?P<text>(?![\w.-]+:\s).+)")
"""`[2:13 PM]see the graph`, as Discord copies the next message of the same person."""
ENDS_WITH_DAY = lazy_pattern(rf".*\s{DAY}")
ALONE = lazy_pattern(rf"\[?{_WHEN}\]?")
"""A time that stands alone: below the name, or above the next message of the same person."""
BELOW = lazy_pattern(
    rf"(?:(?:APP|BOT|WORKFLOW|:[\w+-]+:)\s+){{0,3}}(?:[—–-]\s|(?:at|on)\s)?\[?{_WHEN}\]?{_EDITED}"  # noqa: RUF001 - as above
)
"""The time below a name, with the text that chats put between the two."""
_ALL_NAME = lazy_pattern(_PLAIN_NAME)
DASH = lazy_pattern(r"[—–-]")  # noqa: RUF001 - as above

NO_NAMES = lazy_pattern(
    r"\b(?:at|on|by|from|until|since|about|around|before|after|and|the|is|was|we|it|they|are|were|has|have|had|with|then"
    r"|repl(?:y|ies|ied)|edited|ago)\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    [
        "van",
        "von",
        "der",
        "den",
        "de",
        "da",
        "di",
        "del",
        "dos",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ben",
        "ter",
        "ten",
        "zu",
    ]
)
_BEFORE_NO_NAME = "-–—+>*#|"  # noqa: RUF001 - people type these dashes
LONGEST = 200
"""Maximum characters of a header line."""

_UNITS = r"(?:s|secs?|seconds?|min|mins|m|minutes?|h|hrs?|hours?|d|days?|wk|weeks?|mo|months?|y|yrs?|years?)"
AGO = (
    rf"(?i:(?:(?:about|over)\s)?(?:[0-9]{{1,3}}|an?|one|a\sfew)\s?{_UNITS}\sago|just\snow|yesterday|last\s(?:week|month|year)"
    r"|vor\s[0-9]{1,3}\s\w{1,10}|il\sy\sa\s[0-9]{1,3}\s\w{1,10}|hace\s[0-9]{1,3}\s\w{1,10})"
)
"""How web pages write how long ago something was. Nothing shows from when it counts."""
_MORE = r"(?:\s?[-–—•·]\s?\w+|,?\s\(?[Ee]dited\)?)?"  # noqa: RUF001 - as above
ONLY_AGO = lazy_pattern(rf"{AGO}{_EDITED}")
AGO_INSIDE = lazy_pattern(r"(?i:\b(?:ago|just now|yesterday|last (?:week|month|year))\b)")

_ENDS = rf"{CLOCK}(?:{HALF})?{_ZONE}\]?:?"
_UNREADABLE = (
    # `Maria Ortiz  Gestern 14:12`, `Maria Ortiz, mié. 14:12`
    lazy_pattern(rf"{_WHO}{_APART}\[?(?:[^\s\[\]]{{1,20}}\s){{1,4}}{_ENDS}"),
    lazy_pattern(rf"{_WHO}(?P<apart>\s+){DAY}\W{{0,3}}\s?(?:[^\s\[\]]{{1,10}}\s)?{_ENDS}"),
    # `sam.okafor  Admin  2:18 PM`
    lazy_pattern(rf"(?P<name>[^\W\d_].{{0,60}}?)(?P<apart>\s{{2,}}|\t){CLOCK}{HALF}"),
    # `<@U024BE7LH> 14:12`
    lazy_pattern(rf"(?P<name><[^<>]{{1,60}}>)(?P<apart>\s)\s*(?:[^\s\[\]]{{1,20}}\s){{0,4}}{_ENDS}"),
    # `Maria Ortiz, 5 min`
    lazy_pattern(rf"{_WHO}{_APART}(?:[0-9]{{1,2}}\s?(?:min|mins|minutes?|h|hrs?|hours?|days?)|{AGO})\b{_EDITED}"),
    # `Maria Ortiz commented 2 hours ago`, `Maria Ortiz commented on Apr 1`
    lazy_pattern(
        rf"(?P<name>{_PLAIN_NAME})(?P<apart>\s)(?:(?:has\s)?(?:added|left|made)\sa\s(?:comment|note)|commented|replied)\b"
        rf"(?:\s[-–—•·]|\son)?\s(?:{AGO}|{DAY}){_MORE}"  # noqa: RUF001 - as above
    ),
    # `Maria Ortiz opened this 2 hours ago`, but not `The issue closed on Apr 1`, which is text
    lazy_pattern(
        rf"(?P<name>{_PLAIN_NAME})(?P<apart>\s)(?:wrote|posted|updated|(?:re)?opened|closed|edited)(?:\sthis)?"
        rf"(?:\sissue)?\s{AGO}{_MORE}"
    ),
)
_UNREADABLE_TIMES = (
    # `[Gestern 14:12] Maria: text`, `[1.4.2026 klo 14.12.09] Maria: text`
    lazy_pattern(rf"\[[^\[\]]{{0,30}}{CLOCK}[^\[\]]{{0,30}}\](?!\().*"),
    lazy_pattern(r"\[[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}\b[^\[\]]{0,30}\](?!\().*"),
    # `2026. 4. 1. 14:12, Maria: text`
    lazy_pattern(rf"[0-9]{{1,4}}[./-]\s?[0-9]{{1,2}}[./-]\s?[0-9]{{1,4}}\.?,?\s.{{0,12}}{CLOCK}\b.*"),
    # `[Maria Ortiz] [오후 2:12] text`, `Maria Ortiz 4月1日 14:12`
    lazy_pattern(rf"\[[^\[\]]{{1,40}}\]\s\[[^\[\]]{{0,12}}{CLOCK}[^\[\]]{{0,6}}\].*"),
    lazy_pattern(rf".{{0,60}}[0-9]{{1,2}}[月월].{{0,20}}{CLOCK}.*"),
    # `Från: Maria Ortiz <maria@example.org>`
    lazy_pattern(r"[^\W\d_][\w -]{0,20}\s?:\s.{1,60}<[^<>\s]+@[^<>\s]+>"),
    # The header line above a quoted mail, in any language.
    lazy_pattern(rf".{{0,120}}{CLOCK}.{{0,60}}(?:\bwrote|<[^<>\s]+@[^<>\s]+>.{{0,40}}):"),
)


def may_begin_with_name(line: str) -> bool:
    """Whether the line, which is not empty, can begin with a name. If not, no pattern need be tried."""
    return not line[0].isdecimal() and line[0] not in _BEFORE_NO_NAME


def is_name(line: str) -> bool:
    """Whether a line above a time is more likely a name than the end of a text."""
    if not _ALL_NAME.fullmatch(line) or NO_NAMES.search(line):
        return False
    words = line.split()
    return len(words) <= 2 or all(word[0].isupper() or word in _PARTICLES or word[0] == "(" for word in words)


def may_be_header(line: str) -> bool:
    """Whether an unreadable line may be a message header, which ends the message before it."""
    if any(pattern.fullmatch(line) for pattern in _UNREADABLE_TIMES):
        return True
    if len(line) > LONGEST:
        return False
    for pattern in _UNREADABLE:
        found = pattern.fullmatch(line)
        # A comma may also belong to a sentence: `errors again, then at 14:20`.
        if found is not None and not NO_NAMES.search(line if found["apart"].startswith(",") else found["name"]):
            return True
    return False
