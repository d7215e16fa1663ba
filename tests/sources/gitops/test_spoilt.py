"""Objects with anything at any place: what is read of them, and what is kept of them, whatever it is."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Document, Gap, Seen
from sources.argocd.reduce import kept as kept_of_argocd
from sources.cluster.lists import Listed
from sources.flux.reduce import kept as kept_of_flux
from sources.helm.reduce import Reducer
from sources.registry import build
from sources.tekton.reduce import kept as kept_of_tekton
from sources.tekton.settings import TektonSettings
from tests.collector.build import WINDOW
from tests.examples import examples
from tests.sources.argocd import objects as argo
from tests.sources.contract import ARRIVED, JSON, recorded
from tests.sources.flux import objects as flux
from tests.sources.flux.objects import BACK, BROKEN
from tests.sources.helm.kept import records
from tests.sources.tekton import objects as tekton

TYPES = ("argocd", "flux", "helm", "tekton")
ODD = JSON | st.sampled_from(
    ["", "2026-04-01T14:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "v1", "1" * 40]
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*path, key)
        yield from places(item, (*path, key))


def spoil(value: Any, data: st.DataObject) -> Any:
    """The same with up to three places replaced or removed."""
    spoilt = copy.deepcopy(value)
    for _ in range(data.draw(st.integers(1, 3))):
        every = list(places(spoilt))
        if not every:
            break
        *path, last = data.draw(st.sampled_from(every))
        at = spoilt
        for key in path:
            at = at[key]
        if data.draw(st.booleans()):
            at[last] = data.draw(ODD)
        else:
            del at[last]
    return spoilt


@pytest.mark.parametrize("type_", TYPES)
@examples(12)
@given(data=st.data())
def test_documents(type_: str, data: st.DataObject) -> None:
    spoilt = [Document(one.call, one.asked, ARRIVED, json.dumps(spoil(one.json(), data))) for one in recorded(type_)]
    source = build("mine", type_, {}, Scrubber())
    once = list(source.read(spoilt, WINDOW))
    assert all(isinstance(one, Event | Gap | Seen) for one in once)
    assert sorted(map(repr, source.read(spoilt[::-1], WINDOW))) == sorted(map(repr, once))


def raw() -> dict[str, tuple[Any, Callable[[Any], Any]]]:
    """An object of each sort as an API server sends it, and what keeps of a page what is kept."""
    state = argo.operation("Failed", 0, 1, syncResult={"revision": argo.BAD, "source": argo.source("1.5.0")})
    run = tekton.run("PipelineRun", "deploy-1", "deploy", 60, 60, 90, params={"app": "checkout"})
    conditions = [
        flux.condition("Released", "False", "x", 0, BROKEN),
        flux.condition("Remediated", "True", "y", 1, BACK),
    ]
    return {
        "application": (
            argo.application(argo.entry(1, argo.GOOD, 0, 1), state=state),
            lambda page: kept_of_argocd("applications", page),
        ),
        "event": (argo.event(1, 0, "OperationStarted", "x"), lambda page: kept_of_argocd("events", page)),
        "kustomization": (
            flux.kustomization(flux.entry("a", flux.NEW, 0)),
            lambda page: kept_of_flux(Listed("kustomizations", "/x"), page),
        ),
        "release": (
            flux.release(flux.snapshot(1, 0), conditions=conditions),
            lambda page: kept_of_flux(Listed("helmreleases", "/x"), page),
        ),
        "record": (records()[0], lambda page: Reducer().kept(page)),
        "run": (run, lambda page: kept_of_tekton(TektonSettings(), Listed("pipelineruns", "/x"), page)),
    }


@pytest.mark.parametrize("sort", sorted(raw()))
@examples(20)
@given(data=st.data())
def test_what_is_kept_of_objects(sort: str, data: st.DataObject) -> None:
    item, kept = raw()[sort]
    page = kept({"items": [spoil(item, data)]})
    assert "canary" not in json.dumps(page)
