import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sources.name_rules import NameRule, subject

PLAIN = st.text("abcdefgh", min_size=1, max_size=8)


def named(name: str, *rules: dict[str, str]) -> tuple[str, str]:
    found = subject([NameRule(**rule) for rule in rules], name, "default")
    return found.service, found.environment


@pytest.mark.parametrize(
    ("name", "rule", "found"),
    [
        ("shop-web-production", {"match": "shop-{service}-{environment}"}, ("web", "production")),
        ("shop-web-cart-production", {"match": "shop-{service}-{environment}"}, ("web-cart", "production")),
        ("production-web-cart", {"match": "{environment}-{service}"}, ("web-cart", "production")),
        ("prod/checkout", {"match": "prod/{service}", "environment": "production"}, ("checkout", "production")),
        ("anything", {"match": "*", "service": "all"}, ("all", "")),
        ("a.b", {"match": "a.b", "service": "dots"}, ("dots", "")),
        ("axb", {"match": "a.b", "service": "dots"}, ("default", "")),
        ("shop-web-production-old", {"match": "shop-web-production", "service": "x"}, ("default", "")),
    ],
)
def test_what_a_name_stands_for(name: str, rule: dict[str, str], found: tuple[str, str]) -> None:
    assert named(name, rule) == found


def test_the_first_rule_that_fits_counts() -> None:
    rules = ({"match": "shop-*", "service": "shop"}, {"match": "*", "service": "other"})
    assert named("shop-web", *rules)[0] == "shop"
    assert named("till", *rules)[0] == "other"


@given(PLAIN, PLAIN)
def test_what_is_put_together_is_taken_apart(service: str, environment: str) -> None:
    assert named(f"x-{service}-{environment}", {"match": "x-{service}-{environment}"}) == (service, environment)


@pytest.mark.parametrize("wrong", ["", "{service}-{service}", "{name}", "a}", "{}"])
def test_what_is_no_rule_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        NameRule(match=wrong)
