"""What sort of deploy it is, as the system that did it calls it."""

from enum import StrEnum


class Manner(StrEnum):
    """Only what a system states itself. What follows from versions, the core finds."""

    PLAIN = ""
    """A deploy, or the system does not say more."""
    ROLLBACK = "rollback"
    """By its rollback button or command."""
    AUTOMATIC_ROLLBACK = "automatic rollback"
    """The tool gave up and went back by itself: atomic Helm, Flux remediation, an aborted Argo Rollout, CodeDeploy."""
    REVERT = "revert"
    """Of a commit that reverts another one."""
    REDEPLOY = "redeploy"
    """Of what runs already: a re-run, a re-deploy button."""
    RESTART = "restart"
    CONFIG = "config"
    """Settings alone, the artefact stays."""
    MIGRATION = "migration"
    """Of a database."""
    INFRASTRUCTURE = "infrastructure"
    """Of what services run on: an apply of Terraform."""
    RECONCILE = "reconcile"
    """The tool puts back what was declared, or syncs again: self-heal, drift correction. No deploy."""
