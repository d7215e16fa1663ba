"""Evidence changed in ways that must not change the table, or only in one way."""

import json
import random
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from collector.services.service import environment_of
from tests.incidents.bundle import Bundle
from tests.incidents.ids import number, stamp, uid

_STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)")
_ASKED = re.compile(r"\b(start|end|time)=(\d{9,10})(\.\d+)?")
_INSTANTS = ("alerts_for_state", "restarts")
"""Answers of Prometheus in which the values are times as well."""
_COUNTED = {
    "git": re.compile(r"(\\n)(\d{10})(?=\\n)"),
    "helm": re.compile(r'("(?:createdAt|modifiedAt)": ?")(\d{10})(?=")'),
    "jenkins": re.compile(r'("(?:timestamp|startTimeMillis)": ?)(\d{13})'),
    "launchdarkly": re.compile(r'("date": ?)(\d{13})'),
}
"""Times in the answers of these types of source: milliseconds or seconds since 1970."""
_OF_ALL = frozenset({"default", "kube-system", "argocd", "flux-system"})


def without(bundle: Bundle, name: str) -> Bundle:
    """As if one source had been out of reach."""
    copy = bundle.changed(lambda _type, _call, text: text)
    source = copy.source(name)
    for document in source["documents"]:
        copy.texts.pop(document["file"])
    source["documents"] = []
    source["gaps"] = [{"reason": f"{name}: connection refused", "hint": "", "fatal": True}]
    return copy


def dropped(bundle: Bundle, name: str) -> Bundle:
    """As if one source had not been configured."""
    copy = without(bundle, name)
    copy.manifest["sources"] = [source for source in copy.manifest["sources"] if source["name"] != name]
    return copy


def shuffled(bundle: Bundle, seed: int) -> Bundle:
    """The sources, the pages of each list, and the objects in them in another order."""
    chance = random.Random(seed)

    def reorder(type_: str, call: str, text: str) -> str:
        if type_ != "kubernetes":
            return text
        page = json.loads(text)
        chance.shuffle(page["items"])
        return json.dumps(page)

    copy = bundle.changed(reorder)
    for source in copy.manifest["sources"]:
        if source["type"] != "kubernetes":
            continue
        calls = list(dict.fromkeys(document["call"] for document in source["documents"]))
        pages = {call: [one for one in source["documents"] if one["call"] == call] for call in calls}
        for some in pages.values():
            chance.shuffle(some)
        source["documents"] = [document for call in calls for document in pages[call]]
    return copy


def noisy(bundle: Bundle, count: int) -> Bundle:
    """With so many more Events of things that have nothing to do with it."""
    start = datetime.fromisoformat(bundle.manifest["window"]["from"]) - timedelta(minutes=10)
    end = datetime.fromisoformat(bundle.manifest["window"]["to"])
    fresh = list(_irrelevant(count, start, (end - start).total_seconds()))

    def add(type_: str, call: str, text: str) -> str:
        if type_ != "kubernetes" or call != "events" or not fresh:
            return text
        page = json.loads(text)
        page["items"] += fresh
        fresh.clear()
        return json.dumps(page)

    return bundle.changed(add)


def renamed(bundle: Bundle) -> tuple[Bundle, Callable[[str], str]]:
    """With other names for all services, namespaces, nodes and so of pods; and what gives a text its own names back.

    A namespace that is named after an environment still is: `staging` means something, as the name of a service does
    not.
    """
    names = sorted(_names(bundle))
    # Codes of one length in the same order: what is sorted by name stays sorted.
    codes = {name: f"q{place:03}x{_environment(name)}" for place, name in enumerate(names)}
    # What is so called in every answer of Prometheus is no name.
    there = re.compile(rf'(?!data":)(?:{_tokens(names)})')
    back = re.compile(_tokens(codes.values()))
    meaning = {code: name for name, code in codes.items()}

    def rename(text: str) -> str:
        return there.sub(lambda match: codes[match[0]], text)

    copy = bundle.changed(lambda _type, _call, text: rename(text))
    for source in copy.manifest["sources"]:
        source["settings"] = json.loads(rename(json.dumps(source["settings"])))
        for document in source["documents"]:
            document["asked"] = rename(document["asked"])
    return copy, lambda text: back.sub(lambda match: meaning[match[0]], text)


def shifted(bundle: Bundle, by: timedelta) -> Bundle:
    """With all times moved."""

    def move(type_: str, call: str, text: str) -> str:
        text = _moved(text, by)
        if type_ in _COUNTED:
            return _COUNTED[type_].sub(lambda match: _count_moved(match, by), text)
        if type_ != "prometheus":
            return text
        return json.dumps(_samples_moved(json.loads(text), by.total_seconds(), values=call in _INSTANTS))

    copy = bundle.changed(move)
    for source in copy.manifest["sources"]:
        for document in source["documents"]:
            document["at"] = _moved(document["at"], by)
            document["asked"] = _ASKED.sub(
                lambda match: f"{match[1]}={int(match[2]) + int(by.total_seconds())}{match[3] or ''}",
                _moved(document["asked"], by),
            )
    for edge in ("from", "to"):
        copy.manifest["window"][edge] = _moved(copy.manifest["window"][edge], by)
    copy.manifest["captured_at"] = _moved(copy.manifest["captured_at"], by)
    return copy


def _moved(text: str, by: timedelta) -> str:
    def move(match: re.Match[str]) -> str:
        if match[1].startswith("0001"):
            return match[0]
        return f"{datetime.fromisoformat(match[1]) + by:%Y-%m-%dT%H:%M:%S}{match[2] or ''}{match[3]}"

    return _STAMP.sub(move, text)


def _count_moved(match: re.Match[str], by: timedelta) -> str:
    unit = 1000 if len(match[2]) == 13 else 1
    return f"{match[1]}{int(match[2]) + int(by.total_seconds()) * unit}"


def _samples_moved(node: Any, by: float, *, values: bool) -> Any:
    if isinstance(node, dict):
        return {key: _samples_moved(value, by, values=values) for key, value in node.items()}
    if not isinstance(node, list):
        return node
    match node:
        case [int() | float() as at, str() as value]:
            return [at + by, f"{float(value) + by:.0f}" if values else value]
    return [_samples_moved(item, by, values=values) for item in node]


def _names(bundle: Bundle) -> set[str]:
    """Of namespaces, workloads, nodes and repositories; those that begin with another one change with it."""
    found: set[str] = set()
    for source in bundle.manifest["sources"]:
        if source["type"] == "github":
            found.add(source["settings"]["repository"].partition("/")[2])
        if source["type"] == "gitlab":
            found |= {project.rpartition("/")[2] for project in source["settings"]["projects"]}
        for document in source["documents"] if source["type"] == "kubernetes" else ():
            for item in json.loads(bundle.texts[document["file"]]).get("items") or ():
                found.add(item["metadata"].get("namespace", ""))
                if document["call"] in ("deployments", "rollouts", "nodes"):
                    # Nodes keep their domain: in a table it may be left out.
                    found.add(item["metadata"]["name"].partition(".")[0])
    found -= _OF_ALL | {""}
    return {name for name in found if not any(name.startswith(f"{other}-") for other in found)}


def _environment(name: str) -> str:
    environment = environment_of(name)
    return f"-{environment}" if environment else ""


def _tokens(names: Iterable[str]) -> str:
    listed = sorted(names, key=len, reverse=True)
    return rf"(?<![A-Za-z0-9_])(?:{'|'.join(map(re.escape, listed))})(?![A-Za-z0-9_])"


def _irrelevant(count: int, start: datetime, seconds: float) -> Iterable[dict[str, Any]]:
    messages = (
        ("Pod", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", "kubelet", "Warning"),
        ("Pod", "Pulled", "Container image already present on machine", "kubelet", "Normal"),
        ("CronJob", "SawCompletedJob", "Saw completed job: tidy-1, status: Complete", "cronjob-controller", "Normal"),
        ("Ingress", "Sync", "Scheduled for sync", "nginx-ingress-controller", "Normal"),
        ("Certificate", "Issuing", "The certificate has been successfully issued", "cert-manager", "Normal"),
    )
    for place in range(count):
        kind, reason, message, component, type_ = messages[place % len(messages)]
        at = stamp(start + timedelta(seconds=number(int(seconds), "irrelevant", place)))
        name = f"lobby-{number(400, place, kind)}"
        about = {"kind": kind, "namespace": "elsewhere", "name": name, "uid": uid(kind, name), "apiVersion": "v1"}
        yield {
            "metadata": {
                "name": f"{name}.{number(2**60, place):x}",
                "namespace": "elsewhere",
                "uid": uid("irrelevant", place),
                "creationTimestamp": at,
            },
            "involvedObject": about,
            "reason": reason,
            "message": message,
            "source": {"component": component},
            "firstTimestamp": at,
            "lastTimestamp": at,
            "count": 1,
            "type": type_,
            "eventTime": None,
            "reportingComponent": "",
            "reportingInstance": "",
        }
