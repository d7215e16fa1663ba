"""An upgrade of redis in another namespace breaks sessions; a deploy of the service itself comes between."""

from tests.incidents import noise
from tests.incidents.alerting import Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
13:11 bo: logins r failing for ~1/3 of ppl?? anyone deploying
13:12 anka: I deployed sessions at 13:06 but that's only a log line
13:19 bo: not the sessions deploy, it's the redis upgrade. old cient speaks RESP2
13:21 anka: rolling back redis
13:30 bo: all good again :tada:
"""


def play() -> Incident:
    world = World("2026-10-07", end="13:50:00")
    sessions = Deployment(
        world, "identity", "sessions", 5, "v2.14", "9 days before 08:10:10", labels={"app": "sessions"}
    )
    redis = Deployment(
        world,
        "data",
        "redis",
        1,
        "6.2.14",
        "120 days before 08:10:10",
        labels={"app": "redis"},
        registry="docker.io",
        repository="library/redis",
        surge=0,
        unavailable=1,
    )
    Service(world, sessions)
    Service(world, redis)
    noise.usual(world, rolled=("13:09:00", "13:25:00"), scaled=("13:13:00",))
    redis.rollout("13:02:30", "7.4.1", behaviour=Behaviour(ready=8, spread=2))
    sessions.rollout("13:05:50", "v2.15")
    redis.undo("13:21:40")
    fails = steps(("13:02:45", 0.31), ("13:22:10", 0.002), usual=0.002)(world)
    return Incident(
        world,
        ("13:00", "13:40"),
        traffic=[Traffic("sessions", "identity", lambda: sessions.all_pods, 30, fails, named_by="app")],
        alerts=[
            Alert(
                "SessionsErrorBudgetBurn",
                {"namespace": "identity", "app": "sessions"},
                error_ratio(0.05).replace("service", "app"),
                [("13:06:10", "13:08:10", "13:26:30")],
            )
        ],
        notes=NOTES,
    )
