import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.json_text import TooLarge, decode, encode
from tests.sources.contract import recorded

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text() | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_what_is_encoded_means_the_same_to_everybody(value: object) -> None:
    assert json.loads(encode(value)) == value


@pytest.mark.parametrize(
    "text", ['"\\ud800"', "[NaN, 1e400]", "[" * 1100 + "]" * 1100, '{"a": 1, "a": 2}', ' "\\u00e9\x7f" ']
)
def test_what_the_fast_library_refuses_is_decoded_all_the_same(text: str) -> None:
    try:
        expected = json.loads(text)
    except RecursionError:
        with pytest.raises(RecursionError):
            decode(text)
    else:
        assert repr(decode(text)) == repr(expected)


@pytest.mark.parametrize("text", ["", "{", "<html>", "[1,]", '{"a": 1} x', "'a'"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        decode(text)


@pytest.mark.parametrize("value", ['{"a":1}', "{}", "[]", '"ab"', "1.5", '[1775000000,"1.25"]', '"\U0001f600"'])
def test_what_would_take_more_memory_than_agreed_is_not_decoded(value: str) -> None:
    text = f"[{','.join([value] * 10_000)}]"
    tracemalloc.start()
    content = decode(text)
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(content) == 10_000
    with pytest.raises(TooLarge, match="0 MiB of memory"):
        decode(text, most=taken // 2)


def test_what_a_cluster_answers_takes_some_times_its_length() -> None:
    for document in recorded("kubernetes"):
        assert decode(document.text, most=12 * len(document.text) + 1000) == json.loads(document.text)
