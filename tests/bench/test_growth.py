"""Nothing from reading to rows grows with the square of the evidence."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from collector.capture import BundleWriter
from collector.event import Event, Kind
from collector.gather import Gathered
from collector.manifest import FORMAT, Manifest, StoredSource, StoredWindow
from collector.redaction.aliases import Aliases
from collector.replay import BundleReader
from collector.source import Document
from collector.timeline import Scope, draft
from tests.bench.growth import assert_no_square
from tests.collector.build import WINDOW, at, event
from tests.fuzz.mutate import places
from tests.sources.contract import ARRIVED, recorded, source

pytestmark = pytest.mark.bench


def drafted(events: list[Event]) -> None:
    draft(Gathered(tuple(events), ()), WINDOW, Scope())


def stamped(number: int, of: int) -> str:
    return f"14:{2 + number * 20 // of:02d}:{number % 60:02d}"


def flapping(many: int) -> Callable[[], object]:
    about = {"service": "web", "namespace": "shop", "workload": "Deployment/web"}
    kinds = (Kind.POD_READY, Kind.POD_UNREADY)
    events = [
        event(kinds[n % 2], stamped(n, many), pod=f"web-{n % 5}", merge_key=f"{n % 5}", native_id=str(n), **about)
        for n in range(many)
    ]
    return lambda: drafted(events)


def alike(many: int) -> Callable[[], object]:
    events = [
        event(
            Kind.POD_TERMINATED, "14:05:00", seconds=1200, pod="p", merge_key="p", native_id=str(n), source=f"s{n % 2}"
        )
        for n in range(many)
    ]
    return lambda: drafted(events)


def alerts(many: int) -> Callable[[], object]:
    events = [
        event(
            Kind.ALERT_FIRING,
            stamped(n, many),
            alert=f"A{n % 50}",
            episode=str(n),
            service=f"s{n % 300}",
            merge_key=str(n),
            native_id=str(n),
            numbers={"since": at(stamped(n, many)).timestamp()},
        )
        for n in range(many)
    ]
    return lambda: drafted(events)


def deploys(many: int) -> Callable[[], object]:
    events = [
        event(Kind.DEPLOY_STARTED, stamped(n, many), service=f"s{n}", deployment=str(n), run=str(n), version=f"1.{n}")
        for n in range(many)
    ]
    return lambda: drafted(events)


def one_version(many: int) -> Callable[[], object]:
    """Services that are all deployed in the same version, as from one repository."""
    events: list[Event] = []
    for n in range(many // 5):
        about = {"service": f"s{n}", "version": "1.5.0"}
        events.append(event(Kind.DEPLOY_STARTED, "14:02:00", deployment=str(n), native_id=f"d{n}", **about))
        events.append(event(Kind.DEPLOY_SUCCEEDED, "14:08:00", deployment=str(n), native_id=f"e{n}", **about))
        about |= {"namespace": "shop", "workload": f"Deployment/s{n}", "replica_set": f"s{n}-1"}
        events.append(event(Kind.ROLLOUT_STARTED, "14:03:00", merge_key=f"r{n}", native_id=f"r{n}", **about))
        events.append(event(Kind.ROLLOUT_COMPLETED, "14:04:00", merge_key=f"c{n}", native_id=f"c{n}", **about))
    return lambda: drafted(events)


def shipped(many: int) -> Callable[[], object]:
    """The same line of Loki again and again."""
    documents = recorded("loki-events")
    number = next(n for n, one in enumerate(documents) if one.call == "events")
    body = json.loads(documents[number].text)
    stream = body["data"]["result"][0]
    start, (_, line) = int(WINDOW.start.timestamp()), stream["values"][0]
    stream["values"] = [[f"{start * 10**9 + n * 10**8}", line] for n in range(many)]
    body["data"]["result"] = [stream]
    documents[number] = Document("events", documents[number].asked, ARRIVED, json.dumps(body))
    return lambda: list(source("loki-events").read(documents, WINDOW))


def firing(many: int) -> Callable[[], object]:
    documents = recorded("alertmanager")
    number = next(n for n, one in enumerate(documents) if one.call == "alerts")
    one = json.loads(documents[number].text)[0]
    begun = [(WINDOW.start + timedelta(seconds=60 + n % 900)).isoformat() for n in range(many)]
    every = [
        {**one, "fingerprint": f"{n:016x}", "labels": {**one["labels"], "instance": str(n)}, "startsAt": begun[n]}
        for n in range(many)
    ]
    documents[number] = Document("alerts", documents[number].asked, ARRIVED, json.dumps(every))
    return lambda: list(source("alertmanager").read(documents, WINDOW))


def of_one_service(many: int) -> Callable[[], object]:
    """Deploys of one service, one after another, each with its end."""
    events: list[Event] = []
    for n in range(many // 2):
        about = {"service": "web", "version": f"1.{n}", "deployment": str(n), "run": str(n)}
        events.append(event(Kind.DEPLOY_STARTED, stamped(n, many // 2), native_id=f"s{n}", **about))
        events.append(event(Kind.DEPLOY_SUCCEEDED, stamped(n, many // 2), seconds=5, native_id=f"e{n}", **about))
    return lambda: drafted(events)


def flapping_alert(many: int) -> Callable[[], object]:
    kinds = (Kind.ALERT_FIRING, Kind.ALERT_RESOLVED)
    about = {"alert": "High", "service": "web"}
    events = [
        event(kinds[n % 2], stamped(n, many), episode=str(n // 2), native_id=str(n), **about) for n in range(many)
    ]
    return lambda: drafted(events)


def tasks(many: int) -> Callable[[], object]:
    """Tasks of one run of a Tekton pipeline."""
    return copied("tekton", "taskruns", many)


def audited(many: int) -> Callable[[], object]:
    return copied("kubernetes-audit", "entries", many)


def copied(type_: str, call: str, many: int) -> Callable[[], object]:
    """The objects of one recorded answer, each again and again by another name."""
    documents = recorded(type_)
    number = next(n for n, one in enumerate(documents) if one.call == call)
    body = json.loads(documents[number].text)
    at, key = max(
        ((at, key) for at, key in places([body]) if isinstance(at[key], list)),
        key=lambda place: len(place[0][place[1]]),
    )
    at[key] = [_renamed(at[key][n % len(at[key])], n) for n in range(many)]
    documents[number] = Document(call, documents[number].asked, ARRIVED, json.dumps(body))
    return lambda: list(source(type_).read(documents, WINDOW))


def _renamed(one: object, number: int) -> object:
    new = json.loads(json.dumps(one))
    for of, key in places(new):
        if key in ("auditID", "name", "uid") and isinstance(of[key], str):
            of[key] = f"{of[key]}-{number}"
    return new


def noted(many: int) -> Callable[[], object]:
    text = "\n".join(f"{stamped(n, many)} remark {n} about what fails" for n in range(many))
    documents = [Document("file", "notes.md", ARRIVED, text)]
    return lambda: list(source("notes").read(documents, WINDOW))


def long_notes(many: int) -> Callable[[], object]:
    """Notes that repeat a word with which the patterns of phases and causes begin."""
    words = ("alert", "because", "restarted the", "errors")
    events = [event(Kind.NOTE, stamped(n, 4), summary=f"{word} " * (many // 4)) for n, word in enumerate(words)]
    return lambda: drafted(events)


def people(many: int) -> Callable[[], object]:
    """Names that share one word, as those of a family."""
    aliases = Aliases()
    return lambda: [aliases.of("person", f"Zaphod Quill{n}") for n in range(many)]


@pytest.mark.parametrize(
    "made",
    [
        *(flapping, alike, alerts, deploys, one_version, shipped, firing),
        *(of_one_service, flapping_alert, tasks, audited, noted, long_notes, people),
    ],
)
def test_nothing_grows_with_the_square(made: Callable[[int], Callable[[], object]]) -> None:
    assert_no_square(made)


def test_a_bundle_of_many_documents_does_not_either(tmp_path: Path) -> None:
    def made(count: int) -> Callable[[], object]:
        return bundle(tmp_path / f"{count}.zip", count)

    assert_no_square(made)


def bundle(path: Path, many: int) -> Callable[[], object]:
    writer = BundleWriter(path)
    for _ in range(many):
        writer.keep("prod", Document("events", "GET /events", ARRIVED, "{}"))
    documents, gaps = writer.given_by("prod")
    of = StoredSource(name="prod", type="kubernetes", settings={}, documents=documents, gaps=gaps)
    window = StoredWindow.model_validate({"from": WINDOW.start, "to": WINDOW.end, "tz": "UTC"})
    writer.close(Manifest(format=FORMAT, made_by="test", captured_at=ARRIVED, window=window, sources=(of,)))
    return lambda: BundleReader(path).verify()
