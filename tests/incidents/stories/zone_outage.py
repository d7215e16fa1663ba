"""A zone is gone: three of eight nodes go silent at once, and what ran there has no room until new nodes join."""

from datetime import timedelta

from tests.incidents import noise
from tests.incidents.alerting import Alert, error_ratio
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.nodes import Node
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
04:12 pager -> Rui
04:16 Rui: 3 nodes NotReady, all in 1a. cloud status page confirms an AZ power event
04:41 Rui: replacement nodes are in
"""


def play() -> Incident:
    world = World("2026-11-01", end="05:10:00", nodes=8, sizes=True)
    web = Deployment(world, "front", "web", 12, "main-a1b2c3d", "2 days before 12:00:10", labels={"app": "web"})
    api = Deployment(world, "front", "api", 8, "main-b2c3d4e", "4 days before 12:00:10", labels={"app": "api"})
    auth = Deployment(world, "identity", "auth", 4, "main-c3d4e5f", "5 days before 12:00:10", labels={"app": "auth"})
    for one in (web, api, auth):
        Service(world, one)
    noise.usual(world, scaled=("04:30:00",))
    for node in world.nodes:
        node.capacity = len(node.pods) + 1
    for node in world.nodes[1:4]:
        node.fail("04:05:18")
    for place in range(3):
        joined = Node(world, f"ip-10-0-250-{place + 4}.eu-central-1.compute.internal", world.end + timedelta(days=1))
        world.nodes.append(joined)
        world.parts.append(joined)
        joined.join(f"04:38:{10 + 7 * place}")
    fails = steps(("04:05:18", 0.36), ("04:06:02", 0.09), ("04:39:10", 0.001), usual=0.001)(world)
    return Incident(
        world,
        ("04:00", "05:00"),
        traffic=[
            Traffic("web", "front", lambda: web.all_pods, 60, fails, codes=("200", "504"), named_by="app"),
            Traffic("api", "front", lambda: api.all_pods, 60, fails, codes=("200", "504"), named_by="app"),
        ],
        alerts=[
            *(
                Alert("KubeNodeNotReady", {"node": node.name}, "x == 0", [("04:06:10", "04:11:10", "")], "5m", "page")
                for node in world.nodes[1:4]
            ),
            Alert(
                "HighErrorRate",
                {"namespace": "front", "app": "web"},
                error_ratio(0.05),
                [("04:06:00", "04:08:00", "04:42:10")],
            ),
            Alert(
                "HighErrorRate",
                {"namespace": "front", "app": "api"},
                error_ratio(0.05),
                [("04:06:00", "04:08:00", "04:42:10")],
            ),
        ],
        notes=NOTES,
    )
