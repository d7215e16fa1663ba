"""What to request from AWS, and in which order."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from collector.source import BadAnswer, Document, Gap, SourceError
from collector.window import Window
from sources.aws.client import Client
from sources.aws.items import controllers, moments, texts
from sources.aws.settings import AwsSettings

LEAD = timedelta(hours=72)
"""How long before the window a deployment may have been requested: it can wait for somebody to shift traffic."""
MOST_SERVICES = 300
"""Maximum ECS services, and AppConfig environments, for which deployments are requested one by one."""
MOST_DEPLOYMENTS = 1000
"""Maximum deployments for which details are requested, in each system and region."""


def fetch(client: Client, settings: AwsSettings, window: Window) -> Iterator[Document | Gap]:
    """Each system in each region is separate: if one is denied, the others continue. Raises if none answered."""
    asked = {"codedeploy": _codedeploy, "ecs": _ecs, "appconfig": _appconfig}
    errors: list[SourceError] = []
    answered = False
    for region in client.regions:
        for part in dict.fromkeys(settings.parts):
            try:
                for given in asked[part](client, settings, region, window):
                    answered = answered or isinstance(given, Document)
                    yield given
            except SourceError as error:
                hint = f"{error.hint}; if you do not use it, leave {part} out of `parts`".removeprefix("; ")
                errors.append(type(error)(error.reason, hint))
    if errors and not answered:
        raise errors[0]
    yield from (Gap(error.reason, error.hint) for error in errors)


def _codedeploy(client: Client, _: AwsSettings, region: str, window: Window) -> Iterator[Document | Gap]:
    span = {"start": window.start - LEAD, "end": window.end}
    # An id that is on several pages, because it moved meanwhile, is requested only once; the same applies below.
    ids: dict[str, None] = {}
    for given in client.pages("codedeploy.list", region, "ListDeployments", {"createTimeRange": span}):
        yield given
        ids |= dict.fromkeys(texts(given, "deployments"))
    for some in _batches(list(ids), 25):
        yield client.document("codedeploy.deployments", region, "BatchGetDeployments", {"deploymentIds": some})
    yield from _too_many("codedeploy", list(ids))


def _ecs(client: Client, settings: AwsSettings, region: str, window: Window) -> Iterator[Document | Gap]:
    clusters = dict.fromkeys(settings.clusters)
    if not clusters:
        for given in client.pages("ecs.clusters", region, "ListClusters", {}):
            yield given
            clusters |= dict.fromkeys(texts(given, "clusterArns"))
    found: dict[tuple[str, str], None] = {}
    for cluster in clusters:
        of_cluster = {"cluster": cluster, "maxResults": 100}
        for given in client.pages("ecs.services", region, "ListServices", of_cluster):
            yield given
            found |= dict.fromkeys((cluster, service) for service in texts(given, "serviceArns"))
    services = list(found)
    others: dict[str, str] = {}
    for cluster in clusters:
        ours = [service for of, service in services[:MOST_SERVICES] if of == cluster]
        for some in _batches(ours, 10):
            params = {"cluster": cluster, "services": some}
            described = client.document("ecs.descriptions", region, "DescribeServices", params)
            yield described
            others |= controllers(described)
    external = sum(controller == "EXTERNAL" for controller in others.values())
    if external:
        reason = f"who deploys {external} of {len(services)} services keeps it to itself (controller EXTERNAL)"
        yield Gap(f"ecs in {region}: {reason}")
    if len(services) > MOST_SERVICES:
        left = len(services) - MOST_SERVICES
        yield Gap(f"ecs in {region}: {left} of {len(services)} services were not asked", "name `clusters`")
    # Services deployed by CodeDeploy or an external controller have no deployments in ECS.
    own = [(cluster, service) for cluster, service in services[:MOST_SERVICES] if service not in others]
    yield from _ecs_deployments(client, region, window, own)


def _ecs_deployments(
    client: Client, region: str, window: Window, services: Sequence[tuple[str, str]]
) -> Iterator[Document | Gap]:
    span = {"after": window.start - LEAD, "before": window.end}
    found: dict[str, None] = {}
    failed: list[SourceError] = []
    for cluster, service in services:
        params = {"cluster": cluster, "service": service, "createdAt": span, "maxResults": 100}
        try:
            for given in client.pages("ecs.list", region, "ListServiceDeployments", params):
                yield given
                found |= dict.fromkeys(texts(given, "serviceDeployments", "serviceDeploymentArn"))
        except BadAnswer as error:
            # For example, one that was deleted meanwhile.
            failed.append(error)
    if failed:
        reason = f"ecs in {region}: the deployments of {len(failed)} of {len(services)} services could not be listed"
        yield Gap(f"{reason}, first {failed[0].reason}", failed[0].hint)
    revisions: dict[str, None] = {}
    for some in _batches(list(found), 20):
        params = {"serviceDeploymentArns": some}
        given = client.document("ecs.deployments", region, "DescribeServiceDeployments", params)
        yield given
        for name, inside in (
            ("targetServiceRevision", "arn"), ("sourceServiceRevisions", "arn"), ("rollback", "serviceRevisionArn")
        ):  # fmt: skip
            revisions |= dict.fromkeys(texts(given, "serviceDeployments", name, inside))
    for some in _batches(list(revisions), 20):
        yield client.document("ecs.revisions", region, "DescribeServiceRevisions", {"serviceRevisionArns": some})
    yield from _too_many("ecs", list(found))


def _appconfig(client: Client, _: AwsSettings, region: str, window: Window) -> Iterator[Document | Gap]:
    def pages(call: str, operation: str, params: dict[str, Any]) -> Iterator[Document | Gap]:
        return client.pages(call, region, operation, {**params, "MaxResults": 50}, next_key="NextToken")

    found: dict[tuple[str, str], None] = {}
    applications: dict[str, None] = {}
    for given in pages("appconfig.applications", "ListApplications", {}):
        yield given
        applications |= dict.fromkeys(texts(given, "Items", "Id"))
    for application in applications:
        for given in pages("appconfig.environments", "ListEnvironments", {"ApplicationId": application}):
            yield given
            found |= dict.fromkeys((application, id_) for id_ in texts(given, "Items", "Id"))
    environments = list(found)
    if len(environments) > MOST_SERVICES:
        left = len(environments) - MOST_SERVICES
        yield Gap(f"appconfig in {region}: {left} of {len(environments)} environments were not asked")
    for application, environment in environments[:MOST_SERVICES]:
        where = {"ApplicationId": application, "EnvironmentId": environment}
        listed = pages("appconfig.list", "ListDeployments", where)
        yield from _of_environment(client, region, where, window, listed)


def _of_environment(
    client: Client, region: str, where: dict[str, Any], window: Window, listed: Iterator[Document | Gap]
) -> Iterator[Document | Gap]:
    """The deployments since long before the window, each with its event log; the newest are listed first."""
    since = window.start - LEAD
    asked: set[int] = set()
    for given in listed:
        yield given
        stamps = list(moments(given, "Items", "DeploymentNumber", "StartedAt"))
        for number, at in stamps:
            if since <= at <= window.end and number not in asked:
                asked.add(number)
                params = {**where, "DeploymentNumber": number}
                yield client.document("appconfig.deployment", region, "GetDeployment", params)
        if stamps and all(at < since for _, at in stamps):
            return


def _batches(ids: list[str], size: int) -> Iterator[list[str]]:
    """The ids in portions as large as one request may have, at most `MOST_DEPLOYMENTS` in total."""
    for start in range(0, min(len(ids), MOST_DEPLOYMENTS), size):
        yield ids[start : min(start + size, MOST_DEPLOYMENTS)]


def _too_many(part: str, ids: list[str]) -> Iterator[Gap]:
    if len(ids) > MOST_DEPLOYMENTS:
        reason = f"{part}: {len(ids) - MOST_DEPLOYMENTS} of {len(ids)} deployments were left out"
        yield Gap(reason, "ask for a shorter window")
