"""The names of the systems that deploy, as rows use them."""

import re

from collector.manner import Manner
from collector.stories.pipelines import stated
from collector.stories.story import Step, Story

_NAMES = {
    "argo": "Argo CD",
    "codedeploy": "CodeDeploy",
    "ecs": "ECS",
    "aws": "AWS",
    "flux": "Flux",
    "github": "GitHub",
    "gitlab": "GitLab",
    "helm": "Helm",
    "jenkins": "Jenkins",
    "tekton": "Tekton",
    "terraform": "Terraform",
}
"""By the beginning of a part of the source's name: `argocd-prod`."""
_SERVICES = {"ecs": "ECS", "codedeploy": "CodeDeploy"}
"""The AWS services that deploy, by the beginning of the ids of their records: `ecs/prod/search/b7Qm1`."""
CI = "CI/CD"
_CONTROLLERS = frozenset(
    {"argocd-controller", "argocd-application-controller", "helm-controller", "kustomize-controller"}
)
"""The controllers of Argo CD and Flux. They apply what is in git, so nobody asks who they are."""


def tool(pipeline: Story) -> str:
    """The system's name (`Argo CD`) for syncs, AWS services and infrastructure, `CI/CD` for other pipelines."""
    gitops = pipeline.keys.application or pipeline.keys.release
    by_name = gitops or _service(pipeline) or Manner.INFRASTRUCTURE in stated(pipeline)
    return system(pipeline) if by_name else CI


def runs_what_it_deploys(pipeline: Story) -> bool:
    """Whether the system itself knows whether the new version serves, as ECS does."""
    return bool(_service(pipeline))


def _service(pipeline: Story) -> str:
    return _SERVICES.get(pipeline.first.best.native_id.partition("/")[0], "")


def system(pipeline: Story) -> str:
    """The system's own name, else the name of the source in the configuration."""
    if service := _service(pipeline):
        return service
    source = pipeline.first.best.source
    parts = re.split(r"[^a-z0-9]+", source.lower())
    return next((name for key, name in _NAMES.items() if any(part.startswith(key) for part in parts)), source)


def doer(deploy: Story, pipelines: tuple[Story, ...]) -> str:
    """The actor of the deploy; empty if it is only the controller of a tool, which the row names anyway."""
    return "" if deploy.actor in _CONTROLLERS and pipelines else deploy.actor


def begun_by(pipelines: tuple[Story, ...]) -> str:
    """The tool where the deploy starts: CI if a CI run takes part, else the tool that applies it."""
    tools = [tool(one) for one in pipelines]
    return CI if CI in tools else next(iter(tools), "")


def applied_by(pipelines: tuple[Story, ...]) -> Story | None:
    """The last pipeline to complete among those nearest to the cluster; None if none of these is complete."""
    near = [one for one in pipelines if tool(one) != CI] or pipelines
    done = [one for one in near if one.at(Step.COMPLETED)]
    return max(done, key=lambda one: max(each.best.at for each in one.at(Step.COMPLETED)), default=None)
