"""The yardstick itself: what counts as found, needless, forbidden and late."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from tests.examples import few
from tests.incidents.changes import noisy, renamed, shifted, without
from tests.incidents.expected import Expectation, load_expected
from tests.incidents.gates import NAMES, bundle_of
from tests.incidents.measure import FOLDER
from tests.incidents.pipeline import Line, Table
from tests.incidents.score import score, together

_NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
_CART = "config-from-s3"


def row(minutes: float, kind: str, text: str) -> Line:
    return Line(_NOON + timedelta(minutes=minutes), kind, text, ("prometheus",), text, "cart")


def table(*rows: Line, left_out: tuple[str, ...] = ()) -> Table:
    return Table(rows, (), left_out, 500, "", {})


def expectation(folder: Path, **parts: object) -> Expectation:
    path = folder / "expected.yaml"
    path.write_text(yaml.safe_dump({"rows": [], "harmless": [], "forbidden": [], **parts}))
    return load_expected(path, _NOON)


def test_rows_are_found_needless_harmless_or_forbidden(tmp_path: Path) -> None:
    wanted = expectation(
        tmp_path,
        rows=[
            {"at": "12:02", "kind": ["deploy"], "all": ["cart", r"2\.0"]},
            {"at": "12:05-12:06", "kind": ["alert"], "all": ["cart"]},
            {"at": "12:20", "kind": ["rollback"], "all": ["cart"]},
        ],
        harmless=[{"kind": ["symptom"], "all": ["cart"]}],
        forbidden=[{"all": ["mail"]}],
    )
    found = score(
        "one",
        table(
            row(2.5, "deploy.started", "Deploy of CART 2.0"),
            row(3, "errors.rose", "Errors of cart"),
            row(4.5, "alert.firing", "cart fails"),
            row(8, "pod.ready", "mailer is ready"),
        ),
        wanted,
    )
    assert (found.recall, found.precision, found.worst) == (pytest.approx(2 / 3), pytest.approx(2 / 3), 30)
    assert [one.text for one in found.needless] == [one.text for one in found.forbidden] == ["mailer is ready"]
    assert len(found.missing) == 1
    assert together([found, found]).recall == found.recall


def test_the_wrong_kind_or_a_far_time_or_a_word_too_few_is_not_found(tmp_path: Path) -> None:
    wanted = expectation(tmp_path, rows=[{"at": "12:02", "kind": ["deploy"], "all": ["cart", "starts"]}])
    for other in (
        row(2, "alert.firing", "cart starts"),
        row(14, "deploy.started", "cart starts"),
        row(2, "deploy.started", "cart"),
    ):
        found = score("one", table(other), wanted)
        assert (found.recall, len(found.needless)) == (0, 1)


def test_one_row_may_stand_for_two_and_of_two_rows_for_one_the_nearer_counts(tmp_path: Path) -> None:
    ready = {"at": "12:03", "kind": ["pod"], "all": ["ready"]}
    done = {"at": "12:04", "kind": ["pod"], "all": ["complete"]}
    both = score("one", table(row(4, "pod.ready", "6/6 ready, complete")), expectation(tmp_path, rows=[ready, done]))
    assert (both.recall, both.precision) == (1, 1)
    twice = table(row(3, "pod.ready", "ready"), row(9, "pod.ready", "ready"))
    once = score("one", twice, expectation(tmp_path, rows=[ready]))
    assert (once.recall, once.precision, once.worst) == (1, 0.5, 0)


def test_what_is_to_be_named_may_stand_under_the_table(tmp_path: Path) -> None:
    wanted = expectation(tmp_path, rows=[{"at": "named", "all": ["cart", r"2\.0"]}])
    assert score("one", table(left_out=("Deploy of cart 2.0, 09:47",)), wanted).recall == 1
    assert score("one", table(row(1, "note", "it is cart 2.0")), wanted).recall == 0


@pytest.mark.parametrize("name", few(NAMES, 4))
def test_each_incident_is_described_and_its_expectation_can_be_met(name: str) -> None:
    folder = FOLDER / name
    start = datetime.fromisoformat(bundle_of(name).manifest["window"]["from"])
    end = datetime.fromisoformat(bundle_of(name).manifest["window"]["to"])
    expected = load_expected(folder / "expected.yaml", start)
    spans = [form.span for one in expected.rows for form in one.forms if form.span]
    # What began before the window and lasts into it has the time at which it began.
    assert all(start - timedelta(hours=12) <= span[0] and span[1] <= end + timedelta(minutes=1) for span in spans)
    assert (folder / "README.md").read_text().startswith("# ")


def test_changes_of_the_evidence_do_change_it() -> None:
    bundle = bundle_of(_CART)
    other, back = renamed(bundle)
    assert not [file for file, text in other.texts.items() if "pricing" in text]
    assert {file: back(text) for file, text in other.texts.items()} == bundle.texts
    later = shifted(bundle, timedelta(seconds=13))
    assert shifted(later, timedelta(seconds=-13)).manifest == bundle.manifest
    assert later.manifest["window"] != bundle.manifest["window"]
    assert sum(map(len, noisy(bundle, 500).texts.values())) > sum(map(len, bundle.texts.values())) + 100_000
    assert without(bundle, "notes").source("notes")["documents"] == []
