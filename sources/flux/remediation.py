"""Remediations by Flux: a rollback to the previous release, or the removal of one that could not be installed."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from msgspec.structs import replace

from collector.manner import Manner
from sources.fact import Moment
from sources.flux.applied import Applied
from sources.flux.helm_words import Word, chart_of, keys_of
from sources.flux.items import Deployer

_BACK = re.compile(
    r"Helm (?P<how>rollback to previous release|uninstall remediation for release) \S+?(?:\.v(?P<version>\d+))? "
    r"with chart (?P<chart>\S+) (?:(?P<done>succeeded)|failed: (?P<why>.*))"
)
_SAME = timedelta(seconds=5)


def remediations(words: Sequence[Word], deployer: Deployer) -> Iterator[Applied]:
    """Each remediation once: a condition and an Event report the same one."""
    yield from _distinct([one for word in words for one in _remediation(word, deployer)])


def _remediation(word: Word, deployer: Deployer) -> Iterator[Applied]:
    """The remediation in a message, if there is one."""
    found = _BACK.match(word.message)
    if found is None:
        return
    id_ = f"remediation {word.at.earliest:%Y-%m-%dT%H:%M:%SZ}"
    to = f"back to v{found['version']}" if found["how"].startswith("rollback") else "uninstalled"
    yield Applied(
        id=id_,
        keys=keys_of(deployer, id_, chart_of(found["chart"]) if found["how"].startswith("rollback") else ""),
        start=Moment(word.at.earliest - deployer.timeout, word.at.latest),
        end=word.at,
        outcome="succeeded" if found["done"] else "failed",
        why=found["why"] or "",
        manner=Manner.AUTOMATIC_ROLLBACK,
        details=(to,),
        query=word.query,
    )


def _distinct(found: Sequence[Applied]) -> Iterator[Applied]:
    last: Moment | None = None
    for one in found:
        if last is None or one.end is None or one.end.earliest - last.earliest > _SAME:
            yield one
            last = one.end


def _failed_install(release: Applied, until: Moment) -> Applied:
    """An install that Helm only recorded as uninstalled: it had failed by then."""
    if release.end_known or release.start is None or release.outcome != "succeeded" or release.start > until:
        return release
    end = Moment(release.start.earliest, until.latest)
    return replace(release, outcome="failed", end=end, why="the install failed")


def with_remediation(releases: list[Applied], back: Applied) -> list[Applied]:
    """The releases with a remediation: as the release that Helm made for it, if the history has that, else added."""
    end = back.end
    if end is None or back.start is None:
        return releases
    failures = [one.end for one in releases if one.outcome == "failed" and one.end is not None and one.end <= end]
    since = max(failures, default=back.start).earliest
    back = replace(back, start=Moment(min(since, end.earliest), end.latest))
    if not back.keys.chart:
        releases = [_failed_install(one, end) for one in releases]
    for at, one in enumerate(releases):
        begun = one.start
        ours = begun is not None and since - _SAME <= begun.earliest <= end.latest
        if ours and one.outcome == "succeeded" and one.keys.chart == back.keys.chart and one.keys.revision:
            details = (*back.details, *one.details)
            kept = replace(one, manner=back.manner, end=end, end_known=True, details=details, query=back.query)
            releases[at] = kept
            return releases
    return [*releases, back]
