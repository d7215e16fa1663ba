"""What to request from LaunchDarkly, and in which order."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any
from urllib.parse import quote, urlencode

from collector.source import BadAnswer, Denied, Document, Gap
from collector.window import Window
from sources.flag_log import LEAD, Api, Page, each_on_its_own
from sources.launchdarkly.entries import when
from sources.launchdarkly.settings import LaunchDarklySettings

RIGHT = "the role Reader, or a policy that allows `viewProject` on these projects"
_MOST = 20
"""Maximum entries that LaunchDarkly returns per page."""
_KINDS = ("flag", "segment", "aiconfig")
_AI = "aiconfig"


def fetch(api: Api, settings: LaunchDarklySettings, window: Window) -> Iterator[Document | Gap]:
    """Each project is separate: if one is denied, the others continue. Raises only if there was no answer at all."""
    yield from each_on_its_own(_project(api, settings, project, window) for project in settings.projects)


def _project(api: Api, settings: LaunchDarklySettings, project: str, window: Window) -> Iterator[Document | Gap]:
    wide = window.widened(lead=LEAD, tail=timedelta(0))
    # Both bounds are exclusive.
    after, before = int(wide.start.timestamp() * 1000) - 1, int(wide.end.timestamp() * 1000) + 1
    found = False
    # Variations of an AI Config belong to no environment.
    specs = [*product(_KINDS, settings.environments or ("*",)), (_AI, "")]
    for kind, environment in specs:
        spec = f"proj/{project}:{f'env/{environment}:' if environment else ''}{kind}/*"
        query = urlencode({"after": after, "before": before, "limit": _MOST, "spec": spec}, quote_via=quote, safe="*/:")
        try:
            for given in api.pages("auditlog", f"{settings.url}/api/v2/auditlog?{query}", RIGHT, _page, wide.start):
                found = found or (isinstance(given, Document) and '"_id"' in given.text)
                yield given
        except BadAnswer as error:
            if kind != _AI:
                raise
            # The federal instance may not have them.
            yield Gap(f"AI Configs of project {project}: {error.reason}", error.hint)
            break
    if not found:
        # The log of a project that does not exist is empty too.
        yield from _check(api, settings, project)


def _check(api: Api, settings: LaunchDarklySettings, project: str) -> Iterator[Gap]:
    try:
        address = f"{settings.url}/api/v2/projects/{quote(project, safe='')}?expand=environments"
        body = api.document("project", address, RIGHT).json()
    except Denied as error:
        yield Gap(f"{error.reason}: whether flags of project {project} were changed is not known", error.hint)
        return
    listed = body.get("environments") if isinstance(body, dict) else None
    items = listed.get("items") if isinstance(listed, dict) else None
    keys = [one.get("key") for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    # Unless all keys are known, none is surely missing.
    if keys and isinstance(listed, dict) and listed.get("totalCount") == len(keys):
        for environment in settings.environments or ():
            if environment not in keys:
                yield Gap(f"project {project} has no environment {environment}", "see `environments`; they are keys")


def _page(body: Any, _: str) -> Page:
    links = body.get("_links") if isinstance(body, dict) else None
    following = links.get("next") if isinstance(links, dict) else None
    href = following.get("href") if isinstance(following, dict) else None
    items = body.get("items") if isinstance(body, dict) else None
    times = [at.earliest for item in (items if isinstance(items, list) else ()) if (at := when(item))]
    # A page without entries is the last one, even if it has a link.
    return Page(href if isinstance(href, str) and times else "", min(times, default=None))
