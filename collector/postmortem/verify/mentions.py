"""The numbers and names in a sentence."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from collector.postmortem.verify.facts import Facts
from collector.postmortem.verify.mention_forms import (
    ALERT,
    ALERT_NEAR,
    BESIDE_NAME,
    COMMIT,
    COUNT,
    COUNT_AFTER,
    DEFINITE,
    DURATION,
    FOLLOWS,
    FROM,
    NAMED_SERVICE,
    NO_ALERTS,
    OF,
    PERCENT,
    POD,
    RATE,
    RUN,
    SHARED_UNIT,
    SHARES_UNIT,
    SPELLED,
    STATUS,
    TOKEN,
    UNIT_BEHIND,
    UNITS,
    VERSION,
    VERSION_BEFORE,
)
from collector.postmortem.verify.spelled_durations import spelled_durations


@dataclass(frozen=True, slots=True)
class Mention:
    """A number or a name, and where it stands."""

    type: str
    text: str
    start: int
    end: int
    value: str
    """The name; of a number it as digits, of two of them with a space between."""
    digits: int = 0
    """Of a percentage: how many it has after the point."""
    span: timedelta = timedelta(0)
    exact: timedelta = timedelta(0)
    """Of a duration: its smallest unit."""
    noun: str = ""
    """Of a count."""


def mentions(text: str, facts: Facts, times: Iterable[tuple[int, int]]) -> list[Mention]:
    """All of them in order; what one of the `times` covers is none."""
    masked = list(text)
    for start, end in times:
        masked[start:end] = " " * (end - start)
    found: list[Mention] = []
    known = partial(_known, facts=facts)
    for reader in (
        _percentages,
        _rates,
        _runs,
        _pods,
        _durations,
        known,
        _versions,
        _commits,
        _counts,
        _alerts,
        _services,
    ):
        for mention in list(reader("".join(masked))):
            found.append(mention)
            # What has been read is no part of anything else.
            masked[mention.start : mention.end] = "\0" * (mention.end - mention.start)
    found += _sharing(masked, found)
    return sorted(found, key=lambda mention: mention.start)


def _percentages(text: str) -> Iterator[Mention]:
    for match in PERCENT.finditer(text):
        # `22,4 %`, as in most of Europe.
        number = f"{match['whole']}.{match['part']}" if match["whole"] else match["number"].replace(",", "")
        yield Mention("percentage", match[0], *match.span(), number, len(number.partition(".")[2]))


def _rates(text: str) -> Iterator[Mention]:
    for match in RATE.finditer(text):
        number = match["number"].replace(",", "")
        yield Mention("rate", match[0], *match.span(), number, len(number.partition(".")[2]))


_SHARED = frozenset({"percentage", "rate", "count"})


def _sharing(masked: list[str], found: Iterable[Mention]) -> Iterator[Mention]:
    """Numbers with the unit of that which stands behind: `from 40 to 221 requests/s`."""
    text = "".join(masked)
    for one in found:
        match = SHARES_UNIT.search(text[: one.start]) if one.type in _SHARED and " " not in one.value else None
        if match:
            number = match["number"].replace(",", "")
            digits = len(number.partition(".")[2])
            if one.type != "count" or not digits:
                yield Mention(one.type, match["number"], *match.span("number"), number, digits, noun=one.noun)
        last = SHARED_UNIT.match(text, one.end) if one.type in ("percentage", "rate") else None
        if last and FROM.search(text[: one.start]):
            number = last["number"].replace(",", "")
            yield Mention(one.type, last["number"], *last.span("number"), number, len(number.partition(".")[2]))


def _durations(text: str) -> Iterator[Mention]:
    for match in DURATION.finditer(text):
        unit = match["unit"]
        # `500s` are responses.
        if unit in "dD" or len(match["number"]) > 9 or STATUS.fullmatch(match[0]):
            continue
        # `5 m` may be metres or million, `14 h` is a time of day in some languages: only `5m` and `2h` are durations.
        first = float(match["number"].replace(",", "")) * _seconds(unit)
        second = (
            float(match["number2"] or 0) * _seconds(match["unit2"] or "s") if len(match["number2"] or "") < 9 else 0
        )
        smallest = _seconds(match["unit2"] or unit)
        if "." in match["number"]:
            smallest /= 10
        if first + second < 1e9:
            exact = timedelta(seconds=smallest)
            yield Mention("duration", match[0], *match.span(), match[0], 0, timedelta(seconds=first + second), exact)

    for (start, end), span, exact in spelled_durations(text):
        yield Mention("duration", text[start:end], start, end, text[start:end], 0, span, exact)


def _seconds(unit: str) -> float:
    return UNITS["h" if unit[:2].lower() == "st" else unit[0].lower()]


def _counts(text: str) -> Iterator[Mention]:
    taken: list[tuple[int, int]] = []
    for match in OF.finditer(text):
        taken.append(match.span())
        after = re.match(r"\s([a-z]+)", text[match.end() :])
        value = f"{match[1]} {match[2]}".replace(",", "")
        yield Mention("count", match[0], *match.span(), value, noun=after[1] if after else "")
    for match in COUNT_AFTER.finditer(text):
        span = match.span("number")
        taken.append(span)
        yield Mention("count", match["number"], *span, match["number"].replace(",", ""), noun=match["noun"].lower())
    for match in COUNT.finditer(text):
        if not any(start <= match.start(1) < end for start, end in taken):
            number = str(SPELLED.get(match[1].lower(), match[1])).replace(",", "")
            yield Mention("count", match[0], *match.span(), number, noun=match[2].lower())


def _versions(text: str) -> Iterator[Mention]:
    for match in VERSION.finditer(text):
        # `8.9` may be seconds, requests or gigabytes; beside the name of a service it is one: `sessions 2.15`.
        if (
            match[1].count(".") < 2
            and match[0][0] != "v"
            and not (BESIDE_NAME.search(text[: match.start()]) and not UNIT_BEHIND.match(text, match.end()))
            and not VERSION_BEFORE.search(text[max(0, match.start() - 12) : match.start()])
        ):
            continue
        yield Mention("version", match[0], *match.span(), match[1])


def _commits(text: str) -> Iterator[Mention]:
    for match in COMMIT.finditer(text):
        yield Mention("commit", match[0], *match.span(), match[1])


def _runs(text: str) -> Iterator[Mention]:
    for match in RUN.finditer(text):
        yield Mention("run", match[0], *match.span(), match[1])


def _pods(text: str) -> Iterator[Mention]:
    for match in POD.finditer(text):
        if any(char.isdigit() for char in match[1].rsplit("-", 2)[1]):
            yield Mention("pod", match[0], *match.span(), match[1])


def _alerts(text: str) -> Iterator[Mention]:
    if ALERT_NEAR.search(text):
        for match in ALERT.finditer(text):
            if NO_ALERTS.fullmatch(match[1]):
                continue
            yield Mention("alert", match[0], *match.span(), match[1])


def _services(text: str) -> Iterator[Mention]:
    for match in NAMED_SERVICE.finditer(text):
        group = 1 if match[1] else 2
        yield Mention("service", match[group], *match.span(group), match[group])


def _is_meant(text: str, name: re.Match[str]) -> bool:
    """Whether a word such as `search` is meant as a service, by what stands before or after it."""
    before, after = text[max(0, name.start() - 30) : name.start()], text[name.end() : name.end() + 12]
    return bool(DEFINITE.search(before) or FOLLOWS.match(after))


def _shape(name: str) -> str:
    """The same for names with as many digits and letters between the same marks; empty for those without digits."""
    return re.sub(r"[0-9a-z]", "x", name) if any(char.isdigit() for char in name) else ""


def _known(text: str, facts: Facts) -> Iterator[Mention]:
    """Names that the evidence has, whatever their form."""
    # `20260201-1ff2a`: what looks as versions do here is one, though the evidence has never seen it.
    shapes = {_shape(version) for version in facts.versions if "." not in version and "-" in version}
    for match in TOKEN.finditer(text):
        name = match[0]
        bare = name[1:] if name[:1] == "v" and name[1:2].isdigit() else name
        if name in facts.alerts:
            yield Mention("alert", name, *match.span(), name)
        elif name in facts.pods:
            yield Mention("pod", name, *match.span(), name)
        elif bare in facts.versions and any(char.isdigit() for char in bare):
            yield Mention("version", name, *match.span(), bare)
        elif name in facts.of_rows or (name in facts.services and ("-" in name or _is_meant(text, match))):
            yield Mention("service", name, *match.span(), name)
        elif _shape(name) in shapes:
            yield Mention("version", name, *match.span(), name)
        elif name[:1].isupper() and name[1:].islower() and name.lower() in facts.of_rows:
            yield Mention("service", name, *match.span(), name.lower())
