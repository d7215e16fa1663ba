"""A feature flag breaks checkout; a deploy of checkout minutes before has nothing to do with it."""

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert, error_ratio
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.github import checks
from tests.incidents.incident import Incident
from tests.incidents.systems import launchdarkly
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World
from tests.sources.flags.logs import ld


def play() -> Incident:
    world = World("2026-04-01", end="14:44:00")
    checkout = Deployment(world, "shop", "checkout", 6, "3.8.0", "5 days before 12:22:12")
    Service(world, checkout)
    noise.usual(world, rolled=("14:26:00",), scaled=("14:19:00",))
    checkout.rollout("14:04:40", "3.8.1")
    fails = steps(("14:13:04", 0.34), ("14:24:31", 0.001), usual=0.001)(world)
    return Incident(
        world,
        ("14:00", "14:40"),
        traffic=[Traffic("checkout", "shop", lambda: checkout.all_pods, 36, fails, scrape=15)],
        alerts=[
            WATCHDOG,
            Alert(
                "CheckoutErrors",
                {"namespace": "shop", "service": "checkout"},
                error_ratio(0.05),
                [("14:13:45", "14:15:45", "14:27:30")],
            ),
        ],
        repositories={
            "acme/checkout": [
                Deploy(
                    820,
                    "3.8.0",
                    "li-wei",
                    "5 days before 12:20:31",
                    "5 days before 12:20:44",
                    "5 days before 12:23:10",
                    inactive="14:06:10",
                ),
                Deploy(821, "3.8.1", "maria-ortiz", "14:03:52", "14:04:05", "14:06:09"),
                *checks("acme/checkout", 6),
            ],
        },
        systems={"launchdarkly": launchdarkly(entries(), services={"new-pricing": "checkout"})},
        notes="14:23 Sam: it is the flag new-pricing and not 3.8.1\n",
    )


def entries() -> list[dict[str, object]]:
    """The audit log: ours on and off, the same in staging that morning, and another flag for the staff."""
    ours = {
        "what": "flag/new-pricing",
        "name": "New pricing",
        "_links": {"site": {"href": "/shop/production/features/new-pricing", "type": "text/html"}},
        "target": {"_links": {}, "name": "New pricing", "resources": ["proj/shop:env/production:flag/new-pricing"]},
    }
    sam = {"member": {"email": "sam@acme.example", "firstName": "Sam", "lastName": "Okafor"}}
    return [
        ld("e1", "10:12:00", ["updateOn"], "turned on the flag", environment="staging", **ours),
        ld(
            "e2",
            "13:20:10",
            ["updateTargets"],
            "updated targets of the flag",
            what="flag/staff-banner",
            name="Staff banner",
        ),
        ld("e3", "14:12:50", ["updateOn"], "turned on the flag", **ours),
        ld("e4", "14:24:28", ["updateOn"], "turned off the flag", **ours, **sam),
    ]
