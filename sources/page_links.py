"""The `next` links of paged listings, and whether they stay on the host that the credentials are for."""

from urllib.parse import urljoin, urlsplit

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
