"""The paths of GitLab's API; only the path shows which project an answer is about."""

import re
from urllib.parse import quote

_OF_PROJECT = re.compile(r"/api/v4/projects/(?P<project>\d{1,19})/", re.ASCII)
_OF_DEPLOYMENT = re.compile(r"/projects/\d{1,19}/deployments/(?P<deployment>\d{1,19})(?:$|\?)", re.ASCII)
_OF_PIPELINE = re.compile(r"/projects/\d{1,19}/pipelines/(?P<pipeline>\d{1,19})/jobs\b", re.ASCII)


def named(kind: str, path_or_id: str) -> str:
    """The API path of a project or group, given its full path (`/projects/acme%2Fcheckout`) or its id."""
    return f"/{kind}/{quote(path_or_id, safe='')}"


def project_of(asked: str) -> str:
    """The project id in a request; empty if there is none."""
    found = _OF_PROJECT.search(asked)
    return found["project"] if found else ""


def deployment_of(asked: str) -> str:
    """The id in a request for a single deployment; empty if there is none."""
    found = _OF_DEPLOYMENT.search(asked)
    return found["deployment"] if found else ""


def pipeline_of(asked: str) -> str:
    """The pipeline id in a request for its jobs; empty if there is none."""
    found = _OF_PIPELINE.search(asked)
    return found["pipeline"] if found else ""
