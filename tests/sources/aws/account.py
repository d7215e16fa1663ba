"""An account of AWS: deployments of all three systems, in members that AWS' own descriptions know."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.aws import AwsSettings, AwsSource
from tests.servers.aws import Refusal, aws

WINDOW = Window(datetime(2026, 4, 1, 14, tzinfo=UTC), datetime(2026, 4, 1, 14, 30, tzinfo=UTC))
REGION = "eu-central-1"
ARN = f"arn:aws:ecs:{REGION}:123456789012"
CLUSTER = f"{ARN}:cluster/prod"
SECRET = "a-password-in-an-appspec"


def at(clock: str, day: int = 1) -> datetime:
    return datetime.fromisoformat(f"2026-04-{day:02}T{clock}+00:00")


def service_arn(name: str) -> str:
    return f"{ARN}:service/prod/{name}"


class Account(Struct):
    """What there is; each listing has one item a page."""

    codedeploy: dict[str, dict[str, Any]] = field(default_factory=dict)
    services: list[str] = field(default_factory=list)
    messages: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)
    ecs: dict[str, dict[str, Any]] = field(default_factory=dict)
    images: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    definitions: dict[str, dict[str, str]] = field(default_factory=dict)
    """The task definition of a revision of a service."""
    applications: dict[str, str] = field(default_factory=dict)
    environments: dict[str, dict[str, str]] = field(default_factory=dict)
    appconfig: dict[int, dict[str, Any]] = field(default_factory=dict)
    controllers: dict[str, str] = field(default_factory=dict)
    """Who deploys a service, where that is not ECS itself."""
    refused: dict[str, Refusal] = field(default_factory=dict)
    """By operation, until it is taken out."""
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def deploy(self, id_: str, created: str, status: str, **members: Any) -> None:
        """A deployment of CodeDeploy."""
        self.codedeploy[id_] = {
            "deploymentId": id_,
            "applicationName": "checkout",
            "deploymentGroupName": "checkout-prod",
            "createTime": at(created),
            "status": status,
            "creator": "user",
            "revision": {
                "revisionType": "S3",
                "s3Location": {"bucket": "artefacts", "key": "checkout/checkout-1.5.0.zip", "bundleType": "zip"},
                "appSpecContent": {"content": SECRET, "sha256": "0" * 64},
            },
            **members,
        }

    def release(self, id_: str, created: str, status: str, **members: Any) -> None:
        """A deployment of the ECS service `checkout`, from revision 1 to 2."""
        service = members.pop("service", "checkout")
        if service not in self.services:
            self.services.append(service)
        arn = f"{ARN}:service-deployment/prod/{service}/{id_}"
        self.ecs[arn] = {
            "serviceDeploymentArn": arn,
            "serviceArn": service_arn(service),
            "clusterArn": CLUSTER,
            "createdAt": at(created),
            "startedAt": at(created),
            "status": status,
            "sourceServiceRevisions": [{"arn": f"{ARN}:service-revision/prod/{service}/1"}],
            "targetServiceRevision": {"arn": f"{ARN}:service-revision/prod/{service}/2"},
            **members,
        }

    def runs(self, service: str, revision: int, *images: tuple[str, str, str]) -> None:
        """The containers of a revision of a service: name, image, digest."""
        self.images[f"{ARN}:service-revision/prod/{service}/{revision}"] = [
            {"containerName": name, "image": image, "imageDigest": digest} for name, image, digest in images
        ]

    def answer(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """What AWS would answer. Raises Refusal."""
        self.asked.append((operation, params))
        if operation in self.refused:
            raise self.refused[operation]
        match operation:
            case "ListDeployments" if "ApplicationId" not in params:
                return self._paged("deployments", list(self.codedeploy), params)
            case "BatchGetDeployments":
                return {"deploymentsInfo": [self.codedeploy[id_] for id_ in params["deploymentIds"]]}
            case "ListClusters":
                return self._paged("clusterArns", [CLUSTER], params)
            case "ListServices":
                return self._paged("serviceArns", [service_arn(name) for name in self.services], params)
            case "DescribeServices":
                return {"services": [self._service(arn) for arn in params["services"]], "failures": []}
            case "ListServiceDeployments":
                ours = [one for one in self.ecs.values() if one["serviceArn"] == params["service"]]
                names = ("serviceDeploymentArn", "serviceArn", "clusterArn", "createdAt", "status")
                briefs = [{name: one[name] for name in names} for one in ours]
                return self._paged("serviceDeployments", briefs, params)
            case "DescribeServiceDeployments":
                found = [self.ecs[arn] for arn in params["serviceDeploymentArns"]]
                return {"serviceDeployments": found, "failures": []}
            case "DescribeServiceRevisions":
                known = [
                    {"serviceRevisionArn": arn, "containerImages": self.images[arn], **self.definitions.get(arn, {})}
                    for arn in params["serviceRevisionArns"]
                    if arn in self.images
                ]
                return {"serviceRevisions": known, "failures": []}
            case "ListApplications":
                return self._items([{"Id": id_, "Name": name} for id_, name in self.applications.items()], params)
            case "ListEnvironments":
                ours_ = self.environments[params["ApplicationId"]]
                return self._items([{"Id": id_, "Name": name} for id_, name in ours_.items()], params)
            case "ListDeployments":
                kept = ("DeploymentNumber", "State", "StartedAt", "ConfigurationVersion")
                last_first = [self.appconfig[n] for n in sorted(self.appconfig, reverse=True)]
                return self._items([{name: one[name] for name in kept} for one in last_first], params)
            case "GetDeployment":
                return self.appconfig[int(params["DeploymentNumber"])]
        raise Refusal(400, "UnknownOperationException")

    def configure(self, number: int, started: datetime, state: str, *log: tuple[str, str, str], **members: Any) -> None:
        """A deployment of AppConfig with its log, the first first: type, time, who triggered it."""
        self.applications = {"app1": "shop"}
        self.environments = {"app1": {"env1": "production"}}
        entries = [{"EventType": e, "OccurredAt": at(clock), "TriggeredBy": by} for e, clock, by in log]
        self.appconfig[number] = {
            "ApplicationId": "app1",
            "EnvironmentId": "env1",
            "DeploymentNumber": number,
            "ConfigurationName": "limits",
            "ConfigurationVersion": "7",
            "State": state,
            "StartedAt": started,
            "EventLog": entries[::-1],
            **members,
        }

    def _service(self, arn: str) -> dict[str, Any]:
        events = self.messages.get(arn.rpartition("/")[2], [])
        return {
            "serviceArn": arn,
            "serviceName": arn.rpartition("/")[2],
            "clusterArn": CLUSTER,
            "deploymentController": {"type": self.controllers.get(arn.rpartition("/")[2], "ECS")},
            "events": [{"id": f"e-{n}", "createdAt": when, "message": text} for n, (when, text) in enumerate(events)],
        }

    def _paged(self, name: str, found: list[Any], params: Mapping[str, Any], key: str = "nextToken") -> dict[str, Any]:
        number = int(params.get(key, 0))
        more = {key: str(number + 1)} if number + 1 < len(found) else {}
        return {name: found[number : number + 1], **more}

    def _items(self, found: list[Any], params: Mapping[str, Any]) -> dict[str, Any]:
        return self._paged("Items", found, params, "NextToken")


def source(scrubber: Scrubber | None = None, **settings: Any) -> AwsSource:
    """One that does not wait between attempts."""
    made = AwsSettings(**{"regions": [REGION], **settings})
    return AwsSource("aws", made, scrubber or Scrubber(), sleep=lambda _: None)


def fetched(account: Account, **settings: Any) -> tuple[list[Document], list[Gap]]:
    """What a source gets of it, over HTTP."""
    with aws(account.answer) as url:
        given = list(source(endpoint_url=url, **settings).fetch(WINDOW, Deadline(60)))
    return [one for one in given if isinstance(one, Document)], [one for one in given if isinstance(one, Gap)]


def events(account: Account, **settings: Any) -> list[Event]:
    """The Events of everything there is; nothing is missing."""
    documents, gaps = fetched(account, **settings)
    assert gaps == []
    given = list(source(**settings).read(documents, WINDOW))
    assert all(isinstance(one, Event) for one in given), given
    return sorted((one for one in given if isinstance(one, Event)), key=lambda event: (event.at, event.native_id))
