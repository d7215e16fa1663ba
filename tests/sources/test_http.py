import threading
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.source import BadAnswer, Deadline, Denied, RateLimited, SourceError, Unreachable
from sources.http import ATTEMPTS, LONGEST_WAIT, Answer, ask, begun, decoded, parsed

NOW = datetime(2026, 4, 1, 14, 0, tzinfo=UTC)
DATE = {"date": format_datetime(NOW, usegmt=True)}


class Clock:
    """Time that passes only while somebody sleeps or waits for an answer."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept.append(seconds)
        self.now += seconds


class Server:
    """Gives the answers one after another, the last one for ever; None is a connection that fails."""

    def __init__(self, clock: Clock, *answers: Answer | None, takes: float = 0.0) -> None:
        self.clock, self.answers, self.takes = clock, list(answers), takes
        self.allowed: list[float] = []

    def __call__(self, seconds: float) -> Answer:
        self.allowed.append(seconds)
        self.clock.now += min(self.takes, seconds)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is None:
            raise Unreachable("refused")
        return answer


def answer(status: int, text: str = "{}", **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, text)


def asked(clock: Clock, server: Server, seconds: float = 120.0, **options: Collection[int]) -> Answer:
    return ask(server, "GET /x", Deadline(seconds, clock), 30.0, sleep=clock.sleep, **options)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("failure", [None, answer(500), answer(502), answer(503), answer(504), answer(408)])
def test_what_may_pass_is_tried_again_a_bounded_number_of_times(failure: Answer | None) -> None:
    clock = Clock()
    assert asked(clock, Server(clock, failure, failure, answer(200, "yes"))).text == "yes"
    hopeless = Server(clock := Clock(), failure)
    with pytest.raises(Unreachable):
        asked(clock, hopeless)
    assert len(hopeless.allowed) == ATTEMPTS
    assert clock.slept == [0.5, 1.0]


@pytest.mark.parametrize(
    ("status", "error"), [(400, BadAnswer), (401, Denied), (403, Denied), (404, BadAnswer), (302, BadAnswer)]
)
def test_what_will_not_pass_is_not_tried_again_and_says_why(status: int, error: type[SourceError]) -> None:
    clock = Clock()
    server = Server(clock, answer(status, '{"message": "no\\u001b[31m\\n such\\ud800 thing"}'))
    with pytest.raises(error) as caught:
        asked(clock, server)
    assert len(server.allowed) == 1
    assert "GET /x" in caught.value.reason
    assert "no [31m such� thing" in caught.value.reason
    assert asked(Clock(), Server(clock, answer(status)), accept={status}).status == status


def test_a_status_that_is_not_to_be_retried_is_said_to_have_been_asked_once() -> None:
    clock = Clock()
    with pytest.raises(Unreachable, match="answered 503 after 1 of 3 attempts"):
        asked(clock, Server(clock, answer(503)), retry={500})


@pytest.mark.parametrize(
    ("limited", "wait"),
    [
        (answer(429, retry_after="7"), 7.0),
        (answer(403, retry_after="7"), 7.0),
        (answer(429, retry_after=format_datetime(NOW + timedelta(seconds=9), usegmt=True), **DATE), 9.0),
        (answer(403, x_ratelimit_remaining="0", x_ratelimit_reset=f"{NOW.timestamp() + 5:.0f}", **DATE), 5.0),
        (answer(403, x_ratelimit_remaining="0", x_ratelimit_reset="0", **DATE), 1.0),
        # Other systems count the seconds, or write milliseconds.
        (answer(429, x_ratelimit_remaining="0", x_ratelimit_reset="17", **DATE), 17.0),
        (answer(429, x_ratelimit_remaining="0", x_ratelimit_reset=f"{NOW.timestamp() * 1000 + 5000:.0f}", **DATE), 5.0),
        (answer(403, '{"message": "You have exceeded a secondary rate limit."}'), 60.0),
        (answer(429, '{"message": "You have exceeded a secondary rate limit."}'), 60.0),
        (answer(429), 1.0),
    ],
)
def test_a_limit_is_waited_for_as_long_as_the_system_says(limited: Answer, wait: float) -> None:
    clock = Clock()
    assert asked(clock, Server(clock, limited, answer(200))).status == 200
    assert clock.slept == [wait]


def test_a_limit_beyond_our_patience_or_the_deadline_is_told_with_its_end() -> None:
    clock = Clock()
    with pytest.raises(RateLimited, match=r"another 61 s, until 2026-04-01 14:01:01 UTC"):
        asked(clock, Server(clock, answer(429, retry_after=f"{LONGEST_WAIT + 1:.0f}", **DATE)))
    with pytest.raises(RateLimited):
        asked(clock, Server(clock, answer(429, retry_after="11")), seconds=10)
    assert clock.slept == []


def test_a_403_that_limits_nothing_is_a_refusal() -> None:
    clock = Clock()
    with pytest.raises(Denied):
        asked(clock, Server(clock, answer(403, x_ratelimit_remaining="4999", x_ratelimit_reset="9999999999")))


NUMBERS = st.integers(-(10**30), 10**30).map(str)
HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "x-ratelimit-remaining", "x-ratelimit-reset", "date", "content-type"]),
    st.text(max_size=30)
    | NUMBERS
    | st.sampled_from(["0", "9" * 5000, "Fri, 31 Dec 9999 23:59:59 -1200", "Mon, 01 Jan 0001 00:00:00 +1200"]),
)
ANSWERS = st.builds(Answer, st.integers(100, 599), HEADERS, st.text(max_size=40) | st.just("secondary rate limit"))


@given(
    st.lists(ANSWERS | st.none(), min_size=1, max_size=4),
    st.floats(0.01, 200),
    st.floats(0.1, 60),
    st.floats(0.0, 100),
)
def test_no_answer_crashes_it_and_none_makes_it_outlast_the_deadline(
    answers: list[Answer | None], seconds: float, timeout: float, takes: float
) -> None:
    clock = Clock()
    server = Server(clock, *answers, takes=takes)
    try:
        said = str(ask(server, "GET /x", Deadline(seconds, clock), timeout, sleep=clock.sleep).status)
    except SourceError as error:
        said = error.reason
    assert len(said.splitlines()) == 1
    assert clock.now <= seconds + 0.01
    assert len(server.allowed) <= ATTEMPTS
    assert all(0 < allowed <= max(timeout, 0.001) for allowed in server.allowed)


def test_no_time_left_is_no_request() -> None:
    clock = Clock()
    server = Server(clock, answer(200))
    deadline = Deadline(5, clock)
    clock.now = 5
    with pytest.raises(Unreachable, match="not finished within 5 s"):
        ask(server, "GET /x", deadline, 30.0, sleep=clock.sleep)
    assert server.allowed == []


def test_a_client_is_never_told_to_wait_for_no_time_at_all() -> None:
    ticks: Iterator[float] = iter([0.0, 4.999, 5.0])
    seen: list[float] = []

    def send(seconds: float) -> Answer:
        seen.append(seconds)
        return answer(200)

    ask(send, "GET /x", Deadline(5, lambda: next(ticks)), 30.0)
    assert seen == [0.001]


@pytest.mark.parametrize(
    ("text", "content_type", "reason"),
    [
        ("\n <html>Sign in</html>", "text/html", "HTML instead of JSON"),
        ("Sign in", "text/html; charset=utf-8", "HTML instead of JSON"),
        ('{"items": [1, 2', "application/json", "not valid JSON"),
        ("[" * 100_000, "application/json", "not valid JSON"),
        ("", "application/json", "not valid JSON"),
    ],
)
def test_what_is_not_json_is_called_what_it_is(text: str, content_type: str, reason: str) -> None:
    with pytest.raises(BadAnswer, match=reason):
        decoded(answer(200, text, content_type=content_type), "GET /x")


def test_an_answer_of_too_many_values_is_called_that() -> None:
    with pytest.raises(BadAnswer, match=r"GET /x: the answer is not read, its values would take more than 1 MiB"):
        parsed(answer(200, "[" + "{}," * 20_000 + "0]"), "GET /x", most=2**20)


def test_json_is_handed_on_as_it_came() -> None:
    assert decoded(answer(200, ' {"a": 1}'), "GET /x") == ' {"a": 1}'


def test_what_was_begun_gives_its_answer_or_its_error_where_it_is_waited_for() -> None:
    go_on = threading.Event()

    def slowly(text: str) -> Answer:
        assert go_on.wait(10)
        if text == "no":
            raise Denied(text)
        return answer(200, text)

    yes, no = begun(slowly, "yes"), begun(slowly, "no")
    go_on.set()
    assert yes().text == "yes"
    with pytest.raises(Denied, match="no"):
        no()
