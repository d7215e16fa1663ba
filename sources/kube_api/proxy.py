"""The proxy in front of an API server: its cluster's `proxy-url`, else the environment's, with kubectl's rules."""

import urllib.request
from importlib.util import find_spec
from urllib.parse import urlsplit

from kubernetes import client

from collector.source import SourceError
from sources.proxies import environment_proxy
from sources.web import INSTALL_SOCKS


def configure_proxy(configuration: client.Configuration, *, named: bool) -> None:
    """Make the client use the same proxy as kubectl. If the kubeconfig has it (`named`), NO_PROXY is ignored.

    The configuration then has the proxy as `proxy_used`, and the setting that names it as `proxy_setting`.
    Raises SourceError if it is not a usable proxy.
    """
    proxy = configuration.proxy
    if not proxy:
        return
    if named:
        configuration.no_proxy = ""
    elif urllib.request.proxy_bypass(urlsplit(configuration.host).netloc.rpartition("@")[2]):
        return
    where = "proxy-url of the kubeconfig" if named else "the proxy of the environment"
    scheme, _, address = str(proxy).partition("://")
    if scheme.lower() in ("socks5", "socks5h") and address:
        if find_spec("socks") is None:
            raise SourceError(f"{where} is a SOCKS proxy, for which PySocks is missing", INSTALL_SOCKS)
        # kubectl lets the proxy look up the name: often only the proxy can.
        configuration.proxy = f"socks5h://{address}"
    elif scheme.lower() not in ("http", "https") or not address:
        raise SourceError(f"{where} is none of http://, https:// and socks5://", "see `kubectl config view`")
    # The client sets `proxy` again when it renews tokens.
    configuration.proxy_used = configuration.proxy
    configuration.proxy_setting = where if named else environment_proxy(configuration.host)[1]
