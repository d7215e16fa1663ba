import hashlib
import json
import os
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector import replay
from collector.capture import BundleWriter
from collector.errors import BundleError
from collector.manifest import FORMAT, Manifest, StoredSource, StoredWindow
from collector.replay import BundleReader
from collector.source import Document, Gap
from tests.collector.build import WINDOW

AT = datetime(2026, 4, 1, 15, tzinfo=UTC)
GIVEN = [
    Document("events", "GET /events?limit=500", AT, '{"items": []}\r\n'),
    Document("pods", "GET /pods", AT, "\ud800 not even text\x00"),
    Gap("may not list nodes", "grant it", fatal=False),
]


def captured(path: Path, given: list[Document | Gap]) -> Path:
    writer = BundleWriter(path)
    for item in given:
        writer.keep("prod", item)
    documents, gaps = writer.given_by("prod")
    source = StoredSource(name="prod", type="kubernetes", settings={"timeout": 3}, documents=documents, gaps=gaps)
    window = StoredWindow.model_validate({"from": WINDOW.start, "to": WINDOW.end, "tz": "UTC"})
    writer.close(
        Manifest(
            format=FORMAT, made_by="test", captured_at=AT, window=window, sources=(source,), services=("checkout",)
        )
    )
    return path


def refusal(path: Path) -> str:
    with pytest.raises(BundleError) as refused:
        BundleReader(path).verify()
    return str(refused.value)


def rewritten(path: Path, change: Any) -> Path:
    """The bundle with its manifest changed by `change`."""
    with zipfile.ZipFile(path) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    manifest = json.loads(files["manifest.json"])
    change(manifest)
    files["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w") as packed:
        for name, body in files.items():
            packed.writestr(name, body)
    return path


def test_what_was_kept_comes_back_and_the_same_evidence_makes_the_same_bytes(tmp_path: Path) -> None:
    one, other = captured(tmp_path / "one.zip", GIVEN), captured(tmp_path / "other.zip", GIVEN)
    assert list(BundleReader(one).documents("prod")) == GIVEN
    assert BundleReader(one).manifest.sources[0].settings == {"timeout": 3}
    assert one.read_bytes() == other.read_bytes()
    shutil.unpack_archive(one, tmp_path / "folder")
    assert list(BundleReader(tmp_path / "folder").documents("prod")) == GIVEN
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "one.zip", "other.zip"]


@given(st.integers(0, 2**32))
def test_no_cut_and_no_flipped_bit_of_a_bundle_is_taken_for_evidence(
    tmp_path_factory: pytest.TempPathFactory, place: int
) -> None:
    path = captured(tmp_path_factory.mktemp("bundle") / "b.zip", GIVEN)
    whole = path.read_bytes()
    where = place % len(whole)
    path.write_bytes(whole[:where])
    assert refusal(path).startswith(f"bundle {path}: ")
    path.write_bytes(whole[:where] + bytes([whole[where] ^ 1 << place % 8]) + whole[where + 1 :])
    try:
        reader = BundleReader(path)
        reader.verify()
    except BundleError:
        return
    # A bit in what the zip format does not protect, such as a date, may be flipped without harm to the evidence.
    assert list(reader.documents("prod")) == GIVEN


def test_a_bundle_from_a_newer_version_says_so(tmp_path: Path) -> None:
    path = rewritten(
        captured(tmp_path / "b.zip", GIVEN), lambda manifest: manifest.update(format="pm-timeline-bundle/2")
    )
    assert "its format is pm-timeline-bundle/2, this version reads pm-timeline-bundle/1; upgrade" in refusal(path)


@pytest.mark.parametrize("file", ["../../etc/passwd", "/etc/passwd", "prod/../../x", "prod\\..\\x", "prod/1.txt"])
def test_a_path_that_leads_out_of_the_bundle_is_refused(tmp_path: Path, file: str) -> None:
    path = captured(tmp_path / "b.zip", GIVEN)
    rewritten(path, lambda manifest: manifest["sources"][0]["documents"][0].update(file=file))
    assert "its manifest is wrong at sources.0.documents.0.file" in refusal(path)


def test_a_link_that_leads_out_of_an_unpacked_bundle_is_refused(tmp_path: Path) -> None:
    shutil.unpack_archive(captured(tmp_path / "b.zip", GIVEN), tmp_path / "folder")
    secret = tmp_path / "secret"
    secret.write_text("not yours")
    (tmp_path / "folder/prod/000001.txt").unlink()
    (tmp_path / "folder/prod/000001.txt").symlink_to(secret)
    assert "points outside of it" in refusal(tmp_path / "folder")


def test_a_zip_bomb_is_refused_unread(tmp_path: Path) -> None:
    path = captured(tmp_path / "b.zip", [Document("bomb", "GET /", AT, "0" * 20_000_000)])
    assert path.stat().st_size < 100_000
    assert "as in a zip bomb" in refusal(path)


def test_limits_hold_where_the_headers_lie_or_there_is_no_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = captured(tmp_path / "b.zip", GIVEN)
    shutil.unpack_archive(path, tmp_path / "folder")
    monkeypatch.setattr(replay, "MAX_DOCUMENT", 10)
    assert "is larger than" in refusal(path)
    assert "is larger than" in refusal(tmp_path / "folder")
    monkeypatch.setattr(replay, "MAX_DOCUMENT", 2**20)
    monkeypatch.setattr(replay, "MAX_TOTAL", 30)
    assert "unpacks to more than" in refusal(path)


def test_what_is_no_bundle_is_named(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as packed:
        packed.writestr("manifest.json", '["not", "ours"]')
    (tmp_path / "empty").mkdir()
    assert refusal(tmp_path / "text").endswith("damaged or no zip; capture or copy it again")
    assert refusal(tmp_path / "other.zip").endswith("it is not a bundle of pm-timeline")
    assert refusal(tmp_path / "none.zip").endswith("no such file")
    assert refusal(tmp_path / "empty").endswith("manifest.json is missing from it")


def test_a_changed_document_is_refused(tmp_path: Path) -> None:
    shutil.unpack_archive(captured(tmp_path / "b.zip", GIVEN), tmp_path / "folder")
    (tmp_path / "folder/prod/000001.txt").write_text("{}")
    assert "is not what was captured" in refusal(tmp_path / "folder")


def test_capturing_where_nothing_can_be_written_names_the_place(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"capture .*/none/b.zip: cannot write there"):
        BundleWriter(tmp_path / "none/b.zip")


def with_window(start: str, end: str) -> Any:
    return lambda manifest: manifest.update(window={"from": start, "to": end, "tz": "UTC"})


def with_time(value: str) -> Any:
    return lambda manifest: manifest["sources"][0]["documents"][0].update(at=value)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (
            with_window("2026-04-01T14:30:00Z", "2026-04-01T14:00:00Z"),
            "its manifest is wrong at window: it ends before it begins",
        ),
        (with_window("2026-04-01T14:00:00Z", "2026-04-01T14:00:00Z"), "at window"),
        (with_window("0001-01-01T00:00:00+14:00", "2026-04-01T14:00:00Z"), "at window.from"),
        (with_window("2026-04-01T14:00:00Z", "9999-12-31T23:59:59-14:00"), "at window.to"),
        (with_time("0001-01-01T00:00:00+14:00"), "at sources.0.documents.0.at"),
    ],
)
def test_times_that_cannot_be_are_named(tmp_path: Path, change: Any, where: str) -> None:
    assert where in refusal(rewritten(captured(tmp_path / "b.zip", GIVEN), change))


def test_a_document_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "b"
    with zipfile.ZipFile(captured(tmp_path / "b.zip", GIVEN)) as packed:
        packed.extractall(folder)
    (folder / "prod" / "000001.txt").write_bytes(b"\xff\xfe")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["sources"][0]["documents"][0]["sha256"] = hashlib.sha256(b"\xff\xfe").hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert "prod/000001.txt is not UTF-8 text" in refusal(folder)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is a pipe or a device" in refusal(tmp_path / "pipe")


def test_the_directory_of_a_zip_is_read_once_however_many_documents_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = captured(tmp_path / "b.zip", [GIVEN[0]] * 300)
    opened: list[Path] = []

    class Counted(zipfile.ZipFile):
        def __init__(self, file: Path) -> None:
            opened.append(file)
            super().__init__(file)

    monkeypatch.setattr(zipfile, "ZipFile", Counted)
    bundle = BundleReader(path)
    bundle.verify()
    assert len(list(bundle.documents("prod"))) == 300
    assert opened == [path]
