"""A Deployment that is rolled over, and back."""

from datetime import timedelta

from tests.sources.kubernetes.cluster import Web, at

LONG_AGO = at(-40 * 86400)


def incident(web: Web) -> tuple[str, str]:
    """1.0.0 runs for long, 1.1.0 comes at 12:01:40, and 1.0.0 comes back ten minutes after that is complete."""
    web.running("1.0.0", LONG_AGO)
    old = web.current
    new = web.replica_set("1.1.0", at(100))
    complete = web.roll(new, at(100))
    web.adopt(old)
    web.roll(old, complete + timedelta(minutes=10))
    return old, new
