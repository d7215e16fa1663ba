"""The reason for an error answer, and a hint for the user."""

import json
import re

from collector.source import BadAnswer, Denied
from sources.http import Answer
from sources.text import one_line

_LIMIT = re.compile("limit|too many|exceed|too long", re.IGNORECASE)
_LONGEST = 600


def check(answer: Answer, what: str) -> None:
    """Raise Denied or BadAnswer for errors particular to this API, for which a retry would not help."""
    if answer.status < 400:
        return
    body = _body(answer)
    why, kind = reason(answer), body.get("errorType") if isinstance(body, dict) else None
    if answer.status == 401 and "org id" in why:
        raise Denied(f"{what}: 401: {why}, that is, it has tenants", 'name yours: headers = { X-Scope-OrgID = "..." }')
    if kind in ("timeout", "canceled") or (answer.status == 503 and "timeout exceeded" in why):
        raise BadAnswer(f"{what}: the server gave up: {why}", "ask for a shorter window")
    if answer.status in (400, 422):
        shorter = "a limit of the server: ask for a shorter window, or for less in `ratios`"
        raise BadAnswer(f"{what}: answered {answer.status}: {why}", shorter if _LIMIT.search(why) else "")
    if answer.status == 404:
        hint = (
            'is the path of `url` right? Mimir: "/prometheus", Grafana Cloud: "/api/prom", VictoriaMetrics as a '
            'cluster: "/select/0/prometheus"'
        )
        raise BadAnswer(f"{what}: answered 404: {why}".removesuffix(": "), hint)


def reason(answer: Answer) -> str:
    """The server's reason on one line; empty if it gave none, or only an HTML page."""
    body = _body(answer)
    error = body.get("error") or body.get("message") if isinstance(body, dict) else None
    text = one_line(error if isinstance(error, str) else answer.text)
    if text.startswith("<"):
        return ""
    # VictoriaMetrics repeats the query before the reason, Mimir adds advice after it.
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} ... {text[-_LONGEST // 2 :]}"


def _body(answer: Answer) -> object:
    try:
        return json.loads(answer.text)
    except (ValueError, RecursionError):
        return None
