"""Reduces an answer to names, versions, times and states: no contents of revisions, no settings of containers."""

from typing import Any

_KEPT = frozenset(
    {
        # All three systems: lists and texts.
        "Description",
        "Name",
        "Id",
        "Items",
        "arn",
        "reason",
        "status",
        # CodeDeploy.
        "applicationName",
        "bucket",
        "commitId",
        "completeTime",
        "createTime",
        "creator",
        "deploymentGroupName",
        "deploymentId",
        "deploymentMode",
        "deployments",
        "deploymentsInfo",
        "description",
        "errorInformation",
        "code",
        "gitHubLocation",
        "key",
        "message",
        "previousRevision",
        "repository",
        "revision",
        "revisionType",
        "rollbackDeploymentId",
        "rollbackInfo",
        "rollbackMessage",
        "rollbackTriggeringDeploymentId",
        "s3Location",
        "startTime",
        "version",
        # ECS.
        "alarms",
        "clusterArn",
        "clusterArns",
        "containerImages",
        "taskDefinition",
        "containerName",
        "createdAt",
        "deploymentCircuitBreaker",
        "deploymentController",
        "events",
        "failures",
        "finishedAt",
        "id",
        "image",
        "lifecycleHookDetails",
        "imageDigest",
        "rollback",
        "serviceArn",
        "serviceArns",
        "serviceDeploymentArn",
        "serviceDeployments",
        "serviceName",
        "serviceRevisionArn",
        "serviceRevisions",
        "services",
        "sourceServiceRevisions",
        "startedAt",
        "statusReason",
        "stoppedAt",
        "targetServiceRevision",
        "targetServiceRevisionArn",
        "triggeredAlarmNames",
        "type",
        # AppConfig.
        "ApplicationId",
        "CompletedAt",
        "ConfigurationName",
        "ConfigurationVersion",
        "DeploymentNumber",
        "EnvironmentId",
        "EventLog",
        "EventType",
        "OccurredAt",
        "StartedAt",
        "State",
        "TriggeredBy",
        "VersionLabel",
    }
)


def reduced(value: Any) -> Any:
    """The value with only the members that are read, at every depth."""
    if isinstance(value, list):
        return [reduced(item) for item in value]
    if isinstance(value, dict):
        return {name: reduced(item) for name, item in value.items() if name in _KEPT}
    return value
