"""The keys of a `[sources.NAME]` table with `type = "tekton"`."""

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
"""The usual names of parameters and results, in lower case and without hyphens and underscores."""


class TektonSettings(ClusterSettings):
    """The runs in one cluster. No field of a run shows that it deploys, so its name has to."""

    deploys: list[str] = Field(default_factory=lambda: ["*deploy*", "*rollback*", "*promote*"], min_length=1)
    """Patterns of the names of Pipelines and Tasks that deploy."""
    params: dict[Meaning, list[str]] = Field(default_factory=dict)
    """More names of parameters and results with the version, the image, and so on."""

    def meaning(self, name: str) -> Meaning | None:
        """The meaning of a parameter or result with this name; None if it has none."""
        plain = plain_name(name)
        known: Meaning
        for known, usual in USUAL.items():
            if plain in usual or plain in map(plain_name, self.params.get(known, ())):
                return known
        return None


def plain_name(name: str) -> str:
    """A normalised name: the same for `IMAGE_URL`, `image-url` and `imageUrl`."""
    return name.lower().replace("-", "").replace("_", "").replace(".", "")
