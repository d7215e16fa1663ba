"""Revisions as GitOps tools write them: of a Git repository, or of a chart."""

import re

_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# Flux writes main@sha1:<sha>, before 2.0 main/<sha>, and with no branch sha1:<sha>; Argo CD the sha alone.
_OF_FLUX = re.compile(r"(?:.*@)?sha1:(?P<new>[0-9a-f]{40})|[^@]*/(?P<old>[0-9a-f]{40})")


def config_commit(revision: str) -> str:
    """The commit that a revision names; empty if it names none: a version of a chart, a digest of an OCI artefact."""
    flux = _OF_FLUX.fullmatch(revision)
    if flux:
        return flux["new"] or flux["old"]
    return revision if _SHA.fullmatch(revision) else ""


def chart_version(name: str, version: str) -> str:
    """Chart and version as Helm writes them together: `checkout-1.5.0`; empty unless both are known."""
    return f"{name.rpartition('/')[2]}-{version}" if name and version else ""
