"""One GET to Grafana's HTTP API."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Document
from sources.grafana.settings import GrafanaSettings
from sources.http import Answer, decoded
from sources.web import Web, authorisation

_ONE_RULE_ONLY = "ruleUID is required"
"""The answer (with 500) of a state history that is kept as annotations: it is only available rule by rule."""


class Absent(BadAnswer):
    """This Grafana does not offer the requested endpoint."""


class Api(Web):
    """A session with one Grafana."""

    def __init__(
        self,
        settings: GrafanaSettings,
        scrubber: Scrubber,
        deadline: Deadline,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """All requests share `deadline`."""
        organisation = {} if settings.org_id is None else {"X-Grafana-Org-Id": str(settings.org_id)}
        authorise = authorisation(settings.token(scrubber), "", scrubber)
        super().__init__(authorise, scrubber, deadline, settings.timeout, sleep, headers=organisation)
        self._url = settings.url

    def document(self, call: str, path: str, params: Mapping[str, str | int]) -> Document:
        """One answer. Raises Absent, besides the other SourceErrors."""
        url = f"{self._url}{path}?{urlencode(params)}"
        what = f"GET {urlsplit(url).path}"

        def check(answer: Answer) -> None:
            if answer.status == 404 or (answer.status >= 400 and _ONE_RULE_ONLY in answer.text):
                hint = "is `url` right, with its path prefix?"
                raise Absent(f"{what}: {answer.status}, this is not offered there", hint)

        answer = self.get(url, what, check=check)
        return Document(call, f"GET {url}", datetime.now(UTC), decoded(answer, what))
