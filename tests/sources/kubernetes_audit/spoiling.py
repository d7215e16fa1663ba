"""Entries of the audit log of which anything may be spoilt."""

import copy
import json

from hypothesis import strategies as st

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Document
from sources.kubernetes_audit import KubernetesAuditSettings, KubernetesAuditSource
from sources.kubernetes_audit.reduce import reduced
from tests.sources.contract import JSON
from tests.sources.kubernetes_audit.log import WINDOW, Json, at, entry

T = at("14:10:00")


def costs_no_other(data: st.DataObject, given: list[Json]) -> None:
    """One of these entries, with anything in any place of it, is read or not and costs none of the others."""
    mine = entry(T, "dana", "delete", "deployments", "mine")
    odd = copy.deepcopy(data.draw(st.sampled_from(given)))
    spoilt = odd
    while isinstance(spoilt, dict | list) and spoilt:
        key = data.draw(st.sampled_from(sorted(spoilt) if isinstance(spoilt, dict) else range(len(spoilt))))
        if not isinstance(spoilt[key], dict | list) or data.draw(st.booleans()):
            spoilt[key] = data.draw(JSON)
            break
        spoilt = spoilt[key]
    document = Document("entries", "", T, json.dumps({"file": "f", "entries": [odd, mine, {**mine, "auditID": 5}]}))
    source = KubernetesAuditSource("audit", KubernetesAuditSettings(path="x"), Scrubber())
    found = [each for each in source.read([document], WINDOW) if isinstance(each, Event)]
    assert any(event.summary.startswith("Deployment mine was deleted") for event in found)
    reduced(odd)
