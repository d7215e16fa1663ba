"""Links that work for readers: if a system is asked through a port-forward, its pages have another address."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec.structs import replace

from collector.event import Event
from collector.known import QueryPage
from collector.source_config import SourceConfig


def for_readers(
    events: Sequence[Event], sources: Iterable[SourceConfig], pages: Sequence[QueryPage] = ()
) -> tuple[Event, ...]:
    """The same Events with URLs that readers can open.

    If `grafana_datasource` of their source is set, the URLs are on that one of `pages`, where readers can repeat the
    query. Else, if `link_url` is set, they begin with it instead of `url`. Else the page of that
    server, or the only one, is used.
    """
    configured = list(sources)
    links = {source.name: link for source in configured if (link := _link(source, configured, pages)) is not None}
    if not links:
        return tuple(events)
    return tuple(
        replace(event, url=links[event.source](event.url)) if event.url and event.source in links else event
        for event in events
    )


def _link(
    source: SourceConfig, sources: Sequence[SourceConfig], pages: Sequence[QueryPage]
) -> Callable[[str], str] | None:
    fitting = [page for page in pages if source.type in page.types]
    if (named := source.settings.get("grafana_datasource")) is not None:
        return next((page.link for page in fitting if page.id == named), None)
    if based := _based(source.settings):
        return based
    if alike := [page for page in fitting if page.server and page.server == _url(source)]:
        return alike[0].link
    # One server on either side must be the same one; through a port-forward their URLs never agree.
    asked = {_url(each) for each in sources if any(each.type in page.types for page in fitting)}
    return fitting[0].link if len(fitting) == 1 and len(asked) == 1 else None


def _based(settings: Mapping[str, object]) -> Callable[[str], str] | None:
    asked, shown = settings.get("url"), settings.get("link_url")
    if not isinstance(asked, str) or not isinstance(shown, str):
        return None
    begin, instead = asked.rstrip("/"), shown.rstrip("/")

    def link(url: str) -> str:
        rest = url.removeprefix(begin)
        return f"{instead}{rest}" if url.startswith(begin) and rest[:1] in ("", "/", "?", "#") else url

    return link


def _url(source: SourceConfig) -> str:
    return str(source.settings.get("url", "")).rstrip("/")
