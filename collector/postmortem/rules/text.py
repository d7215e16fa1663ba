"""Rules about the text: no section is empty, no person is the cause, and all times are in one zone."""

import re
from collections.abc import Iterator

from collector.postmortem.lines import without_spans
from collector.postmortem.page import Page
from collector.postmortem.rules.finding import Finding

_PERSON = re.compile(
    r"\b(?:(?:human|operator|user|manual|pilot) errors?"
    r"|(?:human|operator|engineer|developer)(?:'s)? (?:mistake|negligence|carelessness)"
    r"|careless(?:ness|ly)?|negligen(?:ce|t)|fat[- ]?finger\w*|pebkac"
    r"|(?:lack of|not paying|insufficient) attention"
    r"|(?:some(?:one|body)|(?:an?|the) (?:[\w-]+ ){0,2}(?:engineer|operator|developer|admin\w*|colleague"
    r"|intern|on-call|employee|contractor))"
    r" (?:forgot|broke|did not follow|didn't follow|ran the wrong|used the wrong"
    r"|failed to|made a mistake|should have|mistakenly|accidentally|was careless|did not pay))\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:no|not|never|without|rather than|instead of|avoid|than)\b[^.;:]{0,20}$|[\"'\u201c`]$", re.I
)
_DENIED = re.compile(r"\s(?:is|was|are|were)(?: never| not|n't)\b", re.IGNORECASE)
"""A denial after the match: `operator error is never a cause`."""
_ZONE = re.compile(
    r"(?<![\w:])[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?\s?"
    r"(Z\b|(?:UTC|GMT)?[+-][01][0-9]:?(?:00|15|30|45)\b|UTC\b|GMT\b|[ECMP][SD]T\b|CES?T\b|EES?T\b|WES?T\b|BST\b|IST\b|JST\b"
    r"|AES?D?T\b|[A-Z][a-z]+/[A-Z][A-Za-z_]+)"
)
_HEADER = re.compile(r"^\s*\|[^|0-9]*\b(?i:time|when|clock)[^|0-9]*\((UTC|GMT|[ECMP][SD]T|CES?T|EES?T|WES?T)\)[^|]*\|")
_SAME = {"Z": "UTC", "GMT": "UTC", "+00:00": "UTC", "UTC+00:00": "UTC"}


def check_sections(page: Page) -> Iterator[Finding]:
    """Find headings with neither text nor subheadings below them."""
    for at, section in enumerate(page.sections):
        following = page.sections[at + 1] if at + 1 < len(page.sections) else None
        parent = following is not None and following.level > section.level
        if section.level and not parent and not any(map(str.strip, page.lines[section.start : section.end])):
            yield Finding(section.heading + 1, "empty", f"the section {section.title!r} is empty")


def check_blame(page: Page) -> Iterator[Finding]:
    """Find causes that blame a person instead of the conditions that let it happen."""
    for number, line in enumerate(page.lines, 1):
        for found in _PERSON.finditer(line):
            if not _NEGATED.search(line[: found.start()]) and not _DENIED.match(line, found.end()):
                message = f"{found[0]!r} is no cause; write what made it possible, and why nothing caught it"
                yield Finding(number, "blame", message)


def check_zones(page: Page) -> Iterator[Finding]:
    """Find times in another zone than the first one named, which counts as the document's zone.

    Generated text may have any zone: its times are exact. All UTC offsets count as one zone, because there are two of
    them on a night in which the clocks change.
    """
    first = ""
    for at, line in enumerate(page.lines):
        # A zone in the header of a column applies to its times.
        first = first or next((_SAME.get(zone, zone) for zone in _HEADER.findall(line)), "")
        for found in _ZONE.finditer(without_spans(line) if at not in page.generated else ""):
            zone = _SAME.get(found[1], "an offset" if found[1][-1].isdigit() else found[1])
            first = first or zone
            if zone != first:
                message = f"{found[0]!r} is in another zone than the times before it, which are in {first}"
                yield Finding(at + 1, "zones", message)
