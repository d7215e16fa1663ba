"""AWS: deployments of CodeDeploy, ECS services and AppConfig."""

from sources.aws.settings import AwsSettings
from sources.aws.source import AwsSource

__all__ = ["AwsSettings", "AwsSource"]
