"""The timeline as JSON; `timeline.schema.json` beside this file describes it."""

import json
from datetime import UTC, datetime

from cli.render.clean import one_line, page
from cli.render.look import PLAIN, Look
from collector.coverage import Coverage
from collector.event import Event
from collector.links import Link
from collector.result import Phase, Skew, Timeline
from collector.row import Evidence, Row, Word
from collector.source import Seen
from collector.zones import zone_name

SCHEMA = "pm-timeline/1"


def render(timeline: Timeline, look: Look = PLAIN) -> str:
    """The whole timeline; only `look.plots` has an effect, which adds the series behind the rows.

    Everything in the table is also here.
    """
    window = timeline.window
    others = [[_phase(phase) for phase in incident] for incident in timeline.other_phases]
    content = {
        "schema": SCHEMA,
        "window": {"from": instant(window.start), "to": instant(window.end), "tz": one_line(zone_name(window.tz))},
        "rows": [_row(row) | ({"plots": _plots(row)} if look.plots else {}) for row in timeline.rows],
        "coverage": [_coverage(source) for source in timeline.coverage],
        "left_out": [one_line(text) for text in timeline.left_out],
        "counts": {"events": timeline.events, "rows": len(timeline.rows)},
        "phases": [_phase(phase) for phase in timeline.phases],
        **({"other_phases": others} if others else {}),
        "accounting": _accounting(timeline),
        "links": [_link(link) for link in timeline.links],
        "clocks": [_skew(skew) for skew in timeline.skews],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC, with a fraction only if it is not zero: `2026-04-01T14:02:05Z`."""
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return f"{text.rstrip('0') if '.' in text else text}Z"


def _row(row: Row) -> dict[str, object]:
    return {
        "id": row.id,
        "time": instant(row.at),
        "end": instant(row.end) if row.end else None,
        "text": one_line(row.text),
        "kind": row.kind.value,
        "service": one_line(row.service),
        "sources": [one_line(source) for source in row.sources],
        "evidence": [_evidence(evidence) for evidence in row.evidence],
        "events": len(row.events),
        "story": row.story or None,
        "earliest": instant(row.earliest or row.at),
        "latest": instant(row.latest or row.at),
        "words": [_word(word) for word in row.words],
        **({"notes": [_note(note) for note in row.notes]} if row.notes else {}),
    }


def _note(note: Event) -> dict[str, str]:
    return {"time": instant(note.at), "text": one_line(note.summary)}


def _word(word: Word) -> dict[str, str]:
    # Keep the spaces at both ends of a word, because the words joined together are the text.
    text = "".join(" " if char.isspace() else char for char in word.text)
    parts = {"kind": word.kind.value, "text": text if text.isprintable() else one_line(text)}
    return parts | ({"time": instant(word.moment)} if word.moment else {})


def _phase(phase: Phase) -> dict[str, object]:
    return {
        "name": phase.name,
        "time": instant(phase.at) if phase.at else None,
        "earliest": instant(phase.earliest) if phase.earliest else None,
        "latest": instant(phase.latest) if phase.latest else None,
        "after_seconds": phase.after.total_seconds() if phase.after is not None else None,
        "found_by": one_line(phase.found_by),
        "row": phase.row or None,
        **({"about": one_line(phase.about)} if phase.about else {}),
    }


def _accounting(timeline: Timeline) -> dict[str, object]:
    counts = timeline.accounting
    rules = [{"rule": rule, "events": number} for rule, number in counts.rules.items()]
    return {"in_rows": counts.rows, "folded": counts.folded, "dropped": counts.dropped, "rules": rules}


def _link(link: Link) -> dict[str, object]:
    return {
        "one": link.one,
        "kind": link.kind.value,
        "other": link.other,
        "strength": link.strength,
        "reasons": [one_line(reason) for reason in link.reasons],
    }


def _skew(skew: Skew) -> dict[str, object]:
    return {
        "source": one_line(skew.source),
        "reference": one_line(skew.reference),
        "seconds": skew.seconds,
        "facts": skew.facts,
    }


def _plots(row: Row) -> list[dict[str, object]]:
    return [
        {
            "source": one_line(plot.source),
            "measure": one_line(plot.measure),
            "points": [[instant(datetime.fromtimestamp(at, UTC)), value] for at, value in plot.points],
        }
        for plot in row.plots
    ]


def _evidence(evidence: Evidence) -> dict[str, str | None]:
    return {
        "source": one_line(evidence.source),
        "url": page(evidence.url) or None,
        "query": one_line(evidence.query) or None,
    }


def _coverage(source: Coverage) -> dict[str, object]:
    return {
        "source": one_line(source.source),
        "type": one_line(source.type),
        "asked": [one_line(asked) for asked in source.asked],
        "events": source.events,
        "gaps": [{"reason": one_line(gap.reason), "hint": one_line(gap.hint)} for gap in source.gaps],
        "failed": source.failed,
        "seen": [_seen(seen) for seen in source.seen],
    }


def _seen(seen: Seen) -> dict[str, object]:
    return {
        "what": one_line(seen.what),
        "from": instant(seen.start),
        "to": instant(seen.end),
        "exact_seconds": seen.exact.total_seconds(),
    }
