"""The audit log of a cluster: what was asked of its API server, by whom."""

import json

from tests.incidents.world import World


def lines(world: World) -> str:
    """The log, one entry a line, in the order in which the server wrote it."""
    entries = sorted(world.audit, key=lambda entry: (entry["stageTimestamp"], entry["auditID"]))
    return "".join(json.dumps(entry, separators=(",", ":")) + "\n" for entry in entries)
