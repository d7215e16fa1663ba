"""Texts whose times do not begin the lines: mails, status pages, and logs with `1412` for 14:12."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from collector.lazy_pattern import lazy_pattern
from sources.notes.days import DAY
from sources.notes.lines import has_time

_BARE = lazy_pattern(
    r"(?P<marks>\s*(?:[-*+•]\s+)?)(?P<hour>[01][0-9]|2[0-3])(?P<minute>[0-5][0-9])(?:h(?=\W)|(?=Z\s))?(?=Z?\s+\S|[:,]\s)"
)
_NUMBERED = lazy_pattern(r"\s*(?:[-*+•]\s+)?[0-9]")
_FEWEST = 2
_LONGEST = 80
"""Characters of a line that is only a date and a time."""
_BELOW = lazy_pattern(
    rf"(?:(?:Posted|Updated|Published)(?:\s[\w\s]{{1,20}}\sago\.?)?(?:\s(?:on|at))?:?\s)?(?P<day>{DAY})(?:,?\s(?:at\s|[-–—]\s)?)"  # noqa: RUF001 - dashes
    r"(?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s?[AaPp]\.?[Mm]\b\.?)?"
    r"(?:\s?(?:[A-Z]{1,5}|(?:UTC|GMT)?[+-][0-9]{1,2}(?::?[0-9]{2})?))?)"
)
_ALONE = lazy_pattern(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s?[AaPp]\.?[Mm]\b\.?)?(?:\s?[A-Z]{1,5})?")
_HEADER = lazy_pattern(r"(?P<key>[^\W\d_][\w -]{0,30}?)\s?:\s(?P<value>.*)")
_SENT = (
    *("date", "sent", "datum", "gesendet", "envoyé", "enviado", "enviado el", "enviada em", "enviado em", "fecha"),
    *("inviato", "data", "verzonden"),
)
_FROM = ("from", "von", "de", "da", "van")
_SUBJECT = ("subject", "betreff", "objet", "asunto", "oggetto", "assunto", "onderwerp")
_NAME = lazy_pattern(r"\"?(?P<name>[^\"<>@]{1,60}?)\"?\s*(?:<.*>|\[mailto:.*\])?")


def with_times_first(lines: Sequence[str]) -> list[str]:
    """The same number of lines, with each time moved ahead of its text; lines that held only the time become empty."""
    lines = _with_colons(lines)
    return list(_status_page(lines) if _times_stand_below(lines) else _mails(lines))


def _with_colons(lines: Sequence[str]) -> list[str]:
    """`14:12 text` for `1412 text`, if all lines that begin with a number have this form and the times go forward."""
    found = [match for line in lines if (match := _BARE.match(line))]
    clocks = [match["hour"] + match["minute"] for match in found]
    numbered = sum(_NUMBERED.match(line) is not None for line in lines)
    if not _FEWEST <= len(found) == numbered or any(one > other for one, other in pairwise(clocks)):
        return list(lines)
    return [_BARE.sub(r"\g<marks>\g<hour>:\g<minute>", line, count=1) for line in lines]


def _times_stand_below(lines: Sequence[str]) -> bool:
    """Whether each text has its date and time in the line below, as status pages print them."""
    written = [line.strip() for line in lines if line.strip()]
    if not written or len(written[-1]) > _LONGEST:
        return False
    below = [_BELOW.fullmatch(line) is not None for line in written]
    return (
        below[-1]
        and not below[0]
        and not any(one and other for one, other in pairwise(below))
        and not any(has_time(line) for line, is_time in zip(written, below, strict=True) if not is_time)
    )


def times_may_be_below(lines: Sequence[str]) -> bool:
    """Whether each time is on a line of its own, the first below two or more lines, and the last at the end.

    Some web pages show the time of a message below it, others above it. Such a text does not show which.
    """
    written = [line.strip() for line in lines if line.strip()]
    alone = [_ALONE.fullmatch(line) is not None for line in written]
    if not written or not alone[-1] or sum(alone) < _FEWEST or any(alone[:2]):
        return False
    return not any(has_time(line) for line, is_time in zip(written, alone, strict=True) if not is_time)


def _status_page(lines: Sequence[str]) -> Iterator[str]:
    texts: list[str] = []
    for line in lines:
        found = _BELOW.fullmatch(line.strip())
        texts.append("" if found else line)
        if found is not None:
            first = next(at for at, text in enumerate(texts) if text.strip())
            texts[first] = f"{found['day']} {found['clock'].strip()} {texts[first].strip()}"
            yield from texts
            texts = []
    yield from texts


def _mails(lines: Sequence[str]) -> Iterator[str]:
    """The first text line of each mail with its date, sender and subject ahead; its headers become empty lines."""
    at = 0
    while at < len(lines):
        headers = _headers(lines, at)
        sent, sender, subject = (_first(headers, keys).strip() for keys in (_SENT, _FROM, _SUBJECT))
        named = _NAME.fullmatch(sender)
        is_mail = bool(sender) and has_time(sent)
        text_at = at + len(headers)
        while is_mail and text_at < len(lines) and not lines[text_at].strip():
            text_at += 1
        if not is_mail or text_at == len(lines) or has_time(lines[text_at]):
            yield lines[at]
            at += 1
            continue
        yield from ("" for _ in range(at, text_at))
        text = " - ".join(filter(None, (subject, lines[text_at].strip())))
        yield f"{sent} {named['name'] if named else sender.strip('<> ')}: {text}"
        at = text_at + 1


def _first(headers: dict[str, str], keys: Sequence[str]) -> str:
    return next((headers[key] for key in keys if key in headers), "")


def _headers(lines: Sequence[str], at: int) -> dict[str, str]:
    """The lines `Key: value` from here on, by lowercase key, up to another line or a repeated key; at most 40."""
    found: dict[str, str] = {}
    for line in lines[at : at + 40]:
        match = _HEADER.fullmatch(line.strip().lstrip("> ").replace("**", ""))
        if match is None or match["key"].lower() in found:
            break
        found[match["key"].lower()] = match["value"]
    return found
