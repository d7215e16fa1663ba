import base64
import json
import re
import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.json_text import encode
from collector.secrets import Scrubber
from tests.examples import rarely


@given(st.text(min_size=8, max_size=40).map(str.strip).filter(lambda s: len(s) >= 8), st.text(), st.text())
def test_no_form_of_a_secret_survives(secret: str, before: str, after: str) -> None:
    scrubber = Scrubber()
    scrubber.add(secret)
    echoes = [secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode()]
    echoes += [json.dumps(secret)[1:-1], encode(secret)[1:-1]]
    for echo in echoes:
        assert echo not in scrubber.scrub(f"<{before}{echo}{after}>") or echo in "[secret]"


@pytest.mark.parametrize("secret", ["0000%00\x1b", 'ab%20c"d-1234', 'ab&amp;c"d-1234', 'ab\\u0041"c-1234'])
def test_a_secret_that_itself_looks_escaped_is_found_where_it_is_escaped(secret: str) -> None:
    scrubber = Scrubber()
    scrubber.add(secret)
    for echo in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1], quote(json.dumps(secret), safe="")):
        assert scrubber.scrub(f"<{echo}>").count("[secret]") == 1, echo
        assert secret[:2] not in scrubber.scrub(f"<{echo}>"), echo


CANARY = "canary/7f&4c<91>+'x"


@pytest.mark.parametrize(
    "echo",
    [
        r"canary/7f\u00264c\u003c91\u003e+'x",
        r"canary/7f\u00264c\u003C91\u003E+'x",
        r"canary\/7f&4c<91>+'x",
        r"canary\/7f\u00264c\u003c91\u003e+\u0027x",
        r"canary\u002f7f\u00264c\u003c91\u003e\u002b\u0027x",
        "".join(f"\\u{ord(each):04x}" for each in CANARY),
        r"canary/7f\\u00264c\\u003c91\\u003e+'x",
        "canary/7f&amp;4c&lt;91&gt;+&#x27;x",
        "canary/7f&amp;4c&lt;91&gt;+'x",
        "canary/7f&amp;4c&lt;91&gt;+&#39;x",
        "canary%2f7f%264c%3c91%3e%2b%27x",
        "canary%252F7f%25264c%253C91%253E%252B%2527x",
        base64.b64encode(CANARY.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(CANARY.encode()).decode(),
        CANARY.encode().hex(),
        CANARY.encode().hex().upper(),
        "".join(f"%{each:02x}" for each in CANARY.encode()),
        "".join(f"%25{each:02X}" for each in CANARY.encode()),
        "".join(f"\\x{each:02x}" for each in CANARY.encode()),
        "".join(f"&#{each};" for each in CANARY.encode()),
        "".join(f"&amp;#x{each:X};" for each in CANARY.encode()),
        "".join(f"&#{each}" for each in CANARY.encode()),
        "canary/7f&4c<91> 'x",
        "canary/7f&amp;4c&lt;91&gt; &#39x",
        "%63anary%2F7f\\u00264c&lt;91%3e&plus;'x",
        quote(base64.b64encode(CANARY.encode()).decode(), safe="").removesuffix("%3D").removesuffix("%3D"),
        "canary/7f&\n    4c<91>+'x",
        r"canary/7f&4c\r\n<91>+'x",
        r"canary\\/7f\\u00264c\\n<91>+'x",
    ],
)
def test_no_way_to_escape_a_secret_keeps_it(echo: str) -> None:
    scrubber = Scrubber()
    scrubber.add(CANARY)
    assert scrubber.scrub(f'{{"you sent": "{echo}"}}') == '{"you sent": "[secret]"}'


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "user:"])
@pytest.mark.parametrize("after", ["", "z", "zy", "zyx"])
def test_a_secret_within_base64_is_masked(before: str, after: str) -> None:
    scrubber = Scrubber()
    scrubber.add(CANARY)
    for encoded in (base64.b64encode, base64.urlsafe_b64encode):
        left = scrubber.scrub(f"<{encoded(f'{before}{CANARY}{after}'.encode()).decode()}>")
        # What stands beside it may be left.
        assert re.fullmatch(rf"<.{{0,{2 * len(before)}}}\[secret\].{{0,{2 * len(after)}}}=?=?>", left), left


@pytest.mark.parametrize(
    "escape", ["%41", "%25", r"\u0041", "&#65;", rarely("\\" * 16), r"\/", "a\n", "=", "https://a:b"]
)
def test_a_text_of_escapes_alone_is_searched_in_its_length(escape: str) -> None:
    scrubber = Scrubber()
    scrubber.add(CANARY)

    def seconds(many: int) -> float:
        began = time.process_time()
        scrubber.scrub(escape * many)
        return time.process_time() - began

    assert seconds(80_000) < 40 * seconds(10_000) + 0.1


def test_a_secret_at_any_place_of_a_large_text_is_masked() -> None:
    scrubber = Scrubber()
    scrubber.add(CANARY)
    escaped = "".join(f"%{each:02X}" for each in CANARY.encode())
    for before in (2**20 - 40, 2**20, 2**20 + 3, 2**21 - 1):
        assert scrubber.scrub(f"{'-' * before}{escaped} {'-' * 10_000}") == f"{'-' * before}[secret] {'-' * 10_000}"


def test_a_text_without_secrets_is_left_alone() -> None:
    scrubber = Scrubber()
    scrubber.add("  ")
    assert scrubber.scrub("nothing  to hide") == "nothing  to hide"


def test_what_is_too_short_to_be_a_secret_does_not_garble_every_word() -> None:
    scrubber = Scrubber()
    scrubber.add("in")
    scrubber.add(" x1 ")
    assert scrubber.scrub("checkout is pinned in x1") == "checkout is pinned in x1"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("dial postgres://app:hunter2@db:5432/shop failed", "dial postgres://app:[secret]@db:5432/shop failed"),
        ("redis://:hunter2@cache", "redis://:[secret]@cache"),
        (r'{"log": "https:\/\/ci:hunter2@git.example\/shop"}', r'{"log": "https:\/\/ci:[secret]@git.example\/shop"}'),
        ("docker://nginx:1.25@sha256:0123", "docker://nginx:1.25@sha256:0123"),
        ("https://grafana.example:3000/d/1?user=a:b@c", "https://grafana.example:3000/d/1?user=a:b@c"),
        ("http://one:80 and dana@shop.example", "http://one:80 and dana@shop.example"),
    ],
)
def test_the_password_of_any_url_is_masked(text: str, left: str) -> None:
    assert Scrubber().scrub(text) == left
    assert Scrubber().scrub(left) == left
