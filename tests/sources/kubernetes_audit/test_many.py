"""Logs of many entries: what is looked up for each of them is not looked for among all."""

import time
from datetime import timedelta

import pytest

from sources.cluster.inventory import Inventory
from sources.fact import Moment
from sources.kubernetes_audit.build_inventory import Sizes
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.sets import PodRevisions
from tests.sources.kubernetes_audit.log import Json, at

MANY = 20_000
SECONDS = 5
"""It takes a tenth of that; with each looking among all it took more than twice of it."""


def entry(
    number: int, verb: str, what: str, name: str, asked: Json | None = None, answered: Json | None = None
) -> Entry:
    resource, _, sub = what.partition("/")
    when = at("14:00:00") + timedelta(milliseconds=number)
    about = ("", "shop", name, "dana", "", "kubectl", asked, answered, "")
    return Entry(Moment(when, when), f"{number}", verb, resource, sub, *about)


@pytest.mark.thorough
def test_the_size_and_the_revision_of_each_time_are_found_at_once() -> None:
    notes = {"deployment.kubernetes.io/desired-replicas": "3"}
    sized = [entry(n, "update", "replicasets", "web-1", {"metadata": {"annotations": notes}}) for n in range(MANY)]
    pod = {"metadata": {"labels": {"controller-revision-hash": "db-a"}, "ownerReferences": [{"name": "db"}]}}
    ran = [entry(n, "patch", "pods/status", "db-0", answered=pod) for n in range(MANY)]
    begun = time.process_time()
    sizes, revisions, inventory = Sizes(sized), PodRevisions(ran), Inventory(cluster="")
    for one in ran:
        assert sizes.numbers("of", ("shop", "web-1"), one.at.latest) == {"of": 3}
        assert revisions.keys(one, inventory).replica_set == "db-a"
    assert not sizes.numbers("of", ("shop", "web-1"), at("13:59:59"))
    assert time.process_time() - begun < SECONDS
