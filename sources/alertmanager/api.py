"""One GET to Alertmanager's API v2."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Document
from sources.alertmanager.settings import AlertmanagerSettings
from sources.http import decoded
from sources.web import Web, authorisation


class Api(Web):
    """A session with one Alertmanager."""

    def __init__(
        self,
        settings: AlertmanagerSettings,
        scrubber: Scrubber,
        deadline: Deadline,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """All requests share `deadline`."""
        authorise = authorisation(settings.token(scrubber), settings.username, scrubber)
        super().__init__(authorise, scrubber, deadline, settings.timeout, sleep, ca_file=settings.ca_file)
        self._url = settings.url

    def listed(self, call: str, query: str = "") -> Document:
        """The answer to `/api/v2/<call>`, which is a list."""
        url = f"{self._url}/api/v2/{call}{query}"
        what = f"{call} from {urlsplit(url).netloc}"
        answer = self.get(url, what, accept={404})
        if answer.status == 404:
            raise BadAnswer(f"{what}: 404, there is no API v2", "is `url` right, with its path prefix?")
        document = Document(call, f"GET {url}", datetime.now(UTC), decoded(answer, what))
        if not isinstance(document.json(), list):
            raise BadAnswer(f"{what}: no answer of Alertmanager's API v2", "is `url` right?")
        return document
