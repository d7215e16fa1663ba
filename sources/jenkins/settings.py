"""The keys of a `[sources.NAME]` table with `type = "jenkins"`."""

from pydantic import Field, field_validator

from sources.settings import ServerSettings

_VERSIONS = (
    *("VERSION", "TAG", "IMAGE_TAG", "DOCKER_TAG", "IMAGE", "RELEASE", "RELEASE_VERSION", "APP_VERSION"),
    *("DEPLOY_VERSION", "ARTIFACT_VERSION", "GIT_TAG", "GIT_COMMIT", "COMMIT", "COMMIT_SHA", "REVISION"),
)
_ENVIRONMENTS = (
    *("ENVIRONMENT", "ENV", "DEPLOY_ENV", "DEPLOY_ENVIRONMENT", "TARGET_ENV", "TARGET_ENVIRONMENT", "DEPLOY_TO"),
)
_SERVICES = ("SERVICE", "SERVICE_NAME", "APP", "APP_NAME", "APPLICATION")


class JenkinsSettings(ServerSettings):
    """One Jenkins, or a folder of it. Without `username` and its API token, only what anybody may see."""

    folder: str = ""
    """Full name of a folder to search, `shop/backend`; default: all folders."""
    jobs: list[str] = Field(default_factory=list)
    """Shell patterns of the full names of jobs, `shop/*`; default: all."""
    deploy_jobs: list[str] = Field(default_factory=list)
    """Shell patterns of names of jobs that deploy; default: jobs with a name or stage that says so."""
    services: dict[str, str] = Field(default_factory=dict)
    """Name of the service by the full name of its job; default: derived from the job's name."""
    version_parameters: list[str] = Field(default_factory=lambda: list(_VERSIONS))
    """Build parameters with the version, a tag or an image; the first that is set counts. No others are kept."""
    environment_parameters: list[str] = Field(default_factory=lambda: list(_ENVIRONMENTS))
    """Build parameters with the environment."""
    service_parameters: list[str] = Field(default_factory=lambda: list(_SERVICES))
    """Build parameters with the service."""

    @field_validator("folder")
    @classmethod
    def _full_name(cls, value: str) -> str:
        if any(part in ("", ".", "..") or not part.isprintable() for part in value.strip("/").split("/") if value):
            raise ValueError('must be the full name of a folder, "shop/backend"')
        return value.strip("/")

    @property
    def kept_parameters(self) -> frozenset[str]:
        """Names in lower case. Parameters may hold secrets, so others are not read, captured or shown."""
        every = (*self.version_parameters, *self.environment_parameters, *self.service_parameters)
        return frozenset(name.lower() for name in every)

    def service(self, job: str) -> str:
        """The configured service of the job with this full name; empty if there is none."""
        known = {key.strip("/").lower(): name for key, name in self.services.items()}
        return known.get(job.lower(), "")
