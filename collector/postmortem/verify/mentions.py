"""The numbers and names in a sentence."""

import re
from collections.abc import Iterable, Iterator
from functools import partial

from collector.postmortem.verify.facts import Facts
from collector.postmortem.verify.mention import Mention as Mention
from collector.postmortem.verify.mention_forms import (
    ALERT,
    ALERT_NEAR,
    BESIDE_NAME,
    COMMIT,
    DEFINITE,
    FOLLOWS,
    NAMED_SERVICE,
    NO_ALERTS,
    POD,
    RUN,
    TOKEN,
    UNIT_BEHIND,
    VERSION,
    VERSION_BEFORE,
)
from collector.postmortem.verify.numbers_mentioned import (
    codes,
    counts,
    durations,
    fractions,
    percentages,
    rates,
    sharing,
)

_LEAST_DIGITS, _LEAST_BLANK = 4, 4


def mentions(text: str, facts: Facts, times: Iterable[tuple[int, int]]) -> list[Mention]:
    """All mentions in order, outside the spans of `times`."""
    masked = list(text)
    for start, end in times:
        masked[start:end] = " " * (end - start)
    found: list[Mention] = []
    known = partial(_known, facts=facts)
    for reader in (
        percentages,
        fractions,
        rates,
        codes,
        _runs,
        _pods,
        durations,
        known,
        _versions,
        _commits,
        counts,
        partial(_alerts, facts=facts),
        _services,
    ):
        for mention in list(reader("".join(masked))):
            found.append(mention)
            # Masked, so that it is not read again as a part of something else.
            masked[mention.start : mention.end] = "\0" * (mention.end - mention.start)
    found += sharing(masked, found)
    return sorted(found, key=lambda mention: mention.start)


def _versions(text: str) -> Iterator[Mention]:
    for match in VERSION.finditer(text):
        # `8.9` may be seconds, requests or gigabytes; directly after a service's name it is a version: `sessions 2.15`.
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


def _alerts(text: str, facts: Facts) -> Iterator[Mention]:
    """Names in the form of an alert's, in a text about alerts or right after a leading time: `14:06 CheckoutErrors`."""
    near = ALERT_NEAR.search(text)
    for match in ALERT.finditer(text):
        before = text[: match.start()]
        begins = len(before) >= _LEAST_BLANK and not before.strip(" |:\u2013\u2014-[]()*") and "." not in match[1]
        # Reasons such as `FailedScheduling` have the same form.
        if NO_ALERTS.fullmatch(match[1]) or (not near and any(match[1] in row.text for row in facts.rows)):
            continue
        if near or (begins and facts.alerts):
            yield Mention("alert", match[0], *match.span(), match[1])


def _services(text: str) -> Iterator[Mention]:
    for match in NAMED_SERVICE.finditer(text):
        group = 1 if match[1] else 2
        yield Mention("service", match[group], *match.span(group), match[group])


def _is_meant(text: str, name: re.Match[str]) -> bool:
    """Whether a word such as `search` means the service, judged by the words before and after it."""
    before, after = text[max(0, name.start() - 30) : name.start()], text[name.end() : name.end() + 12]
    return bool(DEFINITE.search(before) or FOLLOWS.match(after))


def _shape(name: str) -> str:
    """The name with `x` for each digit and lower-case letter, to compare forms; empty for names without digits."""
    return re.sub(r"[0-9a-z]", "x", name) if any(char.isdigit() for char in name) else ""


def _known(text: str, facts: Facts) -> Iterator[Mention]:
    """Names that the evidence has, in any form."""
    # A name with the form of a known version, such as `20260201-1ff2a`, is a version even if the evidence lacks it.
    shapes = {_shape(version) for version in facts.versions if "." not in version and "-" in version}
    nodes = facts.nodes | {node.partition(".")[0] for node in facts.nodes}
    # Only node names with several digits have a recognizable form: `node-d` has none.
    forms = {_shape(node) for node in nodes if sum(char.isdigit() for char in node) >= _LEAST_DIGITS}
    for match in TOKEN.finditer(text):
        name = match[0]
        bare = name[1:] if name[:1] == "v" and name[1:2].isdigit() else name
        if name in facts.alerts:
            yield Mention("alert", name, *match.span(), name)
        elif name in facts.pods:
            yield Mention("pod", name, *match.span(), name)
        elif bare in facts.versions and any(char.isdigit() for char in bare):
            yield Mention("version", name, *match.span(), bare)
        elif name in nodes or (_shape(name) in forms and "." not in name):
            yield Mention("node", name, *match.span(), name)
        elif name in facts.of_rows or (name in facts.services and ("-" in name or _is_meant(text, match))):
            yield Mention("service", name, *match.span(), name)
        elif _shape(name) in shapes:
            yield Mention("version", name, *match.span(), name)
        elif name[:1].isupper() and name[1:].islower() and name.lower() in facts.of_rows:
            yield Mention("service", name, *match.span(), name.lower())
