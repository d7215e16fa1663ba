"""One configured repository: its API path, the services it deploys, and which of its runs are deploys."""

from fnmatch import fnmatchcase

from msgspec import Struct

from collector.event import Subject
from collector.services.service import is_lower
from sources.deploy_names import environment_in, is_deploy_name
from sources.github.actions import Job, Run
from sources.github.items import Deployment
from sources.github.settings import GithubSettings

_NOT_MERGED = frozenset({"pull_request", "pull_request_target"})
_UNSUCCESSFUL = frozenset({"failure", "timed_out", "cancelled"})


class Place(Struct, frozen=True):
    """A configured repository."""

    settings: GithubSettings
    repository: str
    """`owner/name`."""

    @property
    def path(self) -> str:
        """API path: `/repos/acme/checkout`."""
        return f"/repos/{self.repository}"

    @property
    def url(self) -> str:
        """API URL of the repository."""
        return f"{self.settings.api_url}{self.path}"

    def service(self, *names: str) -> str:
        """The service for the first of these names that the settings map, else the service of the repository."""
        for name in (*names, self.repository):
            for pattern, service in self.settings.services.items() if name else ():
                if fnmatchcase(name.casefold(), pattern.casefold()):
                    return service
        return self.settings.service or self.repository.partition("/")[2]

    def mapped(self, name: str) -> bool:
        """Whether the settings map the name to a service."""
        return bool(name) and any(fnmatchcase(name.casefold(), one.casefold()) for one in self.settings.services)

    def of_run(self, run: Run, environment: str = "") -> Subject:
        """The subject of a run."""
        return Subject(service=self.service(run.file, run.path, run.name), environment=environment)

    def of_deployment(self, deployment: Deployment, run: Run | None) -> Subject:
        """The subject of a deployment; an environment that is made for one branch is marked as a preview.

        GitHub Pages are beside the service of the repository, unless the settings map them to one of their own.
        """
        workflow = (run.file, run.path, run.name) if run is not None else ()
        name = deployment.environment
        if deployment.transient and not is_lower(name):
            name = f"preview/{name}"
        if name == "github-pages" and self.mapped(name):
            # It is the place where the users of that service are.
            name = ""
        return Subject(service=self.service(deployment.task, *workflow, deployment.environment), environment=name)

    def deploys(self, run: Run) -> bool:
        """Whether the settings say that this run deploys; runs for pull requests never do."""
        return run.event not in _NOT_MERGED and any(self._fits(run, each)[0] for each in self.settings.workflows)

    def deploy_jobs(self, run: Run, jobs: list[Job]) -> list[Job]:
        """The jobs of a deploying run that deploy: those that the settings name, else all; never skipped ones.

        If a run succeeds although a job failed, that job was allowed to (`continue-on-error`). It is left out, unless
        the settings name it, its own name is that of a deploy, or no other job is left.
        """
        patterns = [job for each in self.settings.workflows for fits, job in [self._fits(run, each)] if fits]
        named = [job for job in jobs if any(one and _matches(job, one) for one in patterns)]
        ours = [job for job in (jobs if "" in patterns else named) if job.conclusion != "skipped"]
        if run.conclusion != "success":
            return ours
        allowed = [job for job in ours if job.conclusion in _UNSUCCESSFUL and job not in named]
        return [job for job in ours if job not in allowed or is_deploy_name(job.name)] or ours

    def by_environment(self, run: Run, jobs: list[Job]) -> list[tuple[str, list[Job]]]:
        """The jobs of a deploying run by target environment, since a run may go through several environments.

        A job with a declared environment makes a Deployment. For others the job name shows it, else the workflow name.
        """
        named = {job.id: environment_in(job.name) if is_deploy_name(job.name) else "" for job in jobs}
        places = list(dict.fromkeys(place for place in named.values() if place))
        if len(places) > 1:
            return [(place, [job for job in jobs if named[job.id] == place]) for place in places]
        of_workflow = environment_in(run.file.rpartition(".")[0], run.name)
        return [(places[0] if places else of_workflow, jobs)]

    @property
    def files(self) -> list[str]:
        """The workflow files that the settings name; each is requested separately."""
        names = [each.rpartition(".github/workflows/")[2].partition("/")[0] for each in self.settings.workflows]
        return list(dict.fromkeys(name for name in names if name.endswith((".yml", ".yaml"))))

    def uses_workflow(self, run: Run, file: str) -> bool:
        """Whether this file is the run's workflow, or a reusable one that it calls."""
        called = {run.file, *(path.partition("@")[0].rpartition("/")[2] for path in run.calls)}
        return file.casefold() in {name.casefold() for name in called - {""}}

    def _fits(self, run: Run, wanted: str) -> tuple[bool, str]:
        """Whether a setting names this run's workflow, or a reusable one that it calls; and the pattern of its jobs."""
        folder, _, rest = wanted.rpartition(".github/workflows/")
        file, _, job = rest.partition("/")
        if not folder and run.name and wanted.casefold() == run.name.casefold():
            return True, ""
        return self.uses_workflow(run, file), job


def _matches(job: Job, pattern: str) -> bool:
    return fnmatchcase(job.name.casefold(), pattern.casefold())
