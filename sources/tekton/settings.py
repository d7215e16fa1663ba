"""What a `[sources.NAME]` table with `type = "tekton"` may contain."""

from typing import Literal, TypeAlias

from pydantic import Field

from sources.kube_api.settings import ClusterSettings

Meaning: TypeAlias = Literal["service", "environment", "version", "image", "digest", "commit", "repository", "actor"]

USUAL: dict[Meaning, tuple[str, ...]] = {
    "service": ("service", "servicename", "app", "appname", "application", "component"),
    "environment": ("environment", "env", "stage", "targetenv", "targetenvironment"),
    "version": ("version", "tag", "imagetag", "appversion", "releaseversion"),
    "image": ("image", "imageurl", "imagename", "outputimage"),
    "digest": ("imagedigest", "digest"),
    "commit": ("commit", "commitsha", "sha", "gitsha", "gitcommit", "chainsgitcommit", "revision", "gitrevision"),
    "repository": ("repository", "giturl", "repourl", "repo", "gitrepository", "chainsgiturl"),
    "actor": ("actor", "author", "user", "username", "triggeredby", "sender"),
}
"""What parameters and results are usually called, in lower case and without hyphens and underscores."""


class TektonSettings(ClusterSettings):
    """The runs in one cluster. No field of a run says that it deploys: its name has to."""

    deploys: list[str] = Field(default_factory=lambda: ["*deploy*", "*rollback*", "*promote*"], min_length=1)
    """Patterns of the names of Pipelines and Tasks that deploy."""
    params: dict[Meaning, list[str]] = Field(default_factory=dict)
    """Further names of parameters and results that name the version, the image, and so on."""

    def meaning(self, name: str) -> Meaning | None:
        """What a parameter or result of this name is; None if it is none of these."""
        plain = plain_name(name)
        known: Meaning
        for known, usual in USUAL.items():
            if plain in usual or plain in map(plain_name, self.params.get(known, ())):
                return known
        return None


def plain_name(name: str) -> str:
    """`IMAGE_URL`, `image-url` and `imageUrl` are one name."""
    return name.lower().replace("-", "").replace("_", "").replace(".", "")
