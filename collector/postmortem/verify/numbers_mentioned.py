"""The numbers in a sentence."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from collector.postmortem.verify.mention import Mention
from collector.postmortem.verify.mention_forms import (
    CODE,
    COUNT,
    COUNT_AFTER,
    DURATION,
    FRACTION,
    FRACTIONS,
    FROM,
    FULL,
    OF,
    OF_GERMAN,
    OF_THEM,
    PERCENT,
    RATE,
    REQUESTS,
    SCALED_TO,
    SHARED_UNIT,
    SHARES_UNIT,
    SPELLED,
    STATUS,
    UNITS,
)
from collector.postmortem.verify.spelled_durations import spelled_durations


def percentages(text: str) -> Iterator[Mention]:
    """Percentages."""
    for match in PERCENT.finditer(text):
        # `22,4 %`, as in most of Europe.
        number = f"{match['whole']}.{match['part']}" if match["whole"] else match["number"].replace(",", "")
        yield Mention("percentage", match[0], *match.span(), number, len(number.partition(".")[2]))


def fractions(text: str) -> Iterator[Mention]:
    """Fractions of requests, in words: `three quarters of the requests`."""
    for match in FRACTION.finditer(text):
        first = FRACTIONS.get(match["many"].lower(), 1) if match["many"] else 1
        value = 100 * first / FRACTIONS[match["part"].lower().rstrip("s")]
        if value < FULL:
            yield Mention("percentage", match[0], *match.span(), f"{value:.1f}", 0, noun="fraction")


def rates(text: str) -> Iterator[Mention]:
    """Requests per second."""
    for match in RATE.finditer(text):
        number = match["number"].replace(",", "")
        yield Mention("rate", match[0], *match.span(), number, len(number.partition(".")[2]))


def codes(text: str) -> Iterator[Mention]:
    """Exit codes and HTTP status codes."""
    for match in CODE.finditer(text):
        yield Mention("code", match[0], *match.span(), match["exit"] or match["http"] or match["answer"])


_SHARED = frozenset({"percentage", "rate", "count"})


def sharing(masked: list[str], found: Iterable[Mention]) -> Iterator[Mention]:
    """Numbers that share the unit of a number beside them: `from 40 to 221 requests/s`."""
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


def durations(text: str) -> Iterator[Mention]:
    """Durations, in digits and in words."""
    for match in DURATION.finditer(text):
        unit = match["unit"]
        # `500s` are HTTP responses.
        if unit in "dD" or len(match["number"]) > 9 or STATUS.fullmatch(match[0]):
            continue
        first = float(match["number"].replace(",", "")) * _seconds(unit)
        if match["unit2"] and _seconds(match["unit2"]) >= _seconds(unit):
            # `TTM 14 min, 20 minutes in all` are two.
            number, end, exact = match["number2"], match.end("unit"), timedelta(seconds=_seconds(unit))
            text_, span = text[match.start() : end], timedelta(seconds=first)
            yield Mention("duration", text_, match.start(), end, text_, 0, span, exact)
            start, exact = match.start("number2"), timedelta(seconds=_seconds(match["unit2"]))
            if len(number) < 9:
                yield Mention(
                    "duration", text[start : match.end()], start, match.end(), number, 0, int(number) * exact, exact
                )
            continue
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


def counts(text: str) -> Iterator[Mention]:
    """Counts of pods, nodes, requests and the like, alone or as `4 of 6`."""
    taken: list[tuple[int, int]] = []
    for match in OF.finditer(text):
        taken.append(match.span())
        after = re.match(r"\s(?:(?:new|old|of the|of our) )?([A-Za-z]+)", text[match.end() :])
        value = f"{match[1]} {match[2]}".replace(",", "")
        yield Mention("count", match[0], *match.span(), value, noun=after[1].lower() if after else "")
    for match in OF_GERMAN.finditer(text):
        taken.append(match.span())
        value = f"{match[1]} {match[2]}".replace(".", "")
        yield Mention("count", match[0], *match.span(), value, noun=match[3].lower())
    for match in OF_THEM.finditer(text):
        if REQUESTS.search(text[: match.start()]):
            taken.append(match.span())
            yield Mention("count", match[1], *match.span(1), match[1].replace(",", ""), noun="requests")
    for match in COUNT_AFTER.finditer(text):
        span = match.span("number")
        taken.append(span)
        yield Mention("count", match["number"], *span, match["number"].replace(",", ""), noun=match["noun"].lower())
    for match in SCALED_TO.finditer(text):
        taken.append(match.span("number"))
        yield Mention("count", match["number"], *match.span("number"), match["number"], noun="size")
    for match in COUNT.finditer(text):
        if not any(start <= match.start(1) < end for start, end in taken):
            number = str(SPELLED.get(match[1].lower(), match[1])).replace(",", "")
            yield Mention("count", match[0], *match.span(), number, noun=match[2].lower())
