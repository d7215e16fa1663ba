"""Refuses answers that are not from AWS before botocore parses them: it takes a login page for an empty answer."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from collector.secrets import Scrubber
from sources.http import Answer


class NotAws(Exception):
    """The answer is not from AWS, but from a proxy or a login page, or it was cut."""

    def __init__(self, answer: Answer) -> None:
        """`answer` is the actual answer without secrets, so that it can be explained like any other."""
        super().__init__()
        self.answer = answer


def guard(scrubber: Scrubber) -> Callable[..., None]:
    """The function that botocore calls before it parses an answer; it raises NotAws."""

    def check(response_dict: Mapping[str, Any], operation_model: Any, **_: Any) -> None:
        headers = {str(name).lower(): str(value) for name, value in response_dict["headers"].items()}
        status, kind = response_dict["status_code"], headers.get("content-type", "")
        binary = "cbor" in str(getattr(operation_model.service_model, "resolved_protocol", ""))
        if binary and "cbor" in kind:
            return
        text = response_dict["body"].decode("utf-8", "replace")
        answer = Answer(status, headers, scrubber.scrub(text))
        try:
            body = None if binary else json.loads(text or "{}")
        except (ValueError, RecursionError):
            body = None
            if status < 300:
                raise NotAws(answer) from None
        known = set(operation_model.output_shape.members)
        if not isinstance(body, dict) or (200 <= status < 300 and body and not known & set(body)):
            # JSON that is not from AWS must not pass as an answer either, so its text is removed.
            page = status >= 300 or text.lstrip()[:1] == "<"
            raise NotAws(answer if page else replace(answer, text=""))

    return check
