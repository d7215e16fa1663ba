"""The GitHub payloads of the incident are such as GitHub documents."""

import json

import pytest

from tests.incident import openapi
from tests.incident.live import FIXTURE
from tests.servers.process import or_skip

_PAGES = {
    "deployments": ("/repos/{owner}/{repo}/deployments", None),
    "statuses": ("/repos/{owner}/{repo}/deployments/{deployment_id}/statuses", None),
    "runs": ("/repos/{owner}/{repo}/actions/runs", "workflow_runs"),
    "jobs": ("/repos/{owner}/{repo}/actions/runs/{run_id}/jobs", "jobs"),
}
_FILES = sorted((FIXTURE / "github").rglob("*.json"))


@pytest.mark.parametrize("file", _FILES, ids=lambda file: str(file.relative_to(FIXTURE / "github")))
def test_meets_githubs_description_of_its_api(file):
    path, key = _PAGES[file.stem if file.stem in _PAGES else file.parent.name]
    items = json.loads(file.read_text())
    assert items
    with or_skip():
        openapi.response(path).validate({"total_count": len(items), key: items} if key else items)


def test_the_description_is_really_applied():
    with or_skip():
        runs = openapi.response("/repos/{owner}/{repo}/actions/runs")
    items = json.loads((FIXTURE / "github/acme/checkout/runs.json").read_text())
    items[0]["repository"]["owner"]["id"] = "a text"
    assert not runs.is_valid({"total_count": 1, "workflow_runs": items})
