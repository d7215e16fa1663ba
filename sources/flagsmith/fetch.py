"""What to request from Flagsmith: its audit log, newest first (it has no filter by time), and details of entries."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from collector.source import Denied, Document, Gap
from collector.window import Window
from sources.flag_log import LEAD, Api, Page, each_on_its_own
from sources.flagsmith.entries import DETAILED, when
from sources.flagsmith.settings import FlagsmithSettings

RIGHT = "an organisation administrator's rights, or `View audit log` on the project"
_MOST = 999
"""Maximum entries that Flagsmith returns per page."""
_MOST_DETAILS = 100
"""Maximum entries, the latest first, for which it is requested whether the flag was turned on or off."""


def fetch(api: Api, settings: FlagsmithSettings, window: Window) -> Iterator[Document | Gap]:
    """Each project is separate: if one is denied, the others continue. Raises only if there was no answer at all."""
    yield from each_on_its_own(_log(api, base, window) for base in _bases(settings))


def _bases(settings: FlagsmithSettings) -> list[str]:
    if settings.organisation is not None:
        return [f"{settings.url}/api/v1/organisations/{settings.organisation}/audit/"]
    return [f"{settings.url}/api/v1/projects/{project}/audit/" for project in settings.projects or ()]


def _log(api: Api, base: str, window: Window) -> Iterator[Document | Gap]:
    wide = window.widened(lead=LEAD, tail=timedelta(0))
    wanted: list[int] = []
    # `is_system_event` is omitted, because Flagsmith takes any value of it for true.
    for given in api.pages("audit", f"{base}?page_size={_MOST}", RIGHT, _page, wide.start):
        yield given
        if isinstance(given, Document):
            wanted += [id_ for item in _list(given.json()) if (id_ := _detailed(item, wide)) is not None]
    for id_ in list(dict.fromkeys(wanted))[:_MOST_DETAILS]:
        try:
            yield api.document("details", f"{base}{id_}/", RIGHT)
        except Denied as error:
            yield Gap(f"details of entry {id_}: {error.reason}", error.hint)
            break
    if len(wanted) > _MOST_DETAILS:
        yield Gap(
            f"whether the oldest {len(wanted) - _MOST_DETAILS} changes turned a flag on or off was not asked",
            "ask for a shorter window, or for fewer projects",
        )


def _detailed(item: Any, wide: Window) -> int | None:
    """The id of an entry with a sentence that does not show the change; None for all others."""
    at, log, id_ = when(item), item.get("log") if isinstance(item, dict) else None, None
    if at is not None and isinstance(log, str) and DETAILED.match(log) and wide.overlaps(at.earliest, at.latest):
        id_ = item.get("id")
    return id_ if isinstance(id_, int) and not isinstance(id_, bool) and id_ >= 0 else None


def _page(body: Any, _: str) -> Page:
    following = body.get("next") if isinstance(body, dict) else None
    times = [at.earliest for item in _list(body) if (at := when(item))]
    return Page(_here(following) if isinstance(following, str) and times else "", min(times, default=None))


def _here(link: str) -> str:
    """The link, on the configured host: behind a proxy, Flagsmith does not know the scheme of its own URL."""
    try:
        query = urlsplit(link).query
    except ValueError:
        return ""
    return f"?{query}" if query else link


def _list(body: Any) -> list[Any]:
    results = body.get("results") if isinstance(body, dict) else None
    return results if isinstance(results, list) else []
