"""One GET to Jenkins, and the part of the answer that is kept."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document
from sources.http import Answer, parsed
from sources.jenkins.settings import JenkinsSettings
from sources.web import Web, authorisation


class Absent(Denied):
    """404: it does not exist, the plugin is not installed, or the user may not see it."""


class Api(Web):
    """A session with one Jenkins."""

    def __init__(
        self,
        settings: JenkinsSettings,
        scrubber: Scrubber,
        deadline: Deadline,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """All requests share `deadline`."""
        authorise = authorisation(settings.token(scrubber), settings.username, scrubber)
        super().__init__(authorise, scrubber, deadline, settings.timeout, sleep, ca_file=settings.ca_file)
        self._root = settings.url
        self._kept = settings.kept_parameters

    def document(self, call: str, path: str, tree: str = "") -> Document:
        """One answer, without the values of parameters that are not configured, because those may be secrets."""
        url = f"{self._root}{path}" + (f"/api/json?tree={quote(tree, safe=',[]{}')}" if tree else "")
        what = f"GET {urlsplit(url).path}"

        def check(answer: Answer) -> None:
            if answer.status == 404:
                raise Absent(f"{what}: 404, it is not there, or the user may not see it", "check `url` and `folder`")

        answer = self.get(url, what, check=check)
        body = parsed(answer, what)
        if not isinstance(body, dict):
            raise BadAnswer(f"{what}: the answer is no object, this is no Jenkins", "check `url`")
        return Document(call, f"GET {url}", datetime.now(UTC), json.dumps(without_parameters(body, self._kept)))


def without_parameters(value: Any, kept: frozenset[str]) -> Any:
    """The value without build parameters, except those with these names in lower case."""
    if isinstance(value, list):
        return [without_parameters(each, kept) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: [one for one in inner if _is_kept(one, kept)] if key == "parameters" and isinstance(inner, list)
        else {} if key == "parameters"
        else without_parameters(inner, kept)
        for key, inner in value.items()
    }  # fmt: skip


def _is_kept(parameter: Any, kept: frozenset[str]) -> bool:
    name = parameter.get("name") if isinstance(parameter, dict) else None
    return isinstance(name, str) and name.lower() in kept
