"""Recognizes the triggers and failing parts of a failure by the words of a postmortem."""

import re
from collections.abc import Iterable, Mapping

_TRIGGERS = {
    "deploy": r"deploy(?:s|ed|ment|ments|ing)?|roll(?:ed)?[ -]?out|releas(?:e|es|ed|ing)|upgrad(?:e|es|ed|ing)"
    r"|new (?:version|image|build)|merged?|migrations?",
    "config": r"config(?:s|uration|urations|map|maps)?|settings?|misconfigur\w*|secrets? (?:changed?|rotat\w+)"
    r"|terraform|environment variables?",
    "flag": r"(?:feature[ -])?flags?|feature toggles?|experiments?",
    "dependency": r"dependenc(?:y|ies)|upstream|third[ -]party|vendors?|provider|external (?:service|api)s?",
    "capacity": r"capacity|overload(?:ed)?|traffic (?:spike|surge|peak)s?|increase in traffic|load (?:spike|peak)s?"
    r"|out of (?:memory|disk|space)|oom\w*|quotas?|saturat\w+|exhaust(?:ed|ion)|cluster (?:is |was )?full"
    r"|no space left|too many \w+",
    "node": r"nodes?|kubelet|spot (?:instance|interruption)s?|hardware|host failure|machines?",
}
_PARTS = {
    "database": r"databases?|postgres\w*|mysql|mongo\w*|cockroach\w*|replicas? lag|sql",
    "connection pool": r"connection pools?|pool (?:of|size|limit)|(?:db|database) connections",
    "cache": r"caches?|redis|memcached",
    "queue": r"queues?|kafka|rabbitmq|sqs|consumer lag|backlog of messages",
    "dns": r"dns|name resolution|coredns",
    "certificate": r"certificates?|certs?|tls|ssl|cert-manager",
    "ingress": r"ingress(?:es)?|load[ -]balancers?|nginx|envoy|gateway|haproxy|traefik",
    "network": r"networks?|networking|packet loss|firewall|vpc|connectivity",
    "disk": r"disks?|volumes?|storage|pvcs?|no space left|filesystem",
    "memory": r"memory|oom\w*",
    "cpu": r"cpus?|throttl\w+",
    "autoscaler": r"auto[ -]?scal(?:er|ing)|hpa",
    "image": r"(?:container |docker )?image (?:pull|registry|not found)|imagepull\w*|registry|errimagepull",
    "probe": r"(?:readiness|liveness|health) (?:probes?|checks?)",
    "credentials": r"credentials?|tokens?|passwords?|secrets?|permissions?|iam",
    "quota": r"quotas?|rate[ -]limit\w*",
    "scheduler": r"schedulers?|unschedulable|pending pods",
    "cluster": r"control plane|api ?servers?|etcd|kubernetes upgrade",
}
_NOT = re.compile(
    r"\b(?:no|not|never|without|rather than|instead of|unrelated to)\b[^.;,]{0,20}$|n't\b[^.;,]{0,20}$", re.I
)


def _compiled(words: Mapping[str, str]) -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for name, pattern in words.items()}


_TRIGGER, _PART = _compiled(_TRIGGERS), _compiled(_PARTS)


def triggers_in(texts: Iterable[str]) -> tuple[str, ...]:
    """The triggers that these texts name most often; several if they are equally frequent, empty if none is named."""
    return _most(texts, _TRIGGER)


def parts_in(texts: Iterable[str]) -> tuple[str, ...]:
    """The failing parts that these texts name most often, like `triggers_in`."""
    return _most(texts, _PART)


def _most(texts: Iterable[str], patterns: Mapping[str, re.Pattern[str]]) -> tuple[str, ...]:
    counts = dict.fromkeys(patterns, 0)
    for text in texts:
        for name, pattern in patterns.items():
            counts[name] += sum(
                not _NOT.search(text[max(0, at.start() - 40) : at.start()]) for at in pattern.finditer(text)
            )
    most = max(counts.values())
    return tuple(name for name, count in counts.items() if count == most) if most else ()
