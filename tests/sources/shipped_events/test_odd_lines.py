"""Lines of Loki that no Loki gives cost no others."""

import json
from pathlib import Path

import pytest

from tests.sources.asking import asked
from tests.sources.playing import playing


@pytest.mark.parametrize("time", ["9" * 5000, "²", "-1", ""])
def test_a_line_whose_time_is_no_time_costs_no_others(time: str, tmp_path: Path) -> None:
    whole = asked("loki-events", playing("loki-events"), tmp_path)

    def with_one(text: str) -> str:
        body = json.loads(text)
        for stream in body["data"]["result"][:1]:
            stream["values"].insert(0, [time, "x"])
        return json.dumps(body)

    odd = asked("loki-events", playing("loki-events", with_one), tmp_path)
    assert not [gap for gap in odd.gaps if "unexpected" in gap.reason]
    assert len(odd.gathered.events) == len(whole.gathered.events) > 0
    assert any("could not be read" in gap.reason for gap in odd.gaps), odd.gaps
