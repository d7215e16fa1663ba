from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import UsageError
from collector.zones import parse_zone, system_zone, unknown_zone, zone_name


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/Argentina/Salta", "EST5EDT", "UTC", "-09:30"])
def test_a_zone_is_printed_as_it_is_read(name: str) -> None:
    assert zone_name(parse_zone(name)) == name


@pytest.mark.parametrize("name", ["utc", "Z", "GMT", "+00:00", "Etc/UTC"])
def test_utc_has_many_names(name: str) -> None:
    assert parse_zone(name) is UTC


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("CST", "tz 'CST': abbreviations are ambiguous; write a name such as Europe/Berlin"),
        ("EST", "abbreviations are ambiguous"),
        ("ist", "abbreviations are ambiguous"),
        ("Berlin", "did you mean Europe/Berlin?"),
        ("europe/berln", "did you mean Europe/Berlin?"),
        ("Europe", "no such time zone"),
        ("../../etc/passwd", "no such time zone"),
        ("localtime", "no such time zone"),
        ("+25:00", "no such time zone"),
        ("", "no such time zone"),
    ],
)
def test_refusals(name: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_zone(name)
    assert said in str(refused.value)


@given(st.text(max_size=20))
def test_any_text_is_a_zone_or_refused(name: str) -> None:
    try:
        assert parse_zone(zone_name(parse_zone(name))) == parse_zone(name)
    except UsageError as refused:
        assert str(refused).isprintable()  # noqa: PT017 - not every text is refused


def test_the_system_zone_keeps_its_dst_rules(tmp_path: Path) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert system_zone({"TZ": ":Europe/Berlin"}, tmp_path) == berlin
    assert system_zone({"TZ": "/usr/share/zoneinfo/Europe/Berlin"}, tmp_path) == berlin
    assert system_zone({"TZ": ""}, tmp_path) is UTC
    (tmp_path / "timezone").write_text("Asia/Tokyo\n")
    assert system_zone({}, tmp_path) == ZoneInfo("Asia/Tokyo")
    (tmp_path / "localtime").symlink_to("../usr/share/zoneinfo/Europe/Berlin")
    assert system_zone({}, tmp_path) == berlin


def test_a_system_without_a_named_zone_still_has_one(tmp_path: Path) -> None:
    assert system_zone({"TZ": "CET-1CEST,M3.5.0,M10.5.0/3"}, tmp_path) is not None
    assert system_zone({}, tmp_path) is not None


@pytest.mark.parametrize("name", ["Nowhere/City", "CET-1CEST,M3.5.0,M10.5.0/3", ":Nowhere"])
def test_a_tz_that_names_no_zone_is_known(name: str) -> None:
    assert unknown_zone({"TZ": name}) == name


@pytest.mark.parametrize("name", ["", "UTC", ":Europe/Berlin", ":/etc/localtime", "/usr/share/zoneinfo/Asia/Tokyo"])
def test_a_tz_that_names_a_zone_is_no_trouble(name: str) -> None:
    assert unknown_zone({"TZ": name}) == ""
