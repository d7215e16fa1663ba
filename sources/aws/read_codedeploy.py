"""Events of a CodeDeploy deployment."""

import re
from collections.abc import Iterator
from typing import Any

from collector.event import Event, Identity, Kind, Manner
from sources.aws.items import line, part, version_of
from sources.aws.settings import AwsSettings
from sources.aws.shipped import Shipped, page, spanning
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

_NO_DEPLOYS = frozenset({"autoscaling", "autoscalingTermination", "CodeDeployAutoUpdate"})
"""Creators that only bring new or outdated instances to the running version."""
_BACK = frozenset({"codeDeployRollback", "CloudFormationRollback"})
_COMMIT = re.compile(r"(?:^|[-_/.])(?=[0-9]*[a-f])([0-9a-f]{7,40})(?:\.(?:zip|tar|tar\.gz|tgz|ya?ml|json))?$")
"""An artifact name that ends with a commit: `checkout/checkout-4f1c2d9.zip`."""
_STOPPED_BY_ALARM = "ALARM_ACTIVE"


class Reader:
    """Makes the Events of one source."""

    def __init__(self, source: str, settings: AwsSettings) -> None:
        """`settings` map applications and deployment groups to services."""
        self._source, self._settings = source, settings

    def events(self, region: str, info: dict[str, Any]) -> Iterator[Event]:
        """Request, start and end. Raises what `each` counts if the item is not a deployment."""
        id_, created = line(info["deploymentId"]), moment(info["createTime"])
        application, group = line(info["applicationName"]), line(info.get("deploymentGroupName"))
        creator, status = line(info.get("creator")), line(info["status"])
        revision = _Revision(info.get("revision"))
        subject = self._settings.subject(f"{application}/{group}", application)
        shipped = Shipped(
            self._source,
            f"codedeploy/{region}/{id_}",
            Identity(deployment=id_, commit=revision.commit, repository=revision.repository, version=revision.version),
            f"aws deploy get-deployment --region {region} --deployment-id {id_}",
            page(region, f"codesuite/codedeploy/deployments/{id_}"),
        )
        if creator in _NO_DEPLOYS:
            words = f"CodeDeploy brings instances of {application} up to date ({id_}, by {creator})"
            yield from shipped.events([(Fact(Kind.OTHER, subject, words, ""), created)])
            return
        triggered = line(part(info, "rollbackInfo", "rollbackTriggeringDeploymentId"))
        details = (
            id_,
            f"group {group}" if group else "",
            f"after {triggered}" if triggered else "",
            "by CloudFormation" if creator.startswith("CloudFormation") else "",
            f'"{line(info.get("description"))}"' if info.get("description") else "",
        )
        deploy = Deploy(subject, f"aws/codedeploy/{region}/{id_}", revision.words, _manner(info, creator), details)
        started = _started(created, moment_or_none(info.get("startTime")), moment_or_none(info.get("completeTime")))
        steps: list[tuple[Fact, Moment | None]] = [(deploy_requested(deploy), created)]
        steps.append((deploy_started(deploy), started))
        ended = _ended(deploy, status, info)
        if ended is not None:
            steps.append((ended, moment_or_none(info.get("completeTime"))))
        yield from shipped.events(steps)


class _Revision:
    """The deployed revision."""

    def __init__(self, revision: Any) -> None:
        self.repository = line(part(revision, "gitHubLocation", "repository"))
        self.commit = line(part(revision, "gitHubLocation", "commitId")).lower()
        key = line(part(revision, "s3Location", "key"))
        self.version = version_of(key)
        if not self.commit and not self.version and (named := _COMMIT.search(key)):
            self.commit = named[1]
        self.words = self.version or self.commit[:7] or key.rpartition("/")[2]


def _manner(info: dict[str, Any], creator: str) -> Manner:
    if creator in _BACK:
        return Manner.AUTOMATIC_ROLLBACK
    return Manner.RESTART if info.get("deploymentMode") == "RESTART" else Manner.PLAIN


def _started(created: Moment, started: Moment | None, ended: Moment | None) -> Moment | None:
    """The start; if it is after the end, any time before that. Servers with separate clocks write these times."""
    if started is not None and ended is not None and started.earliest > ended.latest:
        return spanning(created, ended)
    return started


def _ended(deploy: Deploy, status: str, info: dict[str, Any]) -> Fact | None:
    code = line(part(info, "errorInformation", "code"))
    why = line(part(info, "errorInformation", "message")) or code
    if status == "Succeeded":
        return deploy_succeeded(deploy)
    if status == "Failed" or (status == "Stopped" and code == _STOPPED_BY_ALARM):
        return deploy_failed(deploy, why)
    return deploy_cancelled(deploy) if status == "Stopped" else None
