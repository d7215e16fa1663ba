"""The recorded incident from kube-state-metrics alone, in a real Prometheus, and together with the live API."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from collector.event import Event, Kind
from collector.gather import gather
from collector.merge import Occurrence, merge
from collector.replay import BundleReader
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap, Seen, Source
from collector.timeline import Scope, Timeline, draft
from sources.registry import build
from tests.collector.build import WINDOW
from tests.examples import examples, rarely
from tests.servers.process import ROOT, require
from tests.servers.prometheus import prometheus
from tests.sources.kube_state_metrics.answers import documents, ksm, read
from tests.sources.kube_state_metrics.derived import series
from tests.sources.prometheus.samples import FIRST, LAST, openmetrics

DEMO = BundleReader(ROOT / "fixtures" / "checkout-incident.zip")
EXACT = timedelta(seconds=15)
CI_AND_PEOPLE = ("github", "github-search", "notes")
KINDS = (
    Kind.ROLLOUT_STARTED,
    Kind.ROLLOUT_COMPLETED,
    Kind.ROLLBACK_STARTED,
    Kind.ROLLBACK_COMPLETED,
    Kind.POD_READY,
    Kind.POD_TERMINATED,
)


def stored(name: str) -> Source:
    """A source of the demo's bundle; that of Kubernetes is told which cluster it is."""
    of = next(one for one in DEMO.manifest.sources if one.name == name)
    cluster = {"cluster": "prod"} if of.type == "kubernetes" else {}
    return build(name, of.type, {**of.settings, **cluster}, Scrubber())


def timeline(fetched: Sequence[Document], *names: str) -> Timeline:
    """The draft about checkout: `ksm` gives what was fetched, all other sources what is in the demo's bundle."""
    sources = [ksm() if name == "ksm" else stored(name) for name in (*names, *CI_AND_PEOPLE)]
    gathered = gather(
        sources, WINDOW, lambda source, _: fetched if source.name == "ksm" else DEMO.documents(source.name), Scrubber()
    )
    return draft(gathered, WINDOW, Scope(services=("checkout",)))


def facts(events: Sequence[Event]) -> list[Occurrence]:
    """What happened to the Deployments of checkout and search in the window."""
    return [
        fact
        for fact in merge(events)
        if fact.kind in KINDS and fact.service in ("checkout", "search") and WINDOW.overlaps(fact.best.at, fact.best.at)
    ]


@pytest.fixture(scope="module")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> list[Document]:
    """What a real Prometheus answers."""
    require("prometheus", "promtool")
    with prometheus(tmp_path_factory.mktemp("ksm"), openmetrics(series())) as url:
        every = list(ksm(url).fetch(WINDOW, Deadline(60)))
    assert [each for each in every if isinstance(each, Gap)] == []
    return [each for each in every if isinstance(each, Document)]


@pytest.fixture(scope="module")
def live() -> list[Event]:
    given_ = stored("kubernetes").read((d for d in DEMO.documents("kubernetes") if isinstance(d, Document)), WINDOW)
    return [each for each in given_ if isinstance(each, Event)]


@pytest.mark.parametrize("names", [("ksm",), rarely(("kubernetes", "ksm"))])
def test_the_rows_are_those_of_the_live_api(fetched: list[Document], names: tuple[str, ...]) -> None:
    expected, told = timeline(fetched, "kubernetes").rows, timeline(fetched, *names).rows
    assert len(expected) >= 6
    assert [(row.kind, row.text) for row in told] == [(row.kind, row.text) for row in expected]
    assert all(abs(row.at - other.at) <= EXACT for row, other in zip(told, expected, strict=True))


def test_every_fact_of_the_live_api_is_told_and_none_twice(fetched: list[Document], live: list[Event]) -> None:
    ours = [each for each in ksm().read(fetched, WINDOW) if isinstance(each, Event)]
    alone, together = facts(live), facts([*live, *ours])
    assert len(alone) == 38
    assert sorted((fact.kind, fact.best.merge_key) for fact in together) == sorted(
        (fact.kind, fact.best.merge_key) for fact in alone
    )
    assert all({event.source for event in fact.events} == {"kubernetes", "ksm"} for fact in together)
    for fact in together:
        told = [event for event in fact.events if event.source == "ksm"]
        assert len(told) == 1
        assert told[0].latest - told[0].earliest <= EXACT + timedelta(seconds=1)
        keys = [(event.keys.replica_set, event.keys.version) for event in (told[0], fact.best)]
        assert keys[0] == keys[1]
        assert told[0].keys.replaces == fact.best.keys.replaces


def test_while_nobody_sampled_nothing_was_seen() -> None:
    away = (FIRST + 4000, FIRST + 4600)
    kept = [
        replace(one, samples=[sample for sample in one.samples if not away[0] < sample[0] < away[1]])
        for one in series()
        if "checkout" in str(one.labels)
    ]
    every = list(ksm().read(documents([one for one in kept if one.samples]), WINDOW))
    before, after = [each for each in every if isinstance(each, Seen)]
    (gap,) = [each for each in every if isinstance(each, Gap) and each.span]
    assert gap.span == (before.end, after.start)
    assert {each.about for each in (gap, before, after)} == {"kubernetes prod"}
    assert before.exact == after.exact == EXACT


@examples(8)
@given(phase=st.floats(0, 14.9), seams=st.lists(st.integers(int(FIRST) + 60, int(LAST) - 60), max_size=3, unique=True))
@pytest.mark.thorough
def test_neither_the_time_of_the_scrapes_nor_the_pages_change_what_is_told(phase: float, seams: list[int]) -> None:
    sampled = [one for one in series(round(phase, 3)) if "checkout" in str(one.labels)]
    events, _ = read(sampled, seams)
    assert events == read(sampled)[0]
    told = [fact.kind for fact in facts(events)]
    assert {kind: told.count(kind) for kind in KINDS} == dict(zip(KINDS, (1, 1, 1, 1, 12, 12), strict=True))
    assert [event.keys.replaces for event in events if event.kind in KINDS[:4]] == ["1.4.9"] * 2 + ["1.5.0"] * 2
