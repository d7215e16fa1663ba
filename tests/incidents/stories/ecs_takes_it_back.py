"""A deploy to ECS serves errors until an alarm makes ECS roll back; a fixed version is deployed later."""

from datetime import UTC, datetime

from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert
from tests.incidents.deployment import Deployment
from tests.incidents.ids import sha256
from tests.incidents.incident import Incident
from tests.incidents.systems import aws
from tests.incidents.traffic import Traffic, by_tag
from tests.incidents.world import World
from tests.sources.aws.account import ARN, Account

RATIO = (
    'sum by (service) (rate(http_requests_total{code=~"5.."}[2m])) / sum by (service) (rate(http_requests_total[2m]))'
)


def play() -> Incident:
    world, tasks = (World("2026-04-09", end="13:56:00") for _ in range(2))
    noise.usual(world, rolled=("13:17:00",), scaled=("13:28:00",))
    # The tasks of ECS are in no cluster of Kubernetes; their requests are counted all the same.
    search = Deployment(tasks, "ecs", "search", 4, "9.0.3", "13 days before 15:20:10", registry="ecr.example.com")
    search.rollout("13:04:38", "9.1.0")
    search.undo("13:11:24")
    search.rollout("13:31:50", "9.1.1")
    tasks.play()
    return Incident(
        world,
        ("13:00", "13:50"),
        traffic=[
            Traffic(
                "search", "ecs", lambda: search.all_pods, 30, by_tag("9.1.0", 0.33), labels={"job": "ecs"}, scrape=15
            )
        ],
        alerts=[
            WATCHDOG,
            Alert("SearchErrors", {"service": "search"}, f"{RATIO} > 0.05", [("13:06:30", "13:08:30", "13:16:30")]),
        ],
        systems={"aws": aws(account())},
        notes="13:09 Tom: search answers with errors, what changed?\n",
    )


def clock(time: str) -> datetime:
    return datetime.fromisoformat(f"2026-04-09T{time}").replace(tzinfo=UTC)


def account() -> Account:
    """ECS with its service search, and CodeDeploy with another application."""
    made = Account(messages={"search": messages()})
    for number, version in ((1, "9.0.3"), (2, "9.1.0"), (3, "9.1.1")):
        made.runs(
            "search", number, ("search", f"ecr.example.com/search:{version}", f"sha256:{sha256('search', version)}")
        )
    made.release(
        "b7Qm1",
        "13:04:12",
        "ROLLBACK_SUCCESSFUL",
        service="search",
        createdAt=clock("13:04:12"),
        startedAt=clock("13:04:15.220"),
        finishedAt=clock("13:14:40.104"),
        alarms={"status": "TRIGGERED", "alarmNames": ["search-5xx"], "triggeredAlarmNames": ["search-5xx"]},
        rollback={
            "reason": "Service deployment rolled back because the alarm search-5xx is in ALARM.",
            "startedAt": clock("13:11:02.481"),
            "serviceRevisionArn": revision(1),
        },
    )
    made.release(
        "k2Xz9",
        "13:31:20",
        "SUCCESSFUL",
        service="search",
        createdAt=clock("13:31:20"),
        startedAt=clock("13:31:23.010"),
        finishedAt=clock("13:36:02.770"),
        targetServiceRevision={"arn": revision(3)},
    )
    made.deploy(
        "d-V8QK2MNXA",
        "13:22:05",
        "Succeeded",
        applicationName="vouchers",
        deploymentGroupName="vouchers-prod",
        createTime=clock("13:22:05"),
        startTime=clock("13:22:09"),
        completeTime=clock("13:25:41"),
        revision={
            "revisionType": "S3",
            "s3Location": {"bucket": "artefacts", "key": "vouchers/vouchers-2.8.0.zip", "bundleType": "zip"},
        },
    )
    return made


def revision(number: int) -> str:
    return f"{ARN}:service-revision/prod/search/{number}"


def messages() -> list[tuple[datetime, str]]:
    """What the service wrote of itself, the last first."""
    return [
        (clock("13:36:02"), "(service search) has reached a steady state."),
        (clock("13:31:44"), "(service search) has started 2 tasks: (task 51d0) (task 9ae2)."),
        (clock("13:14:40"), "(service search) has reached a steady state."),
        (clock("13:11:03"), "(service search) (deployment ecs-svc/0417) deployment failed: alarm detected."),
        (clock("13:04:33"), "(service search) has started 2 tasks: (task 0c81) (task d24f)."),
    ]
