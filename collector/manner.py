"""The sort of deploy, as the system that did it calls it."""

from enum import StrEnum


class Manner(StrEnum):
    """Only sorts that a system states itself. The core infers others from the versions."""

    PLAIN = ""
    """A deploy, or the system does not say more."""
    ROLLBACK = "rollback"
    """By the system's rollback button or command."""
    AUTOMATIC_ROLLBACK = "automatic rollback"
    """The tool gave up and went back by itself: atomic Helm, Flux remediation, an aborted Argo Rollout, CodeDeploy."""
    REVERT = "revert"
    """A deploy of a commit that reverts another one."""
    REDEPLOY = "redeploy"
    """A deploy of the version that already runs: a re-run, a re-deploy button."""
    RESTART = "restart"
    CONFIG = "config"
    """Only settings change, the artefact stays."""
    MIGRATION = "migration"
    """A database migration."""
    INFRASTRUCTURE = "infrastructure"
    """A change of the platform that services run on, such as a Terraform apply."""
    RECONCILE = "reconcile"
    """The tool restores the declared state, or syncs again: self-heal, drift correction. Not a deploy."""
