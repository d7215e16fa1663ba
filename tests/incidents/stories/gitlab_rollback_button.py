"""A deploy waits for its approval in GitLab for hours, breaks the service, and is taken back by the rollback button."""

from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert, error_ratio
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.ids import commit
from tests.incidents.incident import Incident
from tests.incidents.systems import gitlab
from tests.incidents.traffic import Traffic, by_tag
from tests.incidents.world import World
from tests.servers.gitlab import Gitlab
from tests.sources.gitlab.payloads import deployment, job, pipeline

OLD, NEW = commit("3.1.4"), commit("3.2.0")
PROJECT = {
    "id": 7,
    "path_with_namespace": "acme/shop/payments",
    "web_url": "https://git.example.com/acme/shop/payments",
}


def play() -> Incident:
    world = World("2026-04-01", end="14:50:00")
    payments = Deployment(world, "shop", "payments", 5, "v3.1.4", "8 days before 09:20:40", manager="helm")
    Service(world, payments)
    noise.usual(world, rolled=("14:12:00",), scaled=("14:33:00",))
    payments.rollout("14:06:41", "v3.2.0")
    payments.undo("14:23:48", by="helm")
    return Incident(
        world,
        ("14:00", "14:45"),
        tz="Europe/Berlin",
        traffic=[Traffic("payments", "shop", lambda: payments.all_pods, 22, by_tag("v3.2.0", 0.19), scrape=30)],
        alerts=[
            WATCHDOG,
            Alert(
                "PaymentsErrorRatio",
                {"namespace": "shop", "service": "payments"},
                error_ratio(0.03),
                [("14:08:30", "14:10:30", "14:29:00")],
            ),
        ],
        systems={"gitlab": gitlab(server())},
        notes="16:17 Ines: payments fail since the new release, Maria rolls back\n",
    )


def server() -> Gitlab:
    """One project: its deploy of eight days ago, the one that waited, the one by the button, and pipelines of tests."""
    last = work(5190, 8700, "2026-03-24T09:20:12.310Z", "2026-03-24T09:23:01.000Z", "v3.1.4", OLD, "li-wei")
    ours = work(6001, 8812, "14:06:02.480", "14:08:50.120", "v3.2.0", NEW, "dana-reyes", created="11:24:05.000")
    back = work(6117, 8700, "14:23:10.640", "14:25:41.000", "v3.1.4", OLD, "maria-ortiz", created="14:23:06.100")
    tests = [
        pipeline(8780 + n, f"{12 + n // 4}:{n % 4 * 13:02}:11.000", f"{12 + n // 4}:{n % 4 * 13 + 6:02}:40.000")
        for n in range(9)
    ]
    return Gitlab(
        PROJECT,
        [
            deployment(920, last, created="2026-03-24T09:20:09.000Z", updated="14:08:51.000"),
            deployment(941, ours, created="11:24:05.000", updated="14:25:41.900"),
            deployment(955, back, created="14:23:06.100", updated="14:25:41.000"),
        ],
        [
            pipeline(8700, "2026-03-24T09:02:00.000Z", "14:25:42.000", ref="v3.1.4", sha=OLD),
            pipeline(8812, "11:16:20.000", "14:08:51.000", ref="v3.2.0", sha=NEW),
            *({**one, "ref": "cleanup", "source": "merge_request_event"} for one in tests),
        ],
        {8812: [ours], 8700: [last, back]},
        {941: [decision("sam-okafor", "14:05:38.900")]},
        [{"id": 9, "name": "production", "slug": "production", "tier": "production", "state": "available"}],
    )


def work(
    number: int, of: int, started: str, ended: str, tag: str, sha: str, who: str, **more: str
) -> dict[str, object]:
    """The job that deploys."""
    user = {"id": 3, "username": who, "name": who.title(), "state": "active"}
    return job(number, of, started, ended, ref=tag, tag=True, sha=sha, user=user, **more)


def decision(who: str, when: str) -> dict[str, object]:
    """An approval."""
    user = {"id": 5, "username": who, "name": who.title(), "state": "active"}
    return {"user": user, "status": "approved", "created_at": f"2026-04-01T{when}Z", "comment": ""}
