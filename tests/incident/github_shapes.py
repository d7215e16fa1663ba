"""The parts that GitHub repeats in all its answers: users, repositories, ids and times."""

import hashlib
import zlib
from datetime import datetime

from tests.cluster.client import Json
from tests.incident.workloads import moment

API = "https://api.github.com"
WEB = "https://github.com"
_PEOPLE = {"dana-reyes": 9120417, "sam-okafor": 5583021, "li-wei": 7740219, "maria-ortiz": 3312876}
BOT = "github-actions[bot]"
_REPOSITORIES = {"acme/checkout": 412776031, "acme/search": 415200968}


def identity(name: str, what: str, number: int, at: datetime) -> int:
    """An id that grows with time, as GitHub's do."""
    spread = hashlib.sha256(f"{name} {what} {number}".encode()).digest()
    return int((at - moment("2020-01-01T00:00:00")).total_seconds()) * 100 + spread[0] % 100


def user(login: str) -> Json:
    """Someone, the bot of GitHub Actions, or the organization."""
    bot = login == BOT
    url = f"{API}/users/{login.replace('[', '%5B').replace(']', '%5D')}"
    number = 41898282 if bot else _PEOPLE.get(login, 66201157)
    organization = login in ("acme", "example")
    return {
        "login": login,
        "id": number,
        "node_id": f"U_kgDO{number:x}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{number}?v=4",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{WEB}/apps/github-actions" if bot else f"{WEB}/{login}",
        **{f"{key}_url": f"{url}/{key}" for key in ("followers", "subscriptions", "repos", "received_events")},
        "following_url": f"{url}/following{{/other_user}}",
        "gists_url": f"{url}/gists{{/gist_id}}",
        "starred_url": f"{url}/starred{{/owner}}{{/repo}}",
        "organizations_url": f"{url}/orgs",
        "events_url": f"{url}/events{{/privacy}}",
        "type": "Bot" if bot else "Organization" if organization else "User",
        "user_view_type": "public",
        "site_admin": False,
    }


def repository(name: str) -> Json:
    """A repository, `owner/name`, as it is embedded in other answers."""
    owner, _, short = name.partition("/")
    url = f"{API}/repos/{name}"
    places = {
        "assignees": "{/user}", "branches": "{/branch}",
        "collaborators": "{/collaborator}", "comments": "{/number}", "commits": "{/sha}", "contents": "/{+path}",
        "hooks": "", "keys": "{/key_id}", "labels": "{/name}", "milestones": "{/number}", "pulls": "{/number}",
        "releases": "{/id}", "issues": "{/number}", "statuses": "/{sha}", "deployments": "", "downloads": "",
        "events": "", "forks": "", "languages": "", "merges": "", "stargazers": "", "subscribers": "",
        "subscription": "", "tags": "", "teams": "", "contributors": "",
    }  # fmt: skip
    number = _REPOSITORIES.get(name) or zlib.crc32(name.encode())
    return {
        "id": number,
        "node_id": f"R_kgDO{number:x}",
        "name": short,
        "full_name": name,
        "private": True,
        "owner": user(owner),
        "html_url": f"{WEB}/{name}",
        "description": None,
        "fork": False,
        "url": url,
        **{f"{key}_url": f"{url}/{key}{rest}" for key, rest in places.items()},
        "archive_url": f"{url}/{{archive_format}}{{/ref}}",
        "blobs_url": f"{url}/git/blobs{{/sha}}",
        "compare_url": f"{url}/compare/{{base}}...{{head}}",
        "git_commits_url": f"{url}/git/commits{{/sha}}",
        "git_refs_url": f"{url}/git/refs{{/sha}}",
        "git_tags_url": f"{url}/git/tags{{/sha}}",
        "issue_comment_url": f"{url}/issues/comments{{/number}}",
        "issue_events_url": f"{url}/issues/events{{/number}}",
        "notifications_url": f"{url}/notifications{{?since,all,participating}}",
        "trees_url": f"{url}/git/trees{{/sha}}",
    }


def stamp(at: datetime) -> str:
    """A time as GitHub writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
