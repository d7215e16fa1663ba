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
from collector.replay import BundleReader
from collector.source import Document
from collector.timeline import Scope, draft
from tests.bench.growth import assert_no_square
from tests.collector.build import WINDOW, at, event
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


@pytest.mark.parametrize("made", [flapping, alike, alerts, deploys, one_version, shipped, firing])
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
