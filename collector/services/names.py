"""Finds the namespace and name inside the names that proxies, meshes and tracers give a service."""

import re
from collections.abc import Iterator

from msgspec import Struct

from collector.lazy_pattern import lazy_pattern

_ENVOY = lazy_pattern(r"(?:in|out)bound\|\d*\|[^|]*\|(?P<host>[\w.-]+)", re.ASCII)
_ISTIO = lazy_pattern(r"(?:in|out)bound_\.\d*_\._[^_]*_\.(?P<host>[\w.-]+?)_?", re.ASCII)
_HOST = lazy_pattern(r"(?P<name>[a-z0-9-]+)\.(?P<namespace>[a-z0-9-]+)(?:\.svc(?:\.[\w.-]+)?)?(?::\d+)?", re.ASCII)
_TRAEFIK = lazy_pattern(r"(?P<joined>[^@\s]+)@(?:kubernetes\w*|consulcatalog|docker|file)", re.ASCII)
_SLASH = lazy_pattern(r"(?P<namespace>[a-z0-9-]+)/(?P<name>[a-z0-9-]+)(?::\w+)?", re.ASCII)
_JOINED = lazy_pattern(r"[a-z0-9][a-z0-9-]*", re.ASCII)
_PORT = lazy_pattern(r"[-_:](?:\d+|https?|grpc|web|h2c?)$")


class Reading(Struct, frozen=True):
    """One way to read a name."""

    namespace: str
    """Empty if the name does not contain it."""
    name: str
    joined: bool
    """Whether `name` is namespace and name joined by one of its hyphens, and it is unknown which."""
    reason: str


def is_composed(name: str) -> bool:
    """Whether it cannot be the name of a Kubernetes Service: a proxy, mesh or resolver composed it of several names."""
    return not _JOINED.fullmatch(name)


def readings(name: str) -> Iterator[Reading]:
    """The possible readings of a name that a system wrote, the surest first; none for a plain name."""
    for pattern, system in ((_ENVOY, "Envoy"), (_ISTIO, "Istio")):
        cluster = pattern.fullmatch(name)
        if cluster:
            yield from _host(cluster["host"], f"cluster name of {system}")
            return
    traefik = _TRAEFIK.fullmatch(name)
    if traefik:
        yield from _joined(traefik["joined"], "service name of Traefik")
        return
    slash = _SLASH.fullmatch(name)
    if slash:
        yield Reading(slash["namespace"], slash["name"], joined=False, reason="namespace/name")
        return
    if "." in name:
        yield from _host(name, "host name in the cluster")
    elif _JOINED.fullmatch(name) and "-" in name:
        yield from _joined(name, "namespace, Service and port, as ingress controllers write it")


def _host(host: str, system: str) -> Iterator[Reading]:
    found = _HOST.fullmatch(host)
    if found:
        yield Reading(found["namespace"], found["name"], joined=False, reason=system)


def _joined(text: str, system: str) -> Iterator[Reading]:
    yield Reading("", text, joined=True, reason=system)
    port = _PORT.search(text)
    if port:
        yield Reading("", text[: port.start()], joined=True, reason=system)
