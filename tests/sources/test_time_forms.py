"""An instant is the same in every form in which systems write it: with an offset, with parts of a second, without."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from msgspec.structs import replace

from collector.event import Event
from collector.source import Document, Gap
from tests.collector.build import WINDOW
from tests.sources.contract import recorded, source
from tests.sources.helm.kept import WINDOW as HELMS

STAMP = re.compile(r"(?P<second>20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d)(?P<rest>\.\d+)?(?P<zone>Z|\+00:00)")
FAR_EAST = timezone(timedelta(hours=9, minutes=30))


def elsewhere(found: re.Match[str]) -> str:
    moment = datetime.fromisoformat(f"{found['second']}+00:00").astimezone(FAR_EAST)
    return f"{moment:%Y-%m-%dT%H:%M:%S}{found['rest'] or ''}+09:30"


FORMS: dict[str, Callable[[re.Match[str]], str]] = {
    "Z": lambda found: f"{found['second']}{found['rest'] or ''}Z",
    "an offset of nothing": lambda found: f"{found['second']}{found['rest'] or ''}+00:00",
    "the offset of the instance": elsewhere,
    "milliseconds": lambda found: f"{found['second']}{(found['rest'] or '.000')[:4]:0<4}Z",
    "nanoseconds, as Go writes them": lambda found: f"{found['second']}{found['rest'] or '.':0<10}Z",
}
# Jenkins and LaunchDarkly write milliseconds since 1970 alone, git seconds.
TYPES = ("github", "gitlab", "argocd", "flux", "helm", "tekton", "terraform", "aws", "events", "unleash", "flagsmith")


def read(type_: str, documents: list[Document]) -> tuple[list[Event], list[Gap]]:
    given = list(source(type_).read(documents, HELMS if type_ == "helm" else WINDOW))
    return [one for one in given if isinstance(one, Event)], [one for one in given if isinstance(one, Gap)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("type_", TYPES)
def test_a_stamp_in_another_form_is_the_same_instant(type_: str, form: str) -> None:
    documents = recorded(type_)
    assert any(STAMP.search(one.text) for one in documents)
    usual, gaps = read(type_, documents)
    changed = [replace(one, text=STAMP.sub(FORMS[form], one.text)) for one in documents]
    other, other_gaps = read(type_, changed)
    assert [gap.reason for gap in other_gaps] == [gap.reason for gap in gaps]
    # To the second: some of these forms leave out, or add, what is less.
    assert [(one.kind, one.native_id) for one in other] == [(one.kind, one.native_id) for one in usual]
    assert all(abs(one.at - before.at) <= timedelta(seconds=1) for one, before in zip(other, usual, strict=True))
