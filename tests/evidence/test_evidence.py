"""The same incident from each kind of evidence alone, and from several together."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from collector.event import SECOND, Kind
from tests.conftest import TABLES
from tests.evidence.evidence import AUDIT, EXPIRED, LIVE, LOKI, METRICS, RECORDED, SEARCH, TYPES, Evidence
from tests.evidence.limits import LIMITS, Limit
from tests.evidence.table import compare, lines, name, precise
from tests.evidence.truth import utc
from tests.examples import few

DOCUMENTATION = (Path(__file__).parents[2] / "docs" / "kubernetes.md").read_text()
COLUMNS = {
    "live API": [LIVE],
    "audit log": [AUDIT],
    "metrics": [METRICS],
    "Loki": [LOKI],
    "Elasticsearch": [SEARCH],
    "recorder": [RECORDED],
    "together": list(TYPES),
    "no Events": [EXPIRED],
    "no Events, metrics": [EXPIRED, METRICS],
    "no Events, Loki": [EXPIRED, LOKI],
    "no Events, recorder": [EXPIRED, RECORDED],
}


@pytest.fixture(scope="session", autouse=True)
def table(evidence: Evidence, pytestconfig: pytest.Config) -> None:
    truth = evidence.played.truth
    columns = {head: compare(evidence.timeline(types).rows, truth, types)[0] for head, types in COLUMNS.items()}
    title = f"seconds from the truth, and how exact it is reported, of the play that is {evidence.how}"
    pytestconfig.stash[TABLES][title] = lines(columns, truth)


@pytest.mark.parametrize("column", few(COLUMNS, 4))
def test_every_row_is_told_once_and_none_that_is_not_true(evidence: Evidence, column: str) -> None:
    types = COLUMNS[column]
    assert compare(evidence.timeline(types).rows, evidence.played.truth, types)[1] == []


@pytest.mark.parametrize("type_", TYPES)
def test_each_source_is_as_exact_as_it_says(evidence: Evidence, type_: str, request: pytest.FixtureRequest) -> None:
    # What is played anew on a busy machine takes longer: what is known of its times is less exact by as much.
    slack = timedelta(seconds=5 if "[played-" in request.node.name else 0)
    truth = evidence.played.truth
    told, _ = compare(evidence.timeline([type_]).rows, truth, [type_])
    rollout = utc(max(true.at.end for true in truth)) - utc(min(true.at.begin for true in truth))
    for true in truth:
        if (found := told.get(name(true))) is None:
            continue
        documented = precise(type_, true.kind, evidence.sampled, rollout) + slack
        partial = any(limit.part or limit.as_ for limit in LIMITS if type_ in limit.types and limit.holds(true))
        assert partial or found.exact <= documented, (name(true), str(found))
        assert partial or abs(found.away) <= (documented + SECOND).total_seconds(), (name(true), str(found))


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize(
    ("kind", "service", "words"),
    [
        (Kind.SCALED, "cart", r"Deployment (shop/)?cart scaled (from 2 )?to 4( by admin)?"),
        (Kind.SCALED, "storefront", r"Deployment (shop/)?storefront scaled (from 2 )?to 3( by (its|horizontal-).*)?"),
        (Kind.JOB_FAILED, "nightly", r"Job nightly failed \(BackoffLimitExceeded(: .*)?\)(, exit code 1)?"),
    ],
)
def test_it_is_told_in_the_same_words(evidence: Evidence, type_: str, kind: Kind, service: str, words: str) -> None:
    (row,) = [row for row in evidence.timeline([type_]).rows if (row.kind, row.service) == (kind, service)]
    assert re.fullmatch(words, row.text)
    # Before Kubernetes 1.26 its Events do not tell the size before.
    assert kind != Kind.SCALED or type_ in (LIVE, LOKI, SEARCH) or "from 2 to" in row.text


def test_together_they_are_as_exact_as_the_most_exact(evidence: Evidence) -> None:
    truth = evidence.played.truth
    together, _ = compare(evidence.timeline(TYPES).rows, truth, TYPES)
    for type_ in TYPES:
        for line, told in compare(evidence.timeline([type_]).rows, truth, [type_])[0].items():
            assert told.as_ or together[line].exact <= told.exact, line


@pytest.mark.parametrize("other", [METRICS, LOKI, RECORDED])
def test_what_the_cluster_forgot_is_known_from_elsewhere(evidence: Evidence, other: str) -> None:
    truth = evidence.played.truth
    both, _ = compare(evidence.timeline([EXPIRED, other]).rows, truth, [EXPIRED, other])
    for type_ in (EXPIRED, other):
        alone, _ = compare(evidence.timeline([type_]).rows, truth, [type_])
        assert set(alone) <= set(both)


@pytest.mark.parametrize(
    ("other", "seen"),
    [
        (METRICS, "rollouts and pods, to "),
        (AUDIT, "changes, rollouts and pods"),
        (LOKI, "Events"),
        (RECORDED, "recorded "),
    ],
)
def test_coverage_says_who_covers_the_time_of_which_the_events_are_gone(
    evidence: Evidence, other: str, seen: str
) -> None:
    gone = [gap.reason for gap in evidence.timeline([EXPIRED, other]).coverage[0].gaps if "no Events" in gap.reason]
    assert len(gone) == 1
    assert f"that time is covered by {other} ({seen}" in gone[0]


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: f"{'+'.join(limit.types)}: {limit.says}")
def test_what_a_source_cannot_tell_it_says(evidence: Evidence, limit: Limit) -> None:
    assert any(limit.holds(true) for true in evidence.played.truth)
    for type_ in limit.types:
        if limit.documented:
            (line,) = [line for line in DOCUMENTATION.splitlines() if line.startswith("|") and f"`{type_}`" in line]
            said = [line.split("|")[-2]]
        else:
            said = [gap.reason for gap in evidence.timeline([type_]).coverage[0].gaps]
        assert any(limit.says in each for each in said), said
