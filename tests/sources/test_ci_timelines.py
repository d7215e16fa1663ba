"""One system of CI alone gives a timeline of its deploys and rollbacks."""

import pytest

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.timeline import Scope, draft
from tests.collector.build import WINDOW
from tests.sources.contract import recorded, source


@pytest.mark.parametrize(
    ("type_", "changes"),
    [
        ("gitlab", [(Kind.DEPLOY_STARTED, "14:02:06"), (Kind.ROLLBACK_STARTED, "14:18:12")]),
        ("jenkins", [(Kind.DEPLOY_STARTED, "14:01:00"), (Kind.ROLLBACK_STARTED, "14:18:00")]),
    ],
)
def test_a_deploy_and_its_rollback_have_rows(type_: str, changes: list[tuple[Kind, str]]) -> None:
    events = tuple(one for one in source(type_).read(recorded(type_), WINDOW) if isinstance(one, Event))
    rows = draft(Gathered(events=events, coverage=()), WINDOW, Scope()).rows
    started = (Kind.DEPLOY_STARTED, Kind.ROLLBACK_STARTED)
    assert [(row.kind, f"{row.at:%H:%M:%S}") for row in rows if row.kind in started] == changes
    assert all(row.evidence for row in rows)
