"""The `next` links of paged listings, and whether they stay on the host that the credentials are for."""

from collections.abc import Callable, Iterator
from urllib.parse import urljoin, urlsplit

from collector.source import Document, Gap
from sources.http import Answer


def next_page(answer: Answer) -> str:
    """The address of the next page according to the `Link` header (RFC 8288); empty on the last page."""
    # Imported here because it is slow, and a replay needs no HTTP client.
    from requests.utils import parse_header_links

    links = parse_header_links(answer.headers.get("link", ""))
    return next((link["url"] for link in links if link.get("rel") == "next"), "")


def joined(base: str, link: str) -> str:
    """The address that a link leads to; empty if the link is malformed."""
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def origin(url: str) -> tuple[str, str | None, int | None] | None:
    """Scheme, host and port that credentials are for; None if the address is malformed."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None


def linked_pages(
    call: str,
    first: str,
    page: Callable[[str], tuple[Document, str]],
    is_ours: Callable[[str], bool],
    most: int,
    *,
    setting: str,
    listing: str = "",
) -> Iterator[Document | Gap]:
    """At most `most` pages of a listing from the address `first` on, and a Gap if its end cannot be reached.

    `page` answers with the page at an address, and its link to the next one, empty on the last page. `is_ours` is
    whether the credentials are for an address, `setting` the setting that decides that. `listing` describes the pages
    if `call` alone does not: ` of /projects`.
    """
    following = first
    asked: set[str] = set()
    for _ in range(most):
        asked.add(following)
        document, link = page(following)
        yield document
        if not link:
            return
        following = joined(following, link)
        if not is_ours(following):
            yield Gap(f"{call}: truncated, the link to the next page leads to another host", f"is {setting} right?")
            return
        if following in asked:
            yield Gap(f"{call}: truncated, its pages lead back to one before")
            return
    yield Gap(f"{call}: truncated after {most} pages{listing}", "ask for a later or a shorter window")
