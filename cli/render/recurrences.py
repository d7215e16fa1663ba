"""The summary of recurrences for programs, as JSON and CSV: failures that came back, durations and actions."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta

from cli.render.as_csv import harmless
from cli.render.clean import one_line
from collector.postmortem.recurrences.report import ATTRIBUTES, MEASURES
from collector.postmortem.recurrences.summary import Summary

FIELDS = ("record", "by", "name", "count", "first", "last", "detect", "identify", "mitigate", "resolve",
          "postmortems", "owner", "due", "state", "overdue_days", "came_back")  # fmt: skip
"""The columns of the CSV. `record` is recurrence, quarter, action or unread; each fills only its own columns."""


def as_json(found: Summary) -> str:
    """One JSON object; durations are minutes, unknown values null."""
    content = {
        "today": found.today.isoformat(),
        "postmortems": [
            {
                "file": one_line(each.file),
                "title": one_line(each.title),
                "date": _iso(each.date),
                **{by: [one_line(value) for value in each.values(by)] for by in ATTRIBUTES},
                **{f"minutes_to_{name}": _minutes(each.took.get(name)) for name in MEASURES},
            }
            for each in found.postmortems
        ],
        "recurrences": [
            {
                "by": one.by,
                "name": one_line(one.value),
                "count": len(one.postmortems),
                "median_days_between": one.days_between,
                "postmortems": [one_line(each.file) for each in one.postmortems],
            }
            for one in found.recurrences
        ],
        "unknown": {by: found.without(by) for by in ATTRIBUTES},
        "quarters": [
            {
                "quarter": one.name,
                "postmortems": one.postmortems,
                **{
                    name: {"median_minutes": _minutes(one.medians.get(name)), "postmortems": one.counts[name]}
                    for name in MEASURES
                },
            }
            for one in found.quarters
        ],
        "actions": [
            {
                "postmortem": one_line(one.postmortem.file),
                "line": one.action.line,
                "action": one_line(one.action.text),
                "owner": one_line(one.action.owner),
                "due": _iso(one.action.due),
                "state": one.action.state.value,
                "done_on": _iso(one.action.done_on),
                "overdue_days": one.overdue,
                "came_back": one_line(one.came_back.file) if one.came_back else None,
            }
            for one in found.actions
        ],
        "unread": [
            {"file": one_line(one.file), "line": one.line, "reason": one_line(one.reason)} for one in found.unread
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def as_csv(found: Summary) -> str:
    """A line for each recurrence, quarter, action and unreadable part; no cell runs as a formula in a spreadsheet."""
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS, restval="")
    writer.writeheader()
    for row in _records(found):
        writer.writerow({name: harmless(str(value)) for name, value in row.items() if value is not None})
    return out.getvalue()


def _records(found: Summary) -> Iterator[dict[str, object]]:
    for each in found.recurrences:
        days = [_iso(one.date) for one in each.postmortems if one.date]
        files = " ".join(one.file for one in each.postmortems)
        yield {
            "record": "recurrence", "by": each.by, "name": each.value, "count": len(each.postmortems),
            "first": days[0] if days else None, "last": days[-1] if days else None, "postmortems": files,
        }  # fmt: skip
    for quarter in found.quarters:
        medians = {name: _minutes(quarter.medians.get(name)) for name in MEASURES}
        yield {"record": "quarter", "name": quarter.name, "count": quarter.postmortems, **medians}
    for one in found.actions:
        action = one.action
        yield {
            "record": "action", "name": action.text, "postmortems": one.postmortem.file, "owner": action.owner,
            "due": _iso(action.due), "state": action.state.value, "overdue_days": one.overdue or None,
            "came_back": one.came_back.file if one.came_back else None,
        }  # fmt: skip
    for lost in found.unread:
        yield {"record": "unread", "name": lost.reason, "postmortems": lost.file, "count": lost.line or None}


def _minutes(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds() / 60, 1)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
