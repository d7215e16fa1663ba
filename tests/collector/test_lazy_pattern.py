import re

import pytest

from collector.lazy_pattern import lazy_pattern


def test_it_finds_what_a_compiled_pattern_finds() -> None:
    lazy, compiled = lazy_pattern(r"(\d+)h", re.IGNORECASE), re.compile(r"(\d+)h", re.IGNORECASE)
    for text in ("", "12H", "in 3h or 4h"):
        assert lazy.findall(text) == compiled.findall(text)
        assert bool(lazy.fullmatch(text)) == bool(compiled.fullmatch(text))
        assert lazy.sub("x", text) == compiled.sub("x", text)
    assert (lazy.pattern, lazy.flags) == (compiled.pattern, compiled.flags)


def test_it_compiles_at_its_first_use_and_not_before() -> None:
    broken = lazy_pattern("(")
    with pytest.raises(re.error):
        broken.search("text")
