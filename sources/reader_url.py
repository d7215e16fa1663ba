"""URLs that a system reports as its own, used for links."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from sources.settings import plain_url


def reader_url(reported: object) -> str:
    """The base URL without a trailing slash; empty if it is not a URL, or only works on one machine.

    Many systems report `http://localhost` if nobody has configured their address.
    """
    if not isinstance(reported, str) or not reported.isprintable() or any(char in ' "<>\\^`{|}' for char in reported):
        return ""
    try:
        url = plain_url(reported, "https://HOST")
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return "" if _of_one_machine(host) else url


def _of_one_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
