"""Rules that derive service and environment from a system's own names: `shop-{service}-{environment}`."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from collector.event import Subject

_PARTS = {"{service}": "(?P<service>.+)", "{environment}": "(?P<environment>.+?)", "*": ".*"}
"""Environments are short and seldom contain a hyphen, so for `web-cart-prod` the service is `web-cart`."""
_SPLIT = re.compile(r"(\{service\}|\{environment\}|\*)")


class NameRule(BaseModel):
    """One entry of a list in the configuration; the first entry with a matching `match` counts."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    match: str = Field(min_length=1, max_length=200)
    """The whole name, with `{service}` and `{environment}` (each at most once) and `*` for any text."""
    service: str = ""
    """The service of every name that matches; default: the text at `{service}`."""
    environment: str = ""
    """The environment of every name that matches; default: the text at `{environment}`."""

    @field_validator("match")
    @classmethod
    def _placeholders(cls, value: str) -> str:
        literal = _SPLIT.sub("", value)
        if "{" in literal or "}" in literal:
            raise ValueError("may have {service}, {environment} and *, and no other braces")
        if any(value.count(name) > 1 for name in ("{service}", "{environment}")):
            raise ValueError("may have {service} and {environment} once each")
        return value

    @model_validator(mode="after")
    def _not_twice(self) -> Self:
        for name in ("service", "environment"):
            if getattr(self, name) and f"{{{name}}}" in self.match:
                raise ValueError(f"{name} is given, and {{{name}}} stands in match; keep one")
        return self

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern that the whole name must match."""
        return re.compile("".join(_PARTS.get(part) or re.escape(part) for part in _SPLIT.split(self.match)))


def subject(rules: Iterable[NameRule], name: str, service: str, environment: str = "") -> Subject:
    """The subject of `name` by the first rule that matches; `service` and `environment` are the defaults."""
    for rule in rules:
        found = rule.pattern.fullmatch(name)
        if found is not None:
            parts = found.groupdict()
            return Subject(
                service=rule.service or parts.get("service") or service,
                environment=rule.environment or parts.get("environment") or environment,
            )
    return Subject(service=service, environment=environment)
