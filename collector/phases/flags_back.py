"""Feature flags that were switched back while the effects lasted."""

from collections.abc import Mapping, Sequence

from collector.event import Kind
from collector.result import Phase
from collector.row import Row


def flags_back(rows: Sequence[Row], started: Phase) -> Mapping[str, str]:
    """Flags that were switched off, or back to their earlier state, after the effects had surely begun, by row id."""
    states: dict[tuple[str, str], float] = {}
    found = {}
    for row in rows:
        best = row.occurrences[0].best
        if row.kind != Kind.FLAG_CHANGED or "on" not in best.numbers:
            continue
        key, state = (best.keys.flag, best.subject.environment), best.numbers["on"]
        if started.latest is not None and (row.earliest or row.at) > started.latest:
            if states.get(key, state) != state:
                found[row.id] = f"feature flag {best.keys.flag} was turned back"
            elif not state:
                found[row.id] = f"feature flag {best.keys.flag} was turned off"
        states[key] = state
    return found
