"""What happens on every cluster at any time and belongs to no incident."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.incidents.autoscaler import Autoscaler
from tests.incidents.configs import Config
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.ids import number, uid
from tests.incidents.jobs import CronJob
from tests.incidents.recorder import About
from tests.incidents.world import World

_BACKGROUND = (
    "ledger",
    "mailer",
    "thumbnailer",
    "geocoder",
    "sitemap",
    "exporter",
    "digest",
    "webhooks",
    "glossary",
    "quoter",
    "stamps",
    "currency",
)
_TIMED_OUT = (
    'Get "http://{address}:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
)
_VERSIONS = ("1.9.2", "4.0.1", "2.22.0", "0.14.3", "7.3.0")


def background(
    world: World, services: int = 6, replicas: int = 3, namespaces: Sequence[str] = ("platform", "backoffice")
) -> list[Deployment]:
    """Deployments that just run, in namespaces of their own."""
    found = []
    for place in range(services):
        name = _BACKGROUND[place % len(_BACKGROUND)]
        name += f"-{place // len(_BACKGROUND) + 1}" if place >= len(_BACKGROUND) else ""
        namespace = namespaces[place % len(namespaces)]
        version = _VERSIONS[place % len(_VERSIONS)]
        found.append(
            Deployment(
                world,
                namespace,
                name,
                replicas,
                version,
                f"{place % 20 + 3} days before 11:{place % 60:02}:17",
                earlier=(("1.0.0", f"{place % 20 + 30} days before 10:00:00"),),
            )
        )
    for namespace in namespaces:
        Config(world, namespace, "kube-root-ca.crt", "120 days before 08:00:00", manager="kube-controller-manager")
    return found


def probes(world: World, deployments: Sequence[Deployment], count: int, minutes: int = 60) -> None:
    """Single readiness probes that fail, as they do; no pod becomes unready of it."""
    start = world.end - timedelta(minutes=minutes)
    for place in range(count):
        at = start + timedelta(seconds=number(minutes * 60, "probe", world.day, place))
        deployment = deployments[number(len(deployments), "of", world.day, place)]
        which = number(max(1, deployment.replicas), "pod", world.day, place)
        deployment.each(at.isoformat(), lambda pod: pod.fail_probe(_TIMED_OUT), slice(which, which + 1))


def crons(world: World, count: int, minutes: int = 5, namespace: str = "backoffice") -> None:
    """CronJobs that succeed."""
    for place in range(count):
        name = ("reindex", "invoices", "cleanup", "snapshots", "rates", "reports")[place % 6]
        name += f"-{place // 6 + 1}" if place >= 6 else ""
        CronJob(world, namespace, name, minutes, takes=8 + number(30, name))


def rollouts(world: World, deployments: Sequence[Deployment], starts: Sequence[str]) -> None:
    """Healthy deploys of other services."""
    for place, (deployment, start) in enumerate(zip(deployments, starts, strict=False)):
        deployment.rollout(start, f"{place + 8}.{number(9, start)}.0", behaviour=Behaviour(ready=6, spread=3))


def autoscaling(world: World, deployments: Sequence[Deployment], starts: Sequence[str]) -> None:
    """One pod more for some minutes."""
    for deployment, start in zip(deployments, starts, strict=False):
        scaler = Autoscaler(world, deployment, deployment.replicas, deployment.replicas + 4)
        usual, at = deployment.replicas, world.moment(start)
        scaler.scale(at, usual + 1, "cpu resource utilization (percentage of request) above target")
        scaler.scale(at + timedelta(minutes=7), usual, "All metrics below target")


def chatter(world: World, count: int, minutes: int = 60) -> None:
    """Events of other controllers about other things: certificates, ingresses, volumes, leases."""
    kinds = (
        ("Ingress", "Sync", "Scheduled for sync", "nginx-ingress-controller", "networking.k8s.io/v1", False),
        (
            "Certificate",
            "Issuing",
            "Renewing certificate as renewal was scheduled",
            "cert-manager-certificates-trigger",
            "cert-manager.io/v1",
            False,
        ),
        (
            "PersistentVolumeClaim",
            "ProvisioningSucceeded",
            "Successfully provisioned volume",
            "ebs.csi.aws.com",
            "v1",
            False,
        ),
        ("Lease", "LeaderElection", "controller became leader", "leader-election", "coordination.k8s.io/v1", False),
        (
            "Pod",
            "DNSConfigForming",
            "Nameserver limits were exceeded, some nameservers have been omitted",
            "kubelet",
            "v1",
            True,
        ),
        ("PodDisruptionBudget", "NoPods", "No matching pods found", "controllermanager", "policy/v1beta1", False),
        ("ExternalSecret", "Updated", "Updated Secret", "external-secrets", "external-secrets.io/v1beta1", False),
    )
    start = world.end - timedelta(minutes=minutes)
    for place in range(count):
        kind, reason, message, component, api, warning = kinds[number(len(kinds), "kind", world.day, place)]
        name = f"{reason.lower()}-{number(max(4, count // 5), 'about', world.day, place)}"
        about = About(kind, "platform", name, uid("chatter", kind, name), api)
        at = start + timedelta(seconds=number(minutes * 60, "at", world.day, place))
        host = world.nodes[place % len(world.nodes)].name if component == "kubelet" else ""
        _write(
            world,
            at,
            about,
            (reason, f"{message} {place % 3}" if reason == "Sync" else message, component, host),
            warning=warning,
        )


def _write(world: World, at: datetime, about: About, report: tuple[str, str, str, str], *, warning: bool) -> None:
    reason, message, component, host = report
    world.at(at, lambda: world.recorder.write(world.now, about, reason, message, component, host, warning=warning))


def usual(
    world: World, services: int = 6, *, rolled: Sequence[str] = (), scaled: Sequence[str] = (), much: int = 1
) -> list[Deployment]:
    """All of it, in the amount of an average cluster; `rolled` and `scaled` are when others are deployed and scaled."""
    found = background(world, services)
    probes(world, found, 120 * much)
    crons(world, 3 * much)
    rollouts(world, found, rolled)
    autoscaling(world, found[len(rolled) :], scaled)
    chatter(world, 160 * much)
    return found
