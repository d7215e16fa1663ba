"""Whether a connection failed at the proxy before a system, and at which one."""

import os
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
import urllib3

_UP = "is the proxy up?"


def proxy_failure(error: BaseException, proxy: str, where: str) -> tuple[str, str] | None:
    """Reason and hint if the connection failed at the proxy, or the proxy refused it; None if it did not.

    `proxy` is its URL, `where` names the setting that it is from.
    """
    if not proxy:
        return None
    named, see = masked(proxy), f"see {where}"
    links = list(_causes(error))
    for link in links:
        kind = type(link)
        # PySocks is an optional package.
        if kind.__module__ == "socks" and kind.__name__ in ("SOCKS5Error", "SOCKS4Error"):
            return f"the proxy {named} does not reach it ({_last_words(link)})", "is the URL right, and is it up?"
        if kind.__module__ == "socks" and kind.__name__ == "SOCKS5AuthError":
            return f"the proxy {named} refuses the user or password", see
        if isinstance(link, OSError) and str(link).startswith("Tunnel connection failed"):
            return f"the proxy {named} refuses the connection ({_last_words(link)})", see
    at_proxy = any(
        isinstance(link, urllib3.exceptions.ProxyError | requests.exceptions.ProxyError)
        or (type(link).__module__ == "socks" and type(link).__name__ in ("ProxyConnectionError", "GeneralProxyError"))
        for link in links
    )
    # With socks5h, the proxy looks up the name of the system, so an unknown one can only be the proxy's.
    if not at_proxy and proxy.lower().startswith("socks") and any(isinstance(link, socket.gaierror) for link in links):
        its = "the name" if proxy.lower().startswith("socks5h") else "its name or that"
        return f"{its} of the proxy {named} cannot be resolved", see
    if not at_proxy:
        return None
    return f"no connection to the proxy {named} ({_why(links)})", f"{_UP} {see}"


def environment_proxy(url: str) -> tuple[str, str]:
    """The proxy that the environment names for this URL, and the variables to look at; empty if there is none."""
    proxy = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url)) or ""
    scheme = urlsplit(url).scheme.lower()
    names = (f"{scheme}_proxy", f"{scheme}_proxy".upper(), "all_proxy", "ALL_PROXY")
    name = next((each for each in names if os.environ.get(each)), f"{scheme}_proxy".upper())
    return proxy, f"{name}, and NO_PROXY for systems that need no proxy"


def masked(proxy: str) -> str:
    """The URL of the proxy without user, password and path."""
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    user, _, address = parts.netloc.rpartition("@")
    return f"{parts.scheme}://{'***@' if user else ''}{address}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _why(links: list[BaseException]) -> str:
    if any(isinstance(link, ConnectionRefusedError) for link in links):
        return "connection refused"
    if any(isinstance(link, socket.gaierror) for link in links):
        return "its name cannot be resolved"
    if any(isinstance(link, TimeoutError) for link in links):
        return "no answer in time"
    reasons = [link.strerror.lower() for link in links if isinstance(link, OSError) and link.strerror]
    return reasons[-1] if reasons else type(links[-1]).__name__


def _last_words(error: BaseException) -> str:
    """`407 Proxy Authentication Required` of `Tunnel connection failed: 407 Proxy Authentication Required`."""
    return " ".join(str(error).partition(": ")[2].split())[:80] or type(error).__name__
