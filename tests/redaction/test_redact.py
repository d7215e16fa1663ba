"""`pm-timeline redact`: the same timeline, and none of the names."""

import json
import re
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from collector.errors import UsageError
from collector.gather import Gathered, gather
from collector.redaction.rewrite import Rewriter
from collector.redaction.survey import Survey
from tests.cli.command import Done, pm_timeline
from tests.examples import few, rarely
from tests.redaction.redacting import reads_as, redact, replayed, shape, traces, unpacked
from tests.servers.process import ROOT

SMALL = ROOT / "fixtures" / "incidents" / "config-from-s3" / "bundle.zip"
DEMO = ROOT / "fixtures" / "checkout-incident.zip"
INCIDENTS = ROOT / "fixtures" / "incidents"
BUNDLES = {
    "demo": DEMO,
    "evidence": ROOT / "fixtures" / "evidence" / "bundle.zip",
    **{name: INCIDENTS / name / "bundle.zip" for name in ("cluster-upgrade", "node-failure", "looked-at-next-morning")},
}
"""With people, nodes whose order shows in a row, an audit log, shipped logs, addresses in alerts, an earlier day."""


@pytest.fixture(scope="module", params=few(BUNDLES, len(BUNDLES), -1))
def done(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path, dict[str, list[str]]]:
    bundle = BUNDLES[request.param]
    out, replaced, _ = redact(bundle, tmp_path_factory.mktemp(request.param))
    return bundle, out, replaced


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[str]], Done]:
    return redact(SMALL, tmp_path_factory.mktemp("small"))


@pytest.mark.thorough
def test_the_rows_are_the_same_but_for_the_names(done: tuple[Path, Path, dict[str, list[str]]]) -> None:
    bundle, out, replaced = done
    old, new = replayed(bundle), replayed(out)
    assert list(map(shape, new.rows)) == list(map(shape, old.rows))
    assert [
        two.text for one, two in zip(old.rows, new.rows, strict=True) if not reads_as(one.text, two.text, replaced)
    ] == []
    assert new.accounting == old.accounting
    assert [(one.name, one.at) for one in new.phases] == [(one.name, one.at) for one in old.phases]


def test_no_name_is_left_anywhere(done: tuple[Path, Path, dict[str, list[str]]]) -> None:
    _, out, replaced = done
    names = {
        name for alias, every in replaced.items() for name in every if alias.startswith(("person", "host", "address"))
    }
    # What is a word or the name of something that stays is replaced only where a person is meant.
    names -= {"prometheus", "oncall", "admin", "helm"}
    whole = "\n".join(unpacked(out).values()).casefold()
    # `Jo` is part of `job`, and `node-c` of `node-controller`.
    found = {word for word in re.findall(r"[^\s\"',;()\\]+", whole) for word in (word, *re.split(r"[/@=:?&]", word))}
    assert [name for name in names if name.casefold() in found or (len(name) > 9 and name.casefold() in whole)] == []


@pytest.mark.thorough
def test_the_list_is_private_and_the_same_bundle_gives_the_same_bytes(
    small: tuple[Path, dict[str, list[str]], Done],
) -> None:
    out, replaced, done = small
    kept = out.with_name("out.zip.replaced.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert replaced["person-1"][0] == "dana-reyes"
    assert "Maria Ortiz" in replaced["person-4"]
    assert "Services, namespaces, workloads, alerts, versions and labels are as they were" in done.err
    assert "dana" not in done.err
    before = out.read_bytes(), kept.read_bytes()
    assert redact(SMALL, out.parent, "--force")
    assert (out.read_bytes(), kept.read_bytes()) == before
    # Of what is redacted already nothing is replaced by somebody else's alias.
    with zipfile.ZipFile(out) as opened:
        assert not [name for name in opened.namelist() if "replaced" in name]


@pytest.mark.thorough
def test_a_word_that_is_named_goes_everywhere_it_is_part_of(tmp_path: Path) -> None:
    out, replaced, _ = redact(SMALL, tmp_path, "--also", "pricing", "--also", "Acme")
    whole = "\n".join([*unpacked(out), *unpacked(out).values()])
    assert traces(whole, "pricing") == []
    assert traces(whole, "acme") == []
    assert (replaced["word-1"], replaced["word-2"]) == (["pricing"], ["Acme"])
    assert [row.at for row in replayed(out).rows] == [row.at for row in replayed(SMALL).rows]


@pytest.mark.parametrize("taken", ["out.zip", rarely("out.zip.replaced.json")])
def test_nothing_is_overwritten_without_force(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_text("theirs")
    done = pm_timeline("redact", DEMO, "out.zip", folder=tmp_path)
    assert done.code == 2
    assert "exists already" in done.err
    assert done.err.count("\n") == 1
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [(taken, "theirs")]


def test_a_bundle_cut_short_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    whole = DEMO.read_bytes()
    for size in (0, 100, len(whole) // 2, len(whole) - 10):
        (tmp_path / "cut.zip").write_bytes(whole[:size])
        done = pm_timeline("redact", "cut.zip", "out.zip", folder=tmp_path)
        assert (done.code, done.err) == (
            2,
            "pm-timeline: redact cut.zip: it is damaged or no zip; capture or copy it again\n",
        )
        assert [file.name for file in tmp_path.iterdir()] == ["cut.zip"]


def test_one_that_is_interrupted_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The names in what was not read are not known: they would stay.
    def interrupted(*given: Any, **options: Any) -> Gathered:
        return replace(gather(*given, **options), unfinished=("github",))

    monkeypatch.setattr("collector.run.gather", interrupted)
    done = pm_timeline("redact", SMALL, "out.zip", folder=tmp_path)
    assert done.code == 130
    assert list(tmp_path.iterdir()) == []


@pytest.mark.thorough
def test_where_the_list_has_no_room_there_is_no_copy_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> None:
        raise UsageError("out.zip.replaced.json: cannot be written (No space left on device)")

    monkeypatch.setattr("cli.private_file.PrivateFile.write", full)
    done = pm_timeline("redact", SMALL, "out.zip", folder=tmp_path)
    assert (done.code, "No space left on device" in done.err) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_a_document_that_was_changed_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "changed.zip", "w") as packed:
        for name, text in unpacked(DEMO).items():
            packed.writestr(name, text.replace("Maria", "Mario") if name == "notes/000001.txt" else text)
    done = pm_timeline("redact", "changed.zip", "out.zip", folder=tmp_path)
    assert done.code == 2
    assert "notes/000001.txt is not what was captured" in done.err
    assert not (tmp_path / "out.zip").exists()


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["gone.zip", "out.zip"], "redact gone.zip: no such file"),
        ([str(DEMO), str(DEMO)], "the bundle, OUT and the list of what was replaced must be three different files"),
        ([str(DEMO), "no/out.zip"], "cannot write there"),
        ([str(DEMO), "out.zip", "--list", "no/list.json"], "cannot be written"),
        ([str(DEMO), "out.zip", "--also", "x"], "--also: is shorter than two characters; name a word"),
    ],
)
def test_wrong_use_is_one_line(tmp_path: Path, options: list[str], message: str) -> None:
    done = pm_timeline("redact", *options, folder=tmp_path)
    assert done.code == 2
    assert message in done.err
    assert done.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_example_of_the_documentation(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "redaction.md").read_text()
    note, remains = (
        " ".join(page.partition(start)[2].partition("`")[2].partition("`")[0].split())
        for start in ("of the note", "remains")
    )
    survey = Survey()
    for source in ("dana-reyes", "li-wei", "sam-okafor", "Maria Ortiz"):
        survey.text(json.dumps({"actor": source, "service": "checkout"}))
    assert Rewriter(survey).document(note) == remains


@pytest.mark.thorough
def test_the_manifest_names_what_stays(small: tuple[Path, dict[str, list[str]], Done]) -> None:
    out, _, _ = small
    old, new = (json.loads(unpacked(bundle)["manifest.json"]) for bundle in (SMALL, out))
    assert new["window"] == old["window"]
    assert [(one["name"], one["type"], len(one["documents"])) for one in new["sources"]] == [
        (one["name"], one["type"], len(one["documents"])) for one in old["sources"]
    ]
