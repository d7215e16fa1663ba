"""Terraform Cloud and Enterprise: the runs of the workspaces of one organization."""

from sources.terraform.settings import TerraformSettings
from sources.terraform.source import TerraformSource

__all__ = ["TerraformSettings", "TerraformSource"]
