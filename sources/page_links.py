"""The `next` links with which listings go on, and whether they stay where the credentials belong."""

from urllib.parse import urljoin, urlsplit

from sources.http import Answer


def next_page(answer: Answer) -> str:
    """The address of the next page as the `Link` header has it (RFC 8288); empty on the last one."""
    # To read what was kept needs no client of HTTP, which takes a while to import.
    from requests.utils import parse_header_links

    links = parse_header_links(answer.headers.get("link", ""))
    return next((link["url"] for link in links if link.get("rel") == "next"), "")


def joined(base: str, link: str) -> str:
    """The address that a link leads to; empty if it is none."""
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def origin(url: str) -> tuple[str, str | None, int | None] | None:
    """Scheme, host and port, which credentials are for; None if it is no address."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
