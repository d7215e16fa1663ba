"""The services and alerts that a postmortem names."""

import re
from collections.abc import Iterable, Iterator, Sequence

from collector.postmortem.page import Page
from collector.postmortem.recurrences.entries import Entry
from collector.postmortem.recurrences.fields import Fields, first
from collector.postmortem.table import key

_SERVICES = ("services", "service", "affected services", "affected service", "services affected", "service affected",
             "impacted services", "impacted service", "affected systems", "affected components", "system",
             "application", "app")  # fmt: skip
_ALERTS = ("alerts", "alert", "alert name", "detected by", "triggering alert")
_CAPTION = re.compile(r"\*\*[0-9]{4}-[0-9]{2}-[0-9]{2}, .*? \N{MIDDLE DOT} (.+?)\*\*\s*$")
_MORE = re.compile(r"\s+and [0-9]+ more$")
_PLACE = re.compile(r"\s*\([^()]*\)\s*$")
_NOTHING = re.compile(r"(?:unknown|none|n/?a|tb[ad]|all|various|[-\u2013\u2014?.]*)", re.IGNORECASE)
_CAMEL = r"[A-Z][a-z0-9]+[A-Z][A-Za-z0-9]*"
_NAMED_ALERT = re.compile(
    rf"\b[Aa]lerts?:?\s+[`\"'*]*(?P<after>{_CAMEL})\b|\b(?P<before>{_CAMEL})[`\"'*]*\s+(?:[Aa]lerts?\b|fire[sd]?\b|firing\b)"
)


def services(read: Page, known: Fields) -> tuple[str, ...]:
    """The services from labels and from the captions of generated tables, without namespaces."""
    found = [name for value in first(known, *_SERVICES) for name in _listed(value.text)]
    for at in sorted(read.generated):
        if caption := _CAPTION.match(read.lines[at].strip()):
            found += _listed(_MORE.sub("", key(caption[1])))
    return tuple(dict.fromkeys(found))


def alerts(read: Page, known: Fields, rows: Sequence[Entry]) -> tuple[str, ...]:
    """The alerts from labels and timeline rows, such as `Alert CheckoutErrors fires`; else from the whole text."""
    found = [name for value in first(known, *_ALERTS) for name in re.findall(rf"\b{_CAMEL}\b", value.text)]
    found += _named(row.text for row in rows)
    return tuple(dict.fromkeys(found or _named(map(key, read.lines))))


def labelled(known: Fields, *names: str) -> tuple[str, ...]:
    """The values of the first of these labels that is present, one for each item of a list such as `a, b and c`."""
    return tuple(dict.fromkeys(name for value in first(known, *names) for name in _listed(value.text)))


def _named(texts: Iterable[str]) -> list[str]:
    return [found["after"] or found["before"] for text in texts for found in _NAMED_ALERT.finditer(text)]


def _listed(text: str) -> Iterator[str]:
    for part in re.split(r",\s*(?![^()]*\))|;|\s+and\s+|\s+&\s+", text):
        name = _PLACE.sub("", part.strip(" .")).strip(" `*_.\"'").casefold()
        if name and len(name) <= 60 and not _NOTHING.fullmatch(name):
            yield name
