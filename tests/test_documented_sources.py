"""Every source that README and docs configure asks its system as it is written there, about what is written there."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

import pm_timeline as library
from sources.registry import adapter
from tests.documents import blocks
from tests.servers.process import ROOT
from tests.sources.asking import posted
from tests.sources.examples import ADDRESSES, over_http
from tests.sources.playing import playing

TOKEN = "a-token-of-the-pages"
_ASKED_FOR = (
    "repository",
    "repositories",
    "projects",
    "project",
    "organization",
    "organisation",
    "namespaces",
    "folder",
)
"""The keys whose values each system is asked for by name; the rest of a configuration is about what it answers."""
_CREDENTIALS = ("Authorization", "PRIVATE-TOKEN")


def documented() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Page, name and table of each source that asks over HTTP."""
    asking = set(over_http())
    for block in blocks():
        tables = tomllib.loads(block.text).get("sources", {}) if block.language == "toml" else {}
        yield from ((block.page, name, table) for name, table in tables.items() if table["type"] in asking)


DOCUMENTED = list(documented())


def test_all_types_that_have_a_page_are_among_them() -> None:
    pages = {Path(page).stem for page, _, _ in DOCUMENTED if page.startswith("docs/sources/")}
    described = {path.stem for path in (ROOT / "docs" / "sources").glob("*.md")}
    assert described
    assert pages >= set(over_http()) & described


@pytest.mark.parametrize(("page", "name", "table"), DOCUMENTED, ids=[f"{page}: {name}" for page, name, _ in DOCUMENTED])
def test_a_documented_source_asks_its_system(
    page: str, name: str, table: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with posted(playing(table["type"])) as server:
        moved = _moved(table, server.url, tmp_path, monkeypatch)
        try:
            coverage = library.timeline(
                "2026-04-01 14:00", "2026-04-01 14:30", tz="UTC", config={"sources": {name: moved}}
            ).coverage
            gaps = [gap.reason for source in coverage for gap in source.gaps]
        except library.NoAnswerError as error:
            # The system that answers here has other repositories, jobs or workspaces than the page.
            gaps = [str(error)]
    assert server.asked, gaps
    assert not [gap for gap in gaps if "bug in pm-timeline" in gap]
    for path, headers in server.asked:
        assert any(headers[key] for key in _CREDENTIALS), f"{path} without credentials"
    if "has no Applications" in str(gaps):
        # Those kept here are answers of Argo CD's own API; the cluster is asked only whether it knows of any.
        return
    paths = "\n".join(unquote(path) for path, _ in server.asked)
    for key in _ASKED_FOR:
        values = table.get(key, [])
        # Of several, an answer that is missing may end the source at the first.
        for value in (values if isinstance(values, list) else [values])[: 1 if "404" in str(gaps) else None]:
            assert str(value) in paths, f"{key} of {page}: {value} is not asked for in {paths}"


def _moved(table: dict[str, Any], url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The table, with its system at `url`, and the credentials that it names."""
    fields = set(adapter(table["type"]).Settings.model_fields)
    moved = dict(table)
    if "token_env" in table:
        monkeypatch.setenv(table["token_env"], TOKEN)
    if table["type"] == "aws":
        monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "aws"))
        keys = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = not-a-secret-of-anybody\n"
        (folder / "aws").write_text(f"[profile {table['profile']}]\n{keys}")
    if "kubeconfig" in fields and "url" not in table:
        context = table.get("context", "any")
        given = {
            "users": [{"name": "reader", "user": {"token": TOKEN}}],
            "contexts": [{"name": context, "context": {"cluster": "there", "user": "reader"}}],
            "clusters": [{"name": "there", "cluster": {"server": url}}],
        }
        (folder / "kubeconfig").write_text(json.dumps({"apiVersion": "v1", "kind": "Config", **given}))
        return {**moved, "kubeconfig": str(folder / "kubeconfig"), "context": context}
    # `url` of GitHub is that of the pages, and of its API there is `api_url`.
    key = next(key for key in ("api_url", *ADDRESSES) if key in fields)
    return {**moved, key: url}
