"""How many requests a number of repositories cost, without a network."""

import json
from typing import Any

from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from sources.github.api import Api
from sources.github.fetch import fetch
from sources.github.settings import GithubSettings
from tests.sources.github.payloads import WINDOW, deployment, run, status
from tests.sources.github.times import utc


class _Counted(Api):
    """Answers at once: 50 deployments in each repository, 5 of them previews."""

    asked = 0

    def _page(self, call: str, url: str) -> tuple[Document, str]:
        self.asked += 1
        ids = range(1, 51)
        answers: dict[str, Any] = {
            "deployments": [deployment(n, f"14:{n % 30:02}:00", "main", transient_environment=n > 45) for n in ids],
            "statuses": [status(1, "success", "14:29:00", 9482)],
            "runs": {"total_count": 0, "workflow_runs": []},
            "run": run(9482, "14:00:00", "14:29:00"),
        }
        return Document(call, f"GET {url}", utc("14:30:00"), json.dumps(answers[call])), ""


def cost_of(repositories: int) -> tuple[int, list[Gap]]:
    """Requests for so many repositories with 50 deployments each, and what was passed over."""
    settings = GithubSettings(repositories=[f"acme/service-{number}" for number in range(repositories)])
    with _Counted(settings, Scrubber(), Deadline(60)) as api:
        gaps = [given for given in fetch(api, settings, WINDOW) if isinstance(given, Gap)]
    return api.asked, gaps
