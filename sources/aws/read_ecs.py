"""Events of an ECS service deployment, and the messages of the service."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from collector.event import Event, Identity, Kind, Manner
from collector.source import UNREADABLE
from collector.window import Window
from sources.aws.items import last, line, part
from sources.aws.settings import AwsSettings
from sources.aws.shipped import Shipped, page, spanning
from sources.cluster.image import Software, software
from sources.deploy_facts import (
    Deploy,
    deploy_cancelled,
    deploy_failed,
    deploy_requested,
    deploy_started,
    deploy_succeeded,
)
from sources.fact import Fact, Moment
from sources.stamps import moment, moment_or_none

_TRIGGERED = "TRIGGERED"
_BROKEN_HOOKS = frozenset({"FAILED", "TIMED_OUT"})
Steps = list[tuple[Fact, Moment | None]]


class Reader:
    """Makes the Events of one source."""

    def __init__(self, source: str, settings: AwsSettings, revisions: Mapping[str, Any]) -> None:
        """`revisions` has the service revisions by ARN."""
        self._source, self._settings, self._revisions = source, settings, revisions

    def events(self, region: str, item: dict[str, Any]) -> Iterator[Event]:
        """Request, start and end, and its rollback as a separate deploy. Raises what `each` counts."""
        arn, created, status = line(item["serviceDeploymentArn"]), moment(item["createdAt"]), line(item["status"])
        cluster, service = last(item["clusterArn"]), last(item["serviceArn"])
        runs = self._software(part(item, "targetServiceRevision", "arn"), service)
        sources = item.get("sourceServiceRevisions") or []
        before = part(sources[0], "arn") if len(sources) == 1 else None
        ran = _ran([self._software(part(one, "arn"), service) for one in sources])
        subject = self._settings.subject(f"{cluster}/{service}", service)
        rolled_back = status.startswith("ROLLBACK_")
        details = (last(arn), f"cluster {cluster}")
        manner = self._manner(before, part(item, "targetServiceRevision", "arn"))
        deploy = Deploy(subject, f"aws/ecs/{arn}", _named(runs), manner, details)
        steps: Steps = [(deploy_requested(deploy), created)]
        steps.append((deploy_started(deploy), moment_or_none(item.get("startedAt"))))
        if rolled_back:
            # A person may roll back a running deployment; if ECS did it, the answer states the trigger.
            by_itself = _gave_up(item)
            at = _went_back(item, created)
            why = line(part(item, "rollback", "reason")) or line(item.get("statusReason"))
            steps.append((deploy_failed(deploy, why) if by_itself else deploy_cancelled(deploy), at))
        else:
            steps += _end(deploy, status, item)
        yield from self._shipped(region, item, last(arn), runs, ran).events(steps)
        if rolled_back:
            back = self._software(part(item, "rollback", "serviceRevisionArn"), service)
            goes_back = Manner.AUTOMATIC_ROLLBACK if _gave_up(item) else Manner.ROLLBACK
            again = Deploy(subject, f"aws/ecs/{arn}/rollback", _named(back), goes_back, details)
            yield from self._shipped(region, item, f"{last(arn)}/rollback", back, runs).events(
                _back(again, item, created)
            )

    def _manner(self, before: Any, after: Any) -> Manner:
        """Whether the images are unchanged: then either settings changed, or somebody forced a new deployment."""
        old, new = (self._revisions.get(line(arn)) for arn in (before, after))
        images = _images(old)
        if not images or images != _images(new):
            return Manner.PLAIN
        definitions = {line(part(one, "taskDefinition")) for one in (old, new)} - {""}
        return Manner.CONFIG if len(definitions) > 1 else Manner.REDEPLOY

    def _software(self, arn: Any, service: str) -> Software:
        """The software in the main container of a service revision."""
        images = part(self._revisions.get(line(arn)), "containerImages")
        containers = [
            {"name": line(each.get("containerName")), "image": _image(each)}
            for each in (images if isinstance(images, list) else [])
            if isinstance(each, dict)
        ]
        return software(None, {"spec": {"containers": containers}}, service)

    def _shipped(self, region: str, item: dict[str, Any], id_: str, runs: Software, ran: Software) -> Shipped:
        cluster, service, arn = last(item["clusterArn"]), last(item["serviceArn"]), line(item["serviceDeploymentArn"])
        return Shipped(
            self._source,
            f"ecs/{cluster}/{service}/{id_}",
            Identity(
                deployment=id_,
                version=runs.version,
                digest=runs.digest,
                commit=runs.commit,
                replaces=ran.version if ran.version != runs.version else "",
            ),
            f"aws ecs describe-service-deployments --region {region} --service-deployment-arns {arn}",
            page(region, f"ecs/v2/clusters/{cluster}/services/{service}/deployments"),
        )


class Messages:
    """Messages that services wrote about themselves; ECS keeps the last hundred of each service."""

    def __init__(self, source: str, settings: AwsSettings, near: Window) -> None:
        """Only messages in `near` are read."""
        self._source, self._settings, self._near = source, settings, near

    def events(self, region: str, item: dict[str, Any]) -> Iterator[Event]:
        """Each message unchanged. Raises what `each` counts if the item is not a service."""
        cluster, service = last(item["clusterArn"]), last(item["serviceArn"])
        subject = self._settings.subject(f"{cluster}/{service}", service)
        query = f"aws ecs describe-services --region {region} --cluster {cluster} --services {service}"
        address = page(region, f"ecs/v2/clusters/{cluster}/services/{service}/events")
        for message in item.get("events") or []:
            try:
                at, words, id_ = moment(message["createdAt"]), line(message["message"]), line(message["id"])
            except UNREADABLE:
                # Each service has up to a hundred messages, and other fields report the same.
                continue
            if words and id_ and self._near.overlaps(at.earliest, at.latest):
                shipped = Shipped(self._source, f"ecs/{cluster}/{service}/{id_}", Identity(), query, address)
                yield from shipped.events([(Fact(Kind.OTHER, subject, words, f"aws/ecs/{region}/{id_}"), at)])


def _image(container: dict[str, Any]) -> str:
    """The image with the digest that was pulled, since the tag may have moved."""
    image, digest = line(container.get("image")), line(container.get("imageDigest"))
    return f"{image}@{digest}" if digest and "@" not in image else image


def _images(revision: Any) -> list[tuple[str, str]]:
    """The containers of a revision with their images; empty if unknown."""
    found = part(revision, "containerImages")
    return sorted(
        (line(each.get("containerName")), _image(each))
        for each in (found if isinstance(found, list) else [])
        if isinstance(each, dict)
    )


def _ran(before: Sequence[Software]) -> Software:
    """What ran before. Of several revisions it is unknown which served requests, unless all have the same version."""
    alike = len({one.version for one in before}) == 1
    return before[0] if alike else Software()


def _named(runs: Software) -> str:
    return runs.version or runs.commit[:7]


def _gave_up(item: dict[str, Any]) -> bool:
    """Whether the circuit breaker, an alarm or a hook stopped it, rather than a person."""
    hooks = item.get("lifecycleHookDetails") or []
    broken = any(part(hook, "status") in _BROKEN_HOOKS for hook in hooks)
    return broken or _TRIGGERED in (part(item, "deploymentCircuitBreaker", "status"), part(item, "alarms", "status"))


def _end(deploy: Deploy, status: str, item: dict[str, Any]) -> Steps:
    finished = moment_or_none(item.get("finishedAt"))
    stopped = moment_or_none(item.get("stoppedAt")) or finished
    if status == "SUCCESSFUL":
        return [(deploy_succeeded(deploy), finished)]
    if status == "STOPPED" and _gave_up(item):
        return [(deploy_failed(deploy, line(item.get("statusReason"))), stopped)]
    return [(deploy_cancelled(deploy), stopped)] if status == "STOPPED" else []


def _went_back(item: dict[str, Any], created: Moment) -> Moment | None:
    """When its rollback began; if unknown, any time before its end."""
    began, finished = moment_or_none(part(item, "rollback", "startedAt")), moment_or_none(item.get("finishedAt"))
    return began or (spanning(created, finished) if finished is not None else None)


def _back(deploy: Deploy, item: dict[str, Any], created: Moment) -> Steps:
    steps: Steps = [(deploy_started(deploy), _went_back(item, created))]
    finished = moment_or_none(item.get("finishedAt"))
    if item["status"] == "ROLLBACK_SUCCESSFUL":
        steps.append((deploy_succeeded(deploy), finished))
    elif item["status"] == "ROLLBACK_FAILED":
        steps.append((deploy_failed(deploy, line(item.get("statusReason"))), finished))
    return steps
