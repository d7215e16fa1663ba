"""Names of months and weekdays in the languages in which mail programs and chats write dates."""

from collections import defaultdict
from collections.abc import Iterable

_MONTHS = (
    "jan january januar jänner janvier janv enero ene gennaio gen janeiro januari",
    "feb february februar februari février févr fevr febrero febbraio fevereiro fev",
    "mar march märz mär mrz mars marzo março maart mrt",
    "apr april avril avr abril abr aprile",
    "may mai mayo maggio mag maio mei",
    "jun june juni juin junio giugno giu junho",
    "jul july juli juillet juil julio luglio lug julho",
    "aug august août aout agosto ago augustus",
    "sep sept september septembre septiembre setiembre settembre setembro set",
    "oct october oktober okt octobre octubre ottobre ott outubro out",
    "nov november novembre noviembre novembro",
    "dec december dezember dez décembre déc diciembre dicembre dic dezembro",
)
_WEEKDAYS = (
    "monday montag lundi lunes lunedì segunda-feira maandag",
    "tuesday dienstag mardi martes martedì terça-feira dinsdag",
    "wednesday mittwoch mercredi miércoles mercoledì quarta-feira woensdag",
    "thursday donnerstag jeudi jueves giovedì quinta-feira donderdag",
    "friday freitag vendredi viernes venerdì sexta-feira vrijdag",
    "saturday samstag sonnabend samedi sábado sabato zaterdag",
    "sunday sonntag dimanche domingo domenica zondag",
)
_SHORT = (
    "mo lun seg ma",
    "di mar ter",
    "mi mer mié qua wo",
    "do jeu jue gio qui",
    "fr ven vie sex vr",
    "sa sam sáb sab za",
    "so dim dom zo",
)
_RELATIVE = {
    -1: "yesterday gestern hier ayer ieri ontem gisteren",
    0: "today heute aujourd'hui aujourd’hui hoy oggi hoje vandaag",  # noqa: RUF001 - as word processors set it
}
_WORDS = frozenset({"set", "out", "ago", "gen", "mag"})
"""Words of English, which are months only before a year."""

MONTHS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
"""The number of each month, by its names in lower case."""
WEEKDAYS = {name: number for number, names in enumerate(_WEEKDAYS) for name in names.split()}
"""The number of each weekday, by its full names in lower case; Monday is 0."""
SHORT_WEEKDAYS = {name: number for number, names in enumerate(_SHORT) for name in names.split()}
"""The number of each weekday, by its abbreviations in other languages than English."""
RELATIVE = {name: days for days, names in _RELATIVE.items() for name in names.split()}
"""Days from the day of copying, by names in lower case."""


def _any(names: Iterable[str]) -> str:
    """The pattern of any of the names. Names with the same beginning share it, which halves the time to compile."""
    rests: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        rests[name[:1]].append(name[1:])
    ends = rests.pop("", None)
    found = "|".join(first + (rest[0] if len(rest) == 1 else _any(rest)) for first, rest in rests.items())
    return (f"(?:{found})" + ("?" if ends else "")) if found else ""


_OTHER_MONTHS = rf"(?:{_any(set(MONTHS) - _WORDS)}|{_any(_WORDS)}(?=\.?,?\s(?:de\s)?[0-9]{{4}}\b))\b\.?"
DAY_AND_MONTH = rf"[0-9]{{1,2}}(?:\.|st|nd|rd|th|er|º|°)?\s(?:de\s|of\s)?{_OTHER_MONTHS}(?:,?\s(?:de\s)?[0-9]{{4}}\b)?"
"""The pattern of a day before the name of its month, in any of the languages, in lower case."""
WEEKDAY = rf"{_any(WEEKDAYS)}\b"
"""The pattern of the full name of a weekday."""
_SHORT_NAMES = _any(SHORT_WEEKDAYS)
# `Sam` and `Dom` are names of people as well, so a mark or the name of a month has to follow.
WEEKDAY_BEFORE_DATE = (
    rf"(?:{WEEKDAY}|{_SHORT_NAMES}(?:[.,]|(?<!\bsam)(?=\s[0-9]{{1,2}}(?:\.[0-9]{{1,2}}\.|\.?\s(?:de\s)?[^\W\d_]))))"
)
"""The pattern of a weekday in another language than English, with the mark behind it, before a date."""
RELATIVE_DAY = rf"\b{_any(RELATIVE)}\b"
"""The pattern of `today` and `yesterday`."""
