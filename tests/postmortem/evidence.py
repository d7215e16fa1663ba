"""The timeline of a bundle, drafted once for all tests."""

from functools import cache
from pathlib import Path

from cli.demo import BUNDLE
from cli.postmortem_evidence import evidence
from collector.result import Timeline


@cache
def timeline(bundle: Path = BUNDLE) -> Timeline:
    return evidence({"bundle": (str(bundle.resolve()),)}, Path(), quiet=True).timeline
