"""What a Kustomization is applying while it is looked at."""

import re
from collections.abc import Collection, Iterator

from sources.cluster.fields import text
from sources.fact import Moment
from sources.flux.applied import Applied
from sources.flux.items import Deployer
from sources.flux.revisions import details, keys_of

_FOR = re.compile(r"(?:Fetching|Building|Detecting|Applying|Running) .*\bfor revision (\S+) with a timeout of ")
"""What kustomize-controller writes at each step, with a new time."""


def under_way(deployer: Deployer, known: Collection[str]) -> Iterator[Applied]:
    """The revision that is being applied, if it is none of the `known` and not what was applied last.

    It became Progressing when that began; what it does since stands in `Reconciling`.
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
        start=Moment(ready.since.earliest, max(ready.since.latest, ready.since.earliest)),
        outcome="running",
        details=(*details(revision), "under way"),
    )
