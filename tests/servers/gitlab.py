"""A stand-in for GitLab on loopback: one project with its deployments, pipelines, jobs and approvals."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

Json = dict[str, Any]
_PAGING = {"page", "per_page", "pagination", "order_by", "sort"}
_UPDATED = {"updated_after", "updated_before"}
_PARAMETERS = {
    "deployments": {*_PAGING, *_UPDATED, "finished_after", "finished_before", "environment", "status"},
    "pipelines": {*_PAGING, *_UPDATED, "created_after", "created_before", "scope", "status", "source", "ref", "sha"}
    | {"username", "name", "yaml_errors"},
    "jobs": {*_PAGING, "scope", "include_retried"},
    "environments": {*_PAGING, "name", "search", "states"},
}
"""Of each listing, as docs.gitlab.com/api has them. GitLab passes over any other without a word; here it is refused."""


class Gitlab(Struct):
    """What there is; called with a path below `/api/v4`, it answers as GitLab does. Lists have 100 items a page."""

    project: Json
    deployments: Sequence[Json] = ()
    pipelines: Sequence[Json] = ()
    jobs: Mapping[int, Sequence[Json]] = field(default_factory=dict)
    """By pipeline."""
    approvals: Mapping[int, Sequence[Json]] = field(default_factory=dict)
    """By deployment."""
    environments: Sequence[Json] = ()

    def __call__(self, path: str, query: Mapping[str, str]) -> tuple[int, Any, int]:
        """Status, body and the number of the next page; 0 if there is none."""
        whole = self.project["path_with_namespace"].replace("/", "%2F")
        unknown = set(query) - _PARAMETERS.get(path.rpartition("/")[2], set(query))
        if unknown:
            return 400, {"error": f"{', '.join(sorted(unknown))}: not documented"}, 0
        match path.partition("/projects/")[2].split("/"):
            case [known] if known in (whole, str(self.project["id"])):
                return 200, self.project, 0
            case [_, "deployments"]:
                return self._listed(self.deployments, query)
            case [_, "deployments", number]:
                decided = {"approvals": list(self.approvals.get(int(number), ())), "pending_approval_count": 0}
                return 200, {**next(one for one in self.deployments if one["id"] == int(number)), **decided}, 0
            case [_, "pipelines"]:
                return self._listed(self.pipelines, query)
            case [_, "pipelines", number, "jobs"]:
                return self._listed(self.jobs.get(int(number), ()), query)
            case [_, "environments"]:
                return self._listed(self.environments, query)
        return 404, {"message": "404 Not found"}, 0

    def _listed(self, items: Sequence[Json], query: Mapping[str, str]) -> tuple[int, Any, int]:
        order = query.get("order_by", "id")
        since, until = query.get("updated_after", ""), query.get("updated_before", "9")
        if order != "updated_at" and (since or until != "9"):
            return 400, {"message": "400 Bad request - updated_at filters require updated_at sort"}, 0
        status = query.get("status", "")
        found = [
            one
            for one in items
            if since <= one.get("updated_at", "5") <= until
            and query.get("created_after", "") <= one.get("created_at", "5") <= query.get("created_before", "9")
            and (not status or one["status"] == status)
        ]
        found.sort(key=lambda one: (one[order], one["id"]), reverse=query.get("sort") == "desc")
        page, size = int(query.get("page", "1")), int(query.get("per_page", "20"))
        return 200, found[(page - 1) * size : page * size], page + 1 if page * size < len(found) else 0
