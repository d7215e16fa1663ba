"""Files of every kind, and what may not leave them."""

import gzip
import json
from datetime import timedelta
from pathlib import Path

import pytest

from collector.source import BadAnswer, Document, Gap
from sources.kubernetes_audit import fetch as fetching
from sources.kubernetes_audit import files
from tests.sources.kubernetes_audit.log import WINDOW, Json, at, entry, fetched, lines, told

T = at("14:10:00")


def many(n: int) -> list[Json]:
    return [entry(T + timedelta(milliseconds=n), "dana", "create", "configmaps", f"c{n}") for n in range(n)]


def entries(given: list[Document | Gap]) -> list[Json]:
    pages = [each for each in given if isinstance(each, Document) and each.call == "entries"]
    return [item for page in pages for item in page.json()["entries"]]


def test_no_secret_value_environment_or_command_is_kept(tmp_path: Path) -> None:
    canary = "canary-6c1f"
    env = [{"name": "web", "image": "web:1", "env": [{"name": "A", "value": canary}], "args": [canary]}]
    template = {"metadata": {"annotations": {"x": canary}}, "spec": {"containers": env, "volumes": [canary]}}
    applied = {"kubectl.kubernetes.io/last-applied-configuration": canary, "app": "web"}
    whole = {"metadata": {"name": "web", "annotations": applied}, "spec": {"template": template}, "data": {"k": canary}}
    patch = [{"op": "add", "path": "/spec/template/spec/containers/0/env", "value": canary}]
    every = [
        entry(
            T, "dana", "update", resource, "web", requestObject=whole, responseObject=whole, annotations={"a": canary}
        )
        for resource in ("secrets", "configmaps", "deployments", "pods", "nodes", "widgets", "controllerrevisions")
    ]
    every.append(entry(T, "dana", "patch", "deployments", "web", requestObject=patch))
    every.append(entry(T, "dana", "create", "pods/exec", "web", requestURI=f"/exec?command={canary}"))
    (tmp_path / "audit.log").write_text(lines(every))
    _, given = fetched(tmp_path / "audit.log")
    assert len(entries(given)) == len(every)
    assert "web:1" in repr(given)
    assert canary not in repr(given)


def test_pages_are_bounded_and_a_namespace_narrows_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PAGE", 10)
    elsewhere = [entry(T, "dana", "create", "configmaps", "x", namespace=name) for name in ("other", "")]
    (tmp_path / "audit.log").write_text(lines([*many(25), *elsewhere]))
    _, given = fetched(str(tmp_path / "*.log"), namespaces=["shop"])
    assert [len(entries([each])) for each in given] == [10, 10, 6, 0]


def test_files_that_cannot_concern_the_window_are_not_read_to_their_end(tmp_path: Path) -> None:
    late = [entry(WINDOW.end + timedelta(hours=1), "dana", "create", "configmaps", "x")]
    (tmp_path / "audit.log").write_text(lines(late) + "not an entry\n" * 50)
    _, given = fetched(tmp_path)
    assert not entries(given)
    assert not [each for each in given if isinstance(each, Gap)]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda whole: gzip.compress(whole)[:-40], "ends in the middle"),
        (lambda whole: gzip.compress(whole, 0)[:-60] + b"\0" * 60, "is damaged"),
        (lambda whole: whole + b"{half\nfull of\n" + whole[:-20], "2 lines are no entries of an audit log"),
        (lambda whole: whole + b"x" * 5000 + b"\n" + whole, "1 lines are no entries of an audit log"),
        (lambda whole: whole + gzip.compress(b"")[:1], ""),
        (lambda whole: gzip.compress(whole + b"\0" * 10**6), "is more than 0 GiB unpacked"),
    ],
)
def test_a_file_that_is_cut_damaged_or_a_bomb_still_gives_what_came_before(
    damage: "object", said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LONGEST_LINE", 4096)
    monkeypatch.setattr(files, "MOST_UNPACKED", 10**6)
    whole = lines(many(300)).encode()
    (tmp_path / "audit.log.gz").write_bytes(damage(whole))  # type: ignore[operator]  # one of the lambdas above
    _, given = fetched(tmp_path)
    assert len(entries(given)) >= 200
    gaps = [each.reason for each in given if isinstance(each, Gap)]
    assert len(gaps) == bool(said)
    assert said in "".join(gaps)


def test_files_that_cannot_be_read_are_named_and_none_at_all_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.log").write_text(lines(many(1)))
    (tmp_path / "b.log").write_text(lines(many(1)))
    plain = Path.open

    def refuse(path: Path, *more: str) -> object:
        if path.name == "b.log":
            raise PermissionError(13, "no")
        return plain(path, *more)

    monkeypatch.setattr(Path, "open", refuse)
    _, gaps = told(tmp_path)
    assert next(gap.reason for gap in gaps).endswith("b.log (PermissionError)")
    with pytest.raises(BadAnswer, match="no such file"):
        fetched(tmp_path / "*.gz")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadAnswer, match="no such file"):
        fetched(tmp_path / "empty")


def test_other_writers_of_the_same_json_are_understood(tmp_path: Path) -> None:
    """Log shippers sort the keys and put blanks between."""
    text = "\n".join(json.dumps(each, sort_keys=True) for each in many(3))
    (tmp_path / "audit.json").write_text(text)
    assert len(told(tmp_path)[0]) == 3
