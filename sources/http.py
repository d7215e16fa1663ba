"""How every adapter sends HTTP requests: timeouts, bounded retries, rate limits, and errors that say what to do.

It depends on no client library: an adapter wraps its own in a `Send`, so requests and urllib3 behave the same.
"""

import email.utils
import json
import threading
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from msgspec import Struct

from collector.json_text import MOST_DECODED, TooLarge, decode
from collector.source import BadAnswer, Deadline, Denied, RateLimited, Unreachable
from sources.text import one_line

Given = TypeVar("Given")

ATTEMPTS = 3
FIRST_PAUSE = 0.5
"""Seconds between the first and second attempt; doubled before each further one."""
LONGEST_WAIT = 60.0
"""Maximum seconds to sleep when a system asks us to wait; beyond that, the source is reported as rate limited."""
_RETRY = frozenset({408, 500, 502, 503, 504})
_YEAR = 366 * 86400.0
_FIRST_STAMP = 1e9
"""A smaller `x-ratelimit-reset` is the number of seconds to wait; one beyond `_FAR` is a Unix time in milliseconds."""
_FAR = datetime(2100, 1, 1, tzinfo=UTC).timestamp()


class Answer(Struct, frozen=True):
    """An answer with any status."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    text: str


Send = Callable[[float], Answer]
"""Sends the request once, within the given seconds. Raises Unreachable if no answer comes."""


def ask(
    send: Send,
    what: str,
    deadline: Deadline,
    timeout: float,
    *,
    accept: Collection[int] = (),
    retry: Collection[int] = _RETRY,
    sleep: Callable[[float], None] = time.sleep,
) -> Answer:
    """Send, and retry where that may help, until there is an answer with status 2xx or one in `accept`.

    `what` names the request in errors. Raises Unreachable, Denied, RateLimited or BadAnswer.
    """
    for attempt in range(1, ATTEMPTS + 1):
        deadline.check()
        last = attempt == ATTEMPTS
        pause = FIRST_PAUSE * 2 ** (attempt - 1)
        try:
            # Never 0, which clients refuse: the deadline may pass at this moment.
            answer = send(max(0.001, min(timeout, deadline.remaining())))
        except Unreachable:
            if last or deadline.remaining() <= pause:
                raise
            sleep(pause)
            continue
        if 200 <= answer.status < 300 or answer.status in accept:
            return answer
        limited = _limit(answer)
        if limited is not None:
            if last or limited > min(LONGEST_WAIT, deadline.remaining()):
                until = f"{_now(answer) + timedelta(seconds=limited):%Y-%m-%d %H:%M:%S} UTC"
                raise RateLimited(f"{what}: rate limited for another {limited:.0f} s, until {until}", "run again then")
            sleep(limited)
        elif answer.status in retry and not last and deadline.remaining() > pause:
            sleep(pause)
        else:
            raise _refusal(answer, what, attempt)
    raise AssertionError("the last attempt returns or raises")


def begun(ask: Callable[..., Given], *given: Any) -> Callable[[], Given]:
    """Call `ask` in a thread; calling the returned function waits for its result, or raises its exception.

    The program does not wait for the thread when it exits, so a request that hangs can be abandoned.
    """
    outcome: Future[Given] = Future()

    def run() -> None:
        try:
            outcome.set_result(ask(*given))
        # Any exception is raised again where the answer is waited for.
        except BaseException as error:  # noqa: BLE001
            outcome.set_exception(error)

    threading.Thread(target=run, name=threading.current_thread().name, daemon=True).start()
    return outcome.result


def decoded(answer: Answer, what: str) -> str:
    """The text of an answer that must be JSON. Raises BadAnswer if it is not, such as a login page or a cut answer."""
    parsed(answer, what)
    return answer.text


def parsed(answer: Answer, what: str, most: int = MOST_DECODED) -> Any:
    """The content of an answer that must be JSON.

    Raises BadAnswer as `decoded` does, and if it would take more than `most` bytes of memory.
    """
    try:
        return decode(answer.text, most)
    except TooLarge as error:
        hint = "is the URL right? if so, ask for a narrower window"
        raise BadAnswer(f"{what}: the answer is not read, {error}", hint) from None
    except (ValueError, RecursionError):
        if answer.text.lstrip()[:1] == "<" or "html" in answer.headers.get("content-type", ""):
            raise BadAnswer(
                f"{what}: answered HTML instead of JSON",
                "is the URL right, and is there a login page or proxy before it?",
            ) from None
        raise BadAnswer(f"{what}: the answer is not valid JSON, it was cut or is no such API") from None


def _limit(answer: Answer) -> float | None:
    """Seconds the system asks us to wait; None if the answer is no rate limit.

    GitHub limits with 403 as well as 429 and asks to honour `retry-after`, else `x-ratelimit-reset`, else to
    wait a minute (docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api).
    """
    headers = answer.headers
    exhausted = headers.get("x-ratelimit-remaining") == "0"
    secondary = "secondary rate limit" in answer.text.lower()
    if answer.status != 429 and not (answer.status == 403 and ("retry-after" in headers or exhausted or secondary)):
        return None
    after = headers.get("retry-after", "").strip()
    if after.isdecimal():
        return min(float(after), _YEAR)
    until = _date(after)
    reset = headers.get("x-ratelimit-reset", "").strip()
    if until is None and exhausted and reset.isdecimal():
        value = float(reset)
        if value < _FIRST_STAMP:
            return min(max(1.0, value), _YEAR)
        until = datetime.fromtimestamp(min(value / 1000 if value > _FAR else value, _FAR), UTC)
    if until is not None:
        return min(max(1.0, (until - _now(answer)).total_seconds()), _YEAR)
    return 60.0 if answer.status == 403 or secondary else 1.0


def _now(answer: Answer) -> datetime:
    """The time by the clock that set the limit, if the answer has it; else by our own."""
    return _date(answer.headers.get("date", "")) or datetime.now(UTC)


def _date(text: str) -> datetime | None:
    try:
        parsed = email.utils.parsedate_to_datetime(text)
        known = parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # Leaves room for arithmetic: a header may have any year.
    return known if 1970 <= known.year <= 2100 else None


def _refusal(answer: Answer, what: str, attempts: int) -> Exception:
    reason = _given_reason(answer.text)
    if answer.status == 401:
        return Denied(f"{what}: 401, the credentials are missing, wrong or expired{reason}", "check the token")
    if answer.status == 403:
        return Denied(
            f"{what}: 403, the credentials lack the right to do this{reason}", "README lists the rights needed"
        )
    if answer.status >= 500 or answer.status == 408:
        return Unreachable(f"{what}: still answered {answer.status} after {attempts} of {ATTEMPTS} attempts{reason}")
    return BadAnswer(f"{what}: answered {answer.status}{reason}")


def _given_reason(text: str) -> str:
    """The reason in the answer, in JSON or plain text, on one line; empty if there is none."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        plain = "" if text.lstrip()[:1] == "<" else text
    else:
        reason = (body.get("message") or body.get("error")) if isinstance(body, dict) else None
        plain = reason if isinstance(reason, str) else ""
    plain = one_line(plain)[:200]
    return f": {plain}" if plain else ""
