"""Builds a client of the API server from the configuration, makes its secrets known and explains its errors."""

import base64
import contextlib
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import urllib3
from kubernetes import client, config

from collector.secrets import SHORTEST, Scrubber
from collector.source import Denied, SourceError
from collector.unknown_names import did_you_mean
from sources.kube_api.exec_plugin import Credentials, run_plugin
from sources.kube_api.impersonation import Headers, impersonation
from sources.kube_api.kubeconfig import load_kubeconfig, read_token
from sources.kube_api.proxy import configure_proxy
from sources.kube_api.settings import ClusterSettings

_POD_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
_OWN = ("token", "username", "client-certificate", "client-certificate-data")
"""Keys of a user with credentials of its own: like kubectl, these count before those of a plugin."""
_USUAL = Path("~/.kube/config")
_LOADER: Any = config
"""Some releases of the library have types, others do not; none has types for this part."""


class Connection(client.Configuration):
    """The client's configuration, with fields that it lacks."""

    impersonation: Headers = ()
    proxy_used: str = ""
    """The URL of the proxy; empty if there is none, or the server needs none."""
    proxy_setting: str = ""
    """The setting that names it."""


def connect(settings: ClusterSettings, scrubber: Scrubber) -> tuple[Connection, str]:
    """The client's configuration, and the account's own namespace (empty if it has none).

    Raises SourceError if there is no usable configuration. Nothing is written to the kubeconfig.
    """
    configuration = Connection()
    # `sources.http.ask` does the retries, and bounds them.
    configuration.retries = False
    paths = _paths(settings)
    namespace = _from_kubeconfig(configuration, paths, settings) if paths else _from_pod(configuration)
    register_secrets(configuration, scrubber)
    if not configuration.verify_ssl:
        # The author of the kubeconfig chose this, and kubectl does not warn either.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    if not paths:
        configure_proxy(configuration, named=False)
    if any(not value.isprintable() or len(value.split(" ")) > 2 for value in _headers(configuration)):
        # For example if YAML folds the token over two lines. A header cannot carry it, and errors would quote a part of
        # it.
        hint = "write it on one line; see `kubectl config view`"
        raise Denied("the token in the kubeconfig has spaces or line breaks, which no token has", hint)
    if any(len(value.split(" ")[-1]) < SHORTEST for value in _headers(configuration)):
        few = (
            f"the token in the kubeconfig has fewer than {SHORTEST} characters, too few to keep it out of what is shown"
        )
        raise Denied(few, "see `kubectl config view`")
    return configuration, namespace


def contexts(settings: ClusterSettings) -> tuple[list[str], str]:
    """The contexts of the kubeconfig, and the current one (empty if there is none). Raises SourceError."""
    paths = _paths(settings)
    if not paths:
        raise SourceError("no kubeconfig")
    merged = load_kubeconfig(paths)
    return [str(entry["name"]) for entry in merged["contexts"]], str(merged["current-context"])


def target(settings: ClusterSettings) -> str:
    """Context, API server and user, as people name them; empty if there is no usable kubeconfig."""
    try:
        paths = _paths(settings)
        if not paths:
            return "the account of this pod" if "KUBERNETES_SERVICE_HOST" in os.environ else ""
        merged = load_kubeconfig(paths)
    except SourceError:
        return ""
    name = settings.context or merged["current-context"]
    context = _inner(merged, "contexts", name)
    server = urlsplit(str(_inner(merged, "clusters", context.get("cluster")).get("server") or ""))
    address = server._replace(netloc=server.netloc.rpartition("@")[2]).geturl()
    user = f"as {context['user']}" if context.get("user") else ""
    if acting := _inner(merged, "users", context.get("user")).get("as"):
        user += f" acting as {acting}"
    parts = (f"context {name}" if name else "", address, user)
    return ", ".join(filter(None, parts))


def register_secrets(configuration: client.Configuration, scrubber: Scrubber) -> None:
    """Register the secrets of the configuration: tokens (a plugin may have renewed them), passwords, keys."""
    for value in _headers(configuration):
        kind, _, secret = value.rpartition(" ") if value.count(" ") < 2 else value.partition(" ")
        scrubber.add(secret)
        for piece in secret.split():
            scrubber.add(piece)
        if kind.lower() == "basic":
            with contextlib.suppress(ValueError):
                scrubber.add(base64.b64decode(secret).decode("utf-8", "replace").partition(":")[2])
    for url in (configuration.host, configuration.proxy):
        scrubber.add(urlsplit(url).password or "" if url else "")
    if configuration.key_file:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            scrubber.add(Path(configuration.key_file).read_text(encoding="utf-8"))


def _headers(configuration: client.Configuration) -> list[str]:
    """The values of the authorization headers: a kind and a secret each."""
    return [str(value).strip() for value in configuration.api_key.values()]


def _paths(settings: ClusterSettings) -> list[Path]:
    """The kubeconfig files to merge; none means the account of the pod in which this runs."""
    if settings.kubeconfig is not None:
        named, where = [settings.kubeconfig], f"kubeconfig {settings.kubeconfig}"
    elif os.environ.get("KUBECONFIG"):
        named = [Path(part) for part in os.environ["KUBECONFIG"].split(os.pathsep) if part]
        where = f"kubeconfig {os.environ['KUBECONFIG']} (from $KUBECONFIG)"
    else:
        named, where = [_USUAL], ""
    # Not is_file, because a shell passes <(vault read ...) as a pipe. Not Path.exists, which raises if a folder may not
    # be read.
    expanded = [Path(os.path.expanduser(each)) for each in named]
    found = [path for path in expanded if os.path.exists(path) and not os.path.isdir(path)]
    if where and not found:
        if folders := [str(path) for path in expanded if os.path.isdir(path)]:
            which = "" if len(named) == 1 else f" names no file: {folders[0]}"
            raise SourceError(f"{where}{which} is a folder", "set `kubeconfig` or $KUBECONFIG to a file in it")
        raise SourceError(f"{where} does not exist", "set `kubeconfig` or $KUBECONFIG to a file that does")
    return found


def _from_kubeconfig(configuration: Connection, paths: list[Path], settings: ClusterSettings) -> str:
    where = "kubeconfig " + os.pathsep.join(map(str, paths))
    merged = load_kubeconfig(paths)
    name = settings.context or merged["current-context"]
    if not name:
        raise SourceError(f"{where}: it has no current-context, so `context` must be set", "see `kubectl config view`")
    context = _inner(merged, "contexts", name)
    user = _inner(merged, "users", context.get("user"))
    token = read_token(user)
    if token:
        user["token"] = token
    user.pop("tokenFile", None)
    cluster = _inner(merged, "clusters", context.get("cluster"))
    plugin = user.pop("exec", None)
    expires: datetime | None = None
    try:
        if plugin and not any(user.get(key) for key in _OWN):
            found = run_plugin(plugin, cluster, where, settings.deadline)
            user |= found.entries()
            expires = found.expires
        _LOADER.load_kube_config_from_dict(merged, name, configuration, persist_config=False)
        configuration.impersonation = impersonation(user)
    except config.ConfigException as error:
        reason, hint = _explained(str(error), settings), "see `kubectl config view`"
        if settings.context and not context:
            every = [str(entry["name"]) for entry in merged["contexts"]]
            hint = f"there are: {', '.join(every) or 'none'}"
            reason += did_you_mean(settings.context, every)
        raise SourceError(f"{where}: {reason}", hint) from None
    except OSError as error:
        raise SourceError(f"{where} cannot be used ({error.strerror or type(error).__name__})") from None
    # The library checks little. A malformed file raises one of these, maybe with a secret in the message.
    except (TypeError, ValueError, KeyError, AttributeError, IndexError):
        raise SourceError(f"{where} is malformed", "see `kubectl config view`") from None
    if expires is not None and "token" in user:
        _renew_tokens(configuration, partial(run_plugin, plugin, cluster, where, settings.deadline), expires)
    configure_proxy(configuration, named=bool(cluster.get("proxy-url")))
    namespace = context.get("namespace")
    return namespace if isinstance(namespace, str) else ""


def _renew_tokens(configuration: Connection, plugin: Callable[[], Credentials], expires: datetime) -> None:
    """Run the plugin again before a request if the token has expired."""
    until: datetime | None = expires

    def renew(configuration: client.Configuration) -> None:
        nonlocal until
        if until is not None and until <= datetime.now(UTC):
            found = plugin()
            until = found.expires
            configuration.api_key["BearerToken"] = f"Bearer {found.token}"

    # The stubs of the library type the hook as None.
    hooked: Any = configuration
    hooked.refresh_api_key_hook = renew


def _inner(merged: dict[str, Any], key: str, name: object) -> dict[str, Any]:
    """The entry with this name in a merged kubeconfig; an empty one if there is none."""
    entries = (entry[key.removesuffix("s")] for entry in merged[key] if entry["name"] == name)
    found: dict[str, Any] = next(entries, {})
    return found


def _from_pod(configuration: client.Configuration) -> str:
    try:
        _LOADER.load_incluster_config(configuration)
    except (config.ConfigException, OSError) as error:
        if "KUBERNETES_SERVICE_HOST" in os.environ:
            raise SourceError(f"the account of this pod cannot be used ({error})", "mount its token") from None
        usual = "is a folder" if os.path.isdir(os.path.expanduser(_USUAL)) else "does not exist"
        raise SourceError(
            f"no kubeconfig: $KUBECONFIG is not set, ~/.kube/config {usual}, and this is no pod",
            "set `kubeconfig` of this source, or $KUBECONFIG",
        ) from None
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return _POD_NAMESPACE.read_text(encoding="utf-8").strip()
    return ""


def _explained(message: str, settings: ClusterSettings) -> str:
    """What is wrong, without the message itself: it may quote the user's entry with the token in it."""
    if "contexts list" in message and "Expected object with name" in message:
        return f"it has no context {settings.context!r}" if settings.context else "its current-context does not exist"
    if "clusters list" in message:
        return "the cluster of the context is not in it"
    match = re.fullmatch(r"File does not exist: (.*)", message)
    return f"the file {match[1]} that it names does not exist" if match else "it is incomplete"
