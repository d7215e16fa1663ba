"""Revisions in the notation of GitOps tools: of a Git repository or a chart."""

import re

_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# Flux writes main@sha1:<sha>, before 2.0 main/<sha>, and without a branch sha1:<sha>; Argo CD only the sha.
_OF_FLUX = re.compile(r"(?:.*@)?sha1:(?P<new>[0-9a-f]{40})|[^@]*/(?P<old>[0-9a-f]{40})")


def config_commit(revision: str) -> str:
    """The commit in a revision; empty if there is none, as in a chart version or the digest of an OCI artifact."""
    flux = _OF_FLUX.fullmatch(revision)
    if flux:
        return flux["new"] or flux["old"]
    return revision if _SHA.fullmatch(revision) else ""


def chart_version(name: str, version: str) -> str:
    """Chart and version in Helm's notation: `checkout-1.5.0`; empty unless both are known."""
    return f"{name.rpartition('/')[2]}-{version}" if name and version else ""
