from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest

from collector.source import Gap, each


def unix(value: object) -> Iterable[datetime]:
    return [datetime.fromtimestamp(float(value), UTC)]  # type: ignore[arg-type] # it is from outside


def nested(value: object) -> Iterable[object]:
    return [nested(value)]


@pytest.mark.parametrize(
    ("parse", "value"),
    [(unix, 1e12), (unix, 1e17), (unix, 1e300), (unix, "nan"), (unix, None), (nested, 1), (lambda one: [1 // one], 0)],
)
def test_an_item_that_cannot_be_read_for_whatever_reason_is_counted_and_the_rest_is_read(
    parse: Callable[[object], Iterable[object]], value: object
) -> None:
    found = list(each([value, "1775052000", value], lambda one: parse(one) if one == value else unix(one), "samples"))
    assert found[-1] == Gap("samples: 2 of 3 could not be read and were left out")
    assert found[:-1] == [datetime(2026, 4, 1, 14, tzinfo=UTC)]
