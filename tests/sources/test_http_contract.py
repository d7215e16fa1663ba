"""What every adapter keeps that asks over HTTP, driven over the registry, against servers that misbehave in every way.

A new type joins by standing in the registry, with an answer of its system in `recorded`.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from collector.secrets import MASK
from collector.source import Gap
from tests.examples import few, pairs, rarely
from tests.sources.asking import JSON, SECONDS, TOKEN, asked
from tests.sources.examples import BY_DEADLINE, over_http
from tests.sources.playing import answers, playing
from tests.sources.prometheus.server import Reply

ESCAPED = {
    "as it is": json.dumps(TOKEN)[1:-1],
    "as Go writes it": r"canary/7f\u00264c\u003c91\u003e+'x",
    "with its slashes escaped": r"canary\/7f&4c<91>+'x",
    "escaped from end to end": "".join(f"\\u{ord(each):04x}" for each in TOKEN),
}
MOST_REQUESTS = 1000
"""That any adapter may need for a window of half an hour, against a server whose pages never end."""
TYPES = over_http()


pytestmark = pytest.mark.usefixtures("models_of_aws")


@pytest.fixture(autouse=True)
def aws_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The token is the secret there; nothing of whoever runs the tests is used."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", TOKEN)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def is_one_clear_line(gap: Gap) -> bool:
    """No traceback, no line break, no blame on us."""
    words = f"{gap.reason} {gap.hint}"
    return bool(gap.reason) and "\n" not in words and "bug in pm-timeline" not in words and "Traceback" not in words


FAULTS: dict[str, tuple[Reply, str]] = {
    "401": ((401, JSON, '{"message": "Bad credentials"}'), "401"),
    "403": ((403, JSON, '{"message": "Forbidden"}'), "403|may not"),
    "404": ((404, JSON, '{"message": "Not Found"}'), "404|not offered|no API|does not exist|no such|none of|it has no"),
    "404 of a proxy": (
        (404, {"Content-Type": "text/html"}, "<html>no</html>"),
        "404|not offered|no API|no such|none|it has no",
    ),
    "429 without Retry-After": ((429, {}, "slow down"), "rate limited"),
    "429 for a second": ((429, {"Retry-After": "1"}, "slow down"), "rate limited"),
    "429 for an hour": ((429, {"Retry-After": "3600"}, "slow down"), "rate limited for another 3600 s"),
    "500": ((500, JSON, '{"message": "oops"}'), "still answered 500"),
    "503 of a proxy": ((503, {"Content-Type": "text/html"}, "<html>down</html>"), "still answered 503"),
    "HTML": ((200, {"Content-Type": "text/html"}, "<!doctype html><title>Log in</title>"), "HTML|JSON|no such API"),
    "cut JSON": ((200, JSON, '{"status": "success", "data": {"resul'), "JSON|cut"),
    "other JSON": ((200, JSON, '[1, null, {"items": 3, "data": [], "status": "success"}]'), ""),
    "nothing": ((200, JSON, ""), ""),
    "a redirect": ((302, {"Location": "https://sso.example.com/login?state=1"}, ""), "redirect|302"),
}


@pytest.mark.parametrize(("type_", "fault"), pairs(TYPES, FAULTS, 9))
def test_a_system_that_does_not_answer_is_named_and_is_never_a_calm_one(type_: str, fault: str, tmp_path: Path) -> None:
    reply, words = FAULTS[fault]
    outcome = asked(type_, lambda *_: reply, tmp_path)
    assert outcome.gaps, "an answer that is none is shown as if nothing had happened"
    assert all(is_one_clear_line(gap) for gap in outcome.gaps), outcome.gaps
    assert outcome.gathered.events == ()
    assert re.search(words, outcome.gaps[0].reason), outcome.gaps
    assert len(outcome.requests) <= 60
    if fault == "429 for an hour":
        assert outcome.slept + outcome.took < SECONDS
    elif fault.startswith("429"):
        assert outcome.slept + outcome.took >= 1


_STATUSES = (200, 400, 403, 500)
_ECHOES = [
    (type_, form, status) if (one + two + three) % (2 * len(_STATUSES)) == 0 else rarely(type_, form, status)
    for one, type_ in enumerate(TYPES)
    for two, form in enumerate(ESCAPED)
    for three, status in enumerate(_STATUSES)
]
"""Each type with half of the forms, with another status each; `make test-all` tries all combinations."""


@pytest.mark.parametrize(("type_", "form", "status"), _ECHOES)
def test_a_token_that_is_echoed_is_shown_and_kept_nowhere(type_: str, form: str, status: int, tmp_path: Path) -> None:
    # Also where a part of it is quoted: the token lies across every place where one could be cut off.
    # The words before it keep the usual places, 200 and 300, from lying between two of them.
    echo = "refused " + " ".join([ESCAPED[form]] * 60)
    body = f'{{"message": "{echo}", "error": "{echo}", "errors": [{{"detail": "{echo}"}}], "data": "{echo}"}}'
    outcome = asked(type_, lambda *_: (status, JSON, body), tmp_path)
    plain = outcome.words().encode().decode("unicode_escape", "replace").replace("\\/", "/")
    for piece in (TOKEN[:8], TOKEN[6:14], TOKEN[-8:]):
        assert piece not in plain


@pytest.mark.parametrize("type_", few(TYPES, 6))
def test_what_is_asked_live_is_read_the_same_from_what_is_kept(type_: str, tmp_path: Path) -> None:
    outcome = asked(type_, playing(type_), tmp_path)
    assert outcome.documents
    assert all(is_one_clear_line(gap) for gap in outcome.gaps), outcome.gaps
    # What is kept may be of another time than is asked for: then that is a Gap.
    assert outcome.gathered.events or outcome.gaps


@pytest.mark.parametrize("type_", few(TYPES, 3))
def test_a_system_in_which_there_is_nothing_is_read_without_an_error(type_: str, tmp_path: Path) -> None:
    outcome = asked(type_, playing(type_, lambda text: json.dumps(emptied(json.loads(text)))), tmp_path)
    assert outcome.documents
    assert outcome.gathered.events == ()
    assert all(is_one_clear_line(gap) for gap in outcome.gaps), outcome.gaps
    # A Prometheus without a single sample has seen nothing, which is not the same as that nothing happened.
    assert not [gap for gap in outcome.gaps if gap.fatal and "no samples" not in gap.reason]


def emptied(value: Any) -> Any:
    """The same without anything in its lists."""
    if isinstance(value, dict):
        return {name: emptied(item) for name, item in value.items()}
    return [] if isinstance(value, list) else value


def with_pages(text: str, number: int) -> str:
    """The answer with another page after it, in every way in which APIs say so."""
    body = json.loads(text)
    if not isinstance(body, dict):
        return text
    more = str(number + 1)
    metadata = body.get("metadata") if isinstance(body.get("metadata"), dict) else {}
    meta = {"pagination": {"next-page": number + 1, "total-pages": 10**9}}
    tokens = dict.fromkeys(("nextToken", "NextToken", "nextPageToken", "groupNextToken", "next_cursor"), more)
    data = body.get("data")
    if isinstance(data, dict) and "groups" in data:
        body["data"] = {**data, "groupNextToken": more}
    follow = {"next": f"?page={more}", "_links": {"next": {"href": f"?page={more}"}}, "total": 10**9}
    return json.dumps({**follow, **tokens, **body, "metadata": {**metadata, "continue": more}, "meta": meta})


@pytest.mark.parametrize("type_", few(TYPES, 8, 3))
def test_pages_that_never_end_are_given_up(type_: str, tmp_path: Path) -> None:
    numbers = iter(range(10**6))
    play = playing(type_)

    def endless(path: str, headers: Mapping[str, str]) -> Reply:
        status, _, text = play(path, headers)
        number = next(numbers)
        following = f"{urlsplit(path).path}?page={number + 2}"
        links = {"Link": f'<{following}>; rel="next"', "X-Next-Page": str(number + 2), "X-Total-Pages": "1000000"}
        return status, {**JSON, **links}, with_pages(text, number + 1)

    outcome = asked(type_, endless, tmp_path, 3 if type_ in BY_DEADLINE else SECONDS)
    if type_ in BY_DEADLINE:
        assert any(re.search("within|were over", gap.reason) for gap in outcome.gaps), outcome.gaps
        return
    assert len(outcome.requests) <= MOST_REQUESTS
    assert outcome.took < SECONDS, "it was the deadline that ended it"
    if len(outcome.requests) > 10 * max(1, len(answers(type_))):
        assert any("truncated" in gap.reason for gap in outcome.gaps), outcome.gaps


@pytest.mark.parametrize("type_", few(TYPES, 6, 2))
def test_a_token_in_an_answer_that_is_read_is_kept_nowhere(type_: str, tmp_path: Path) -> None:
    def echoing(text: str) -> str:
        body = json.dumps(echoed(json.loads(text)))
        return body.replace("ECHO", ESCAPED["as Go writes it"])

    outcome = asked(type_, playing(type_, echoing), tmp_path)
    assert outcome.documents
    assert "7f" + "\\u0026" not in outcome.words()
    assert TOKEN not in outcome.words()
    shown = [*outcome.gathered.events, *outcome.gaps]
    assert not [one for one in shown if TOKEN[:8] in repr(one)]
    assert MASK in outcome.words() or all("echo" not in one.text for one in outcome.documents)


def echoed(value: Any) -> Any:
    """The same with the token beside everything that has a name."""
    if isinstance(value, list):
        return [echoed(item) for item in value]
    if isinstance(value, dict):
        return {**{name: echoed(item) for name, item in value.items()}, "echo": "ECHO"}
    return value
