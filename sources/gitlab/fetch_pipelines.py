"""What to request about the pipelines of one project, and the jobs of which of them."""

from collections.abc import Iterator
from datetime import datetime

from collector.source import BadAnswer, Denied, Document, Gap, SourceError, each
from collector.window import Window
from sources.gitlab import items
from sources.gitlab.api import Api
from sources.gitlab.span import LEAD, Quota, is_recent, stamp

_OF_REVIEWS = frozenset({"merge_request_event", "external_pull_request_event"})
"""Sources of pipelines that check a change, and deploy it at most to an environment of its own."""
_CHILDREN = {"source": "parent_pipeline"}
_NOTHING_RAN = frozenset({"created", "skipped", "scheduled", "waiting_for_resource", "preparing", "pending"})


def pipelines(
    api: Api, window: Window, now: datetime, project: items.Project, linked: set[str], quota: Quota
) -> Iterator[Document | Gap]:
    """Pipelines and their jobs. `linked` has the ids of the pipelines that belong to deployments."""
    path = f"/projects/{project.id}/pipelines"
    since, until = stamp(window.start - LEAD), stamp(window.end)
    questions = [{"updated_after": since, "order_by": "updated_at"}]
    if not is_recent(window, now):
        # A pipeline that was run again later has a later update time, so it is found by its creation.
        questions = [{**questions[0], "updated_before": until}, {"created_after": since, "created_before": until}]
    seen: dict[str, items.Pipeline] = {}
    for question in questions:
        # Child pipelines are only listed on request.
        for child in (False, True):
            for page in api.pages("pipelines", path, {**question, **_CHILDREN} if child else question):
                yield page
                if isinstance(page, Document):
                    found = each(page.json(), items.pipeline, "pipelines")
                    seen.update({one.id: one for one in found if not isinstance(one, Gap)})
    failed: list[SourceError] = []
    wanted = [one for one in _order(seen, linked, window) if quota.take("jobs")]
    for one in wanted:
        try:
            # Retried jobs are only listed on request.
            yield from api.pages("jobs", f"{path}/{one}/jobs", {"include_retried": "true"})
        except (Denied, BadAnswer) as error:
            failed.append(error)
    if failed:
        reason = f"the jobs of {len(failed)} of {len(wanted)} pipelines could not be read, first {failed[0].reason}"
        yield Gap(reason, failed[0].hint)


def _order(seen: dict[str, items.Pipeline], linked: set[str], window: Window) -> list[str]:
    """Ids of the pipelines to request jobs for: first those of deployments, then those in the window, then others."""

    def rank(id_: str) -> tuple[int, int]:
        one = seen.get(id_)
        within = one is not None and one.created <= window.end and one.updated >= window.start
        return (0 if id_ in linked else 1 if within else 2, -int(id_))

    worth = {
        one.id
        for one in seen.values()
        if one.origin not in _OF_REVIEWS and one.status not in _NOTHING_RAN and one.created <= window.end
    }
    return sorted(worth | linked, key=rank)
