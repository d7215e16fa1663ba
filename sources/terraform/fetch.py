"""What to request from Terraform, and in which order."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from collector.source import BadAnswer, Denied, Document, Gap, SourceError
from collector.window import Window
from sources.terraform.api import Absent, Api
from sources.terraform.items import Run
from sources.terraform.resources import Resources
from sources.terraform.settings import TerraformSettings

LEAD = timedelta(hours=72)
"""How long before the window a run may have been requested: it can wait for a confirmation over a weekend."""
MOST_WORKSPACES = 300
"""Maximum workspaces for which runs are requested one by one."""
MOST_DETAILS = 100
"""Maximum runs for which it is requested who, or which policy, stopped them."""
_INCLUDED = "workspace,created_by,plan,apply,configuration_version.ingress_attributes"


def fetch(api: Api, settings: TerraformSettings, window: Window) -> Iterator[Document | Gap]:
    """Workspaces, their runs (newest first; the API cannot filter by time), then who did what with them.

    Raises only if there was no answer about runs at all.
    """
    seen = Resources()
    since = window.start - LEAD
    if settings.workspaces or settings.tags:
        yield from _of_each(api, settings, since, seen)
    else:
        path = f"/organizations/{settings.organization}/runs"
        try:
            yield from _runs(api, path, since, seen)
        except Absent as absent:
            # Older Enterprise cannot list all runs. A missing organization is noticed here too.
            yield from _of_each(api, settings, since, seen, absent)
    ours = [run for run in seen.runs.values() if _matters(run, window)]
    ours.sort(key=lambda run: (run.created, run.id), reverse=True)
    yield from _users(api, ours, seen)
    stopped = [run for run in ours if "discarded" in run.stamps]
    yield from _details(api, stopped, "run-events", {"include": "actor"}, "who discarded {} of {} runs is not known")
    failed = [run for run in ours if "errored" in run.stamps and "applying" not in run.stamps]
    yield from _details(api, failed, "policy-checks", {}, "whether a policy refused {} of {} runs is not known")


def _of_each(
    api: Api, settings: TerraformSettings, since: datetime, seen: Resources, absent: Denied | None = None
) -> Iterator[Document | Gap]:
    """The runs of each workspace; if one is denied, the others continue."""
    ids: dict[str, str] = {}
    for params in _searches(settings):
        for given in api.pages("workspaces", f"/organizations/{settings.organization}/workspaces", params):
            yield given
            if isinstance(given, Document):
                ids |= dict(_ids(given, settings))
    missing = sorted(name for name in settings.workspaces if "*" not in name and name not in ids.values())
    if missing:
        yield Gap(f"workspaces: {', '.join(missing)} cannot be seen", "check `workspaces` and the rights of the token")
    if not ids and absent is not None:
        raise absent
    wanted = sorted(ids, key=lambda id_: ids[id_])
    if len(wanted) > MOST_WORKSPACES:
        hint = "name fewer with `workspaces` or `tags`"
        yield Gap(f"runs: the last {len(wanted) - MOST_WORKSPACES} of {len(wanted)} workspaces were not asked", hint)
    failed: list[SourceError] = []
    for id_ in wanted[:MOST_WORKSPACES]:
        try:
            yield from _runs(api, f"/workspaces/{id_}/runs", since, seen)
        except (Denied, BadAnswer) as error:
            failed.append(error)
    if failed and len(failed) == len(wanted[:MOST_WORKSPACES]):
        raise failed[0]
    if failed:
        reason = f"the runs of {len(failed)} of {len(wanted)} workspaces could not be read, first {failed[0].reason}"
        yield Gap(reason, failed[0].hint)


def _searches(settings: TerraformSettings) -> list[dict[str, str]]:
    """The searches that together find all configured workspaces, and possibly others."""
    tags = {"search[tags]": ",".join(settings.tags)} if settings.tags else {}
    if not settings.workspaces:
        return [tags]
    names = {name: "search[wildcard-name]" if "*" in name else "search[name]" for name in settings.workspaces}
    return [{**tags, search: name} for name, search in sorted(names.items())]


def _ids(page: Document, settings: TerraformSettings) -> Iterator[tuple[str, str]]:
    body = page.json()
    listed = body.get("data") if isinstance(body, dict) else None
    for item in listed if isinstance(listed, list) else []:
        attributes = item.get("attributes") if isinstance(item, dict) else None
        name = attributes.get("name") if isinstance(attributes, dict) else None
        id_ = item.get("id") if isinstance(item, dict) else None
        if (
            isinstance(name, str)
            and isinstance(id_, str)
            and id_.replace("-", "").isalnum()
            and _is_meant(name, settings)
        ):
            yield id_, name


def _is_meant(name: str, settings: TerraformSettings) -> bool:
    """Whether the workspace is configured; the server's search also finds names that only contain a configured one."""
    return not settings.workspaces or any(_fits(name, wanted) for wanted in settings.workspaces)


def _fits(name: str, wanted: str) -> bool:
    bare = wanted.strip("*")
    if wanted.startswith("*") and wanted.endswith("*"):
        return bare in name
    if wanted.startswith("*"):
        return name.endswith(bare)
    return name.startswith(bare) if wanted.endswith("*") else name == wanted


def _runs(api: Api, path: str, since: datetime, seen: Resources) -> Iterator[Document | Gap]:
    for given in api.pages("runs", path, {"include": _INCLUDED}):
        yield given
        if isinstance(given, Document):
            page = Resources()
            # Unreadable items are counted later, in `read`.
            for _ in page.add(given):
                pass
            for _ in seen.add(given):
                pass
            if page.runs and all(run.created.latest < since for run in page.runs.values()):
                return


def _matters(run: Run, window: Window) -> bool:
    """Whether it may have been running in the window, or in the day before it."""
    ended = run.ended
    over = ended.latest if ended is not None else window.end
    return not run.plan_only and window.widened(lead=timedelta(hours=24), tail=timedelta()).overlaps(
        run.created.earliest, over
    )


def _users(api: Api, runs: Iterable[Run], seen: Resources) -> Iterator[Document | Gap]:
    """The names of users who confirmed or cancelled; those of the users who started a run came with the run."""
    wanted = {run.related[name] for run in runs for name in ("confirmed-by", "canceled-by") if name in run.related}
    unknown = sorted(id_ for type_, id_ in wanted if not seen.knows((type_, id_)))
    yield from _each(
        unknown, lambda id_: api.document("user", f"/users/{id_}"), "the names of {} of {} users are not known"
    )


def _details(api: Api, runs: list[Run], call: str, params: dict[str, str], what: str) -> Iterator[Document | Gap]:
    ids = [run.id for run in runs]
    yield from _each(ids, lambda id_: api.document(call, f"/runs/{id_}/{call}", params), what)


def _each(ids: list[str], ask: Callable[[str], Document], what: str) -> Iterator[Document | Gap]:
    unknown = max(0, len(ids) - MOST_DETAILS)
    first: SourceError | None = None
    for id_ in ids[:MOST_DETAILS]:
        try:
            yield ask(id_)
        except (Denied, BadAnswer) as error:
            first = first or error
            unknown += 1
    if unknown:
        reason = what.format(unknown, len(ids))
        yield Gap(f"{reason}, first {first.reason}", first.hint) if first else Gap(reason, "ask for a shorter window")
