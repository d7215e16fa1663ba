import base64
import json
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from collector.json_text import encode
from collector.secrets import Scrubber


@given(st.text(min_size=8, max_size=40).map(str.strip).filter(lambda s: len(s) >= 8), st.text(), st.text())
def test_no_form_of_a_secret_survives(secret: str, before: str, after: str) -> None:
    scrubber = Scrubber()
    scrubber.add(secret)
    echoes = [secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode()]
    echoes += [json.dumps(secret)[1:-1], encode(secret)[1:-1]]
    for echo in echoes:
        assert echo not in scrubber.scrub(f"<{before}{echo}{after}>") or echo in "[secret]"


def test_a_text_without_secrets_is_left_alone() -> None:
    scrubber = Scrubber()
    scrubber.add("  ")
    assert scrubber.scrub("nothing  to hide") == "nothing  to hide"
