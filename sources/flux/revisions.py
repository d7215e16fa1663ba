"""The identity of a revision that a Kustomization applies, and its name for people."""

from collector.event import Identity
from sources.flux.items import Deployer
from sources.gitops.revisions import config_commit


def keys_of(deployer: Deployer, revision: str, origin: str, id_: str) -> Identity:
    """The identity of an applied revision; `id_` is unique within its Kustomization."""
    # The origin of an OCI artifact is the commit it was built from, in the repository of the application.
    return Identity(
        application=f"{deployer.namespace}/{deployer.name}",
        config_commit=config_commit(revision),
        commit=config_commit(origin),
        deployment=f"{deployer.label} {id_}",
    )


def details(revision: str) -> tuple[str, ...]:
    """`config commit b462487`, or the revision unchanged if it has no commit."""
    commit = config_commit(revision)
    return (f"config commit {commit[:7]}" if commit else f"revision {revision}" if revision else "",)
