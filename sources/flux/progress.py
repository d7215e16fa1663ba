"""The revision that a Kustomization is applying at the time of the request."""

import re
from collections.abc import Collection, Iterator

from sources.cluster.fields import text
from sources.flux.applied import Applied
from sources.flux.items import Deployer
from sources.flux.revisions import details, keys_of

_FOR = re.compile(r"(?:Fetching|Building|Detecting|Applying|Running) .*\bfor revision (\S+) with a timeout of ")
"""The messages of kustomize-controller at each step, which also update the time."""


def under_way(deployer: Deployer, known: Collection[str]) -> Iterator[Applied]:
    """The revision that is being applied, unless it is `known` or the last applied one.

    It became Progressing when that began; its current step is in the condition `Reconciling`.
    """
    ready, reconciling = deployer.condition("Ready"), deployer.condition("Reconciling")
    if ready is None or reconciling is None or (ready.status, reconciling.status) != ("Unknown", "True"):
        return
    found = _FOR.match(reconciling.message)
    revision = found[1] if found else ""
    if not revision or revision in known or revision == text(deployer.raw, "status", "lastAppliedRevision"):
        return
    id_ = f"revision {revision}"
    yield Applied(
        id=id_,
        keys=keys_of(deployer, revision, "", id_),
        start=ready.since,
        outcome="running",
        details=(*details(revision), "under way"),
    )
