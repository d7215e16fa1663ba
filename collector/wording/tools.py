"""What the systems that deploy are called in a row."""

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
"""By how a part of the source's name begins: `argocd-prod`."""
_SERVICES = {"ecs": "ECS", "codedeploy": "CodeDeploy"}
"""What deploys within AWS, by how its records are called: `ecs/prod/search/b7Qm1`."""
CI = "CI/CD"
_CONTROLLERS = frozenset(
    {"argocd-controller", "argocd-application-controller", "helm-controller", "kustomize-controller"}
)
"""What writes to the cluster for Argo CD and Flux: it does what is in git, and nobody wonders who it is."""


def tool(pipeline: Story) -> str:
    """`Argo CD` for what syncs an application or a release, `CI/CD` for what runs a pipeline."""
    gitops = pipeline.keys.application or pipeline.keys.release
    by_name = gitops or _service(pipeline) or Manner.INFRASTRUCTURE in stated(pipeline)
    return system(pipeline) if by_name else CI


def runs_what_it_deploys(pipeline: Story) -> bool:
    """Whether the system itself knows whether the new version serves, as ECS does."""
    return bool(_service(pipeline))


def _service(pipeline: Story) -> str:
    return _SERVICES.get(pipeline.first.best.native_id.partition("/")[0], "")


def system(pipeline: Story) -> str:
    """The system by its own name, else as the configuration calls the source."""
    if service := _service(pipeline):
        return service
    source = pipeline.first.best.source
    parts = re.split(r"[^a-z0-9]+", source.lower())
    return next((name for key, name in _NAMES.items() if any(part.startswith(key) for part in parts)), source)


def doer(deploy: Story, pipelines: tuple[Story, ...]) -> str:
    """Who wanted it; empty where only the controller of a tool is known that the row names anyway."""
    return "" if deploy.actor in _CONTROLLERS and pipelines else deploy.actor


def begun_by(pipelines: tuple[Story, ...]) -> str:
    """What the deploy starts in: in CI where a run of it takes part, else in what applies it."""
    tools = [tool(one) for one in pipelines]
    return CI if CI in tools else next(iter(tools), "")


def applied_by(pipelines: tuple[Story, ...]) -> Story | None:
    """The last to be complete of those that are nearest to the cluster; None if none of these is."""
    near = [one for one in pipelines if tool(one) != CI] or pipelines
    done = [one for one in near if one.at(Step.COMPLETED)]
    return max(done, key=lambda one: max(each.best.at for each in one.at(Step.COMPLETED)), default=None)
