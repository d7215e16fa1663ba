"""How much of what is wrong in a draft `verify` finds, and how much of what is true it calls wrong."""

from collections import Counter
from collections.abc import Sequence

import pytest
from msgspec import Struct, field

from collector.postmortem.verify.check import verify
from collector.postmortem.verify.finding import Finding, Verdict
from collector.result import Timeline
from tests.incidents.measure import FOLDER, names
from tests.incidents.pipeline import read
from tests.postmortem.drafts import Draft, draft
from tests.servers.process import ROOT

pytestmark = pytest.mark.bench
BY_HAND = ROOT / "tests" / "postmortem" / "by_hand"
STYLES = {"table": 20, "list": 20, "prose": 10, "zone": 10}
"""So many drafts of each style, sixty in all."""
TYPES = ("time", "version", "alert", "percentage", "zone")


class Result(Struct):
    """What became of all drafts."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    true: Counter[str] = field(default_factory=Counter)
    confirmed: Counter[str] = field(default_factory=Counter)
    wronged: Counter[str] = field(default_factory=Counter)
    drafts: Counter[str] = field(default_factory=Counter)
    details: list[str] = field(default_factory=list)

    def add(self, one: Draft, findings: Sequence[Finding]) -> None:
        self.drafts[one.style] += 1
        of_planted: set[Finding] = set()
        for error in one.planted:
            same = [finding for finding in findings if finding.type == error.type and finding.line == error.line]
            same = [finding for finding in same if finding.text.removeprefix("v") == error.text]
            same = [finding for finding in findings if finding.type == "zone"] if error.type == "zone" else same
            # Nothing contradicts a name that nobody knows; it is reported as not found.
            enough = (Verdict.CONTRADICTED, Verdict.NOT_FOUND) if error.type == "alert" else (Verdict.CONTRADICTED,)
            self.planted[error.type] += 1
            if any(finding.verdict in enough for finding in same):
                self.found[error.type] += 1
            else:
                where = one.text.split("\n")[error.line - 1]
                where = where[max(0, where.find(error.text) - 90) :][:200]
                self.details.append(f"missed {error.type} {error.text} in {one.name} ({one.style}): {where!r}")
            of_planted.update(same)
        for finding in findings:
            if finding.type == "cause" or finding in of_planted:
                continue
            self.true[finding.type] += 1
            self.confirmed[finding.type] += finding.verdict == Verdict.CONFIRMED
            if finding.verdict == Verdict.CONTRADICTED:
                self.wronged[finding.type] += 1
                where = one.text.split("\n")[finding.line - 1]
                where = where[max(0, where.find(finding.text) - 90) :][:200]
                self.details.append(
                    f"wronged {finding.type} {finding.text} in {one.name} ({one.style}): {where!r} {finding.evidence}"
                )

    def __str__(self) -> str:
        lines = [f"{'verify: type':<14}{'planted':>9}{'found':>9}{'true':>9}{'confirmed':>11}{'called wrong':>14}"]
        for type_ in (*TYPES, *sorted(self.true.keys() - set(TYPES)), "all"):
            row = [
                each.total() if type_ == "all" else each[type_]
                for each in (self.planted, self.found, self.true, self.confirmed, self.wronged)
            ]
            lines.append(f"{type_:<14}{row[0]:>9}{row[1]:>9}{row[2]:>9}{row[3]:>11}{row[4]:>14}")
        return "\n".join([*lines, *self.details])


def timelines() -> dict[str, Timeline]:
    """Each incident, drafted once."""
    return {name: read(FOLDER / name / "bundle.zip").timeline() for name in names()}


def sixty(drafted: dict[str, Timeline]) -> list[tuple[Timeline, Draft]]:
    """The drafts: each style goes round the incidents, each time with another seed."""
    found = []
    for style, wanted in STYLES.items():
        ours: list[tuple[Timeline, Draft]] = []
        seed = 0
        while len(ours) < wanted:
            for name, timeline in drafted.items():
                one = draft(name, timeline, style, seed)
                if one is not None and one.planted and len(ours) < wanted:
                    ours.append((timeline, one))
            seed += 1
        found += ours
    return found


@pytest.fixture(scope="module")
def drafted() -> dict[str, Timeline]:
    return timelines()


def test_planted_errors_are_found_and_true_statements_are_not_called_wrong(drafted: dict[str, Timeline]) -> None:
    result = Result()
    for timeline, one in sixty(drafted):
        result.add(one, verify(one.text, timeline))
    print(f"\n{result}")
    assert result.drafts.total() == 60
    assert result.found.total() >= 0.95 * result.planted.total()
    # Names of services are never called wrong, and would only make the share look smaller.
    assert result.wronged.total() <= 0.05 * (result.true.total() - result.true["service"])


def test_drafts_by_hand(drafted: dict[str, Timeline]) -> None:
    true = wronged = planted = found = 0
    for file in sorted(BY_HAND.glob("*-*.md")):
        text, timeline = file.read_text(), drafted[file.stem]
        read_as_is = [one for one in verify(text, timeline) if one.type not in ("cause", "service")]
        true += len(read_as_is)
        wronged += sum(one.verdict == Verdict.CONTRADICTED for one in read_as_is)
        wrong = file.with_suffix(".wrong")
        for line in wrong.read_text().splitlines() if wrong.exists() else ():
            old, _, new = line.partition(" => ")
            assert old in text
            planted += 1
            found += any(
                reported(one, new) for one in set(verify(text.replace(old, new, 1), timeline)) - set(read_as_is)
            )
    print(f"\nverify: by hand: {found} of {planted} errors found, {wronged} of {true} true statements called wrong")
    assert found >= 0.9 * planted
    assert wronged <= 0.05 * true


def reported(one: Finding, new: str) -> bool:
    """Whether this finding is about what was put wrong."""
    enough = one.verdict == Verdict.CONTRADICTED or (one.type, one.verdict) == ("alert", Verdict.NOT_FOUND)
    return enough and (one.text in new or new.strip(" |*") in one.text)
