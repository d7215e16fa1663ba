"""What a HelmRelease released, from its history, its conditions and the Events about it."""

import re
from collections.abc import Iterator, Sequence, Set
from datetime import timedelta

from msgspec.structs import replace

from collector.event import SECOND
from collector.manner import Manner
from sources.cluster.fields import count, get, moment, objects, text
from sources.fact import Moment
from sources.flux.applied import Applied
from sources.flux.helm_words import Word, chart_of, keys_of, words
from sources.flux.items import Deployer
from sources.flux.remediation import remediations, with_remediation
from sources.gitops.event_objects import Report
from sources.gitops.helm_statuses import outcome_of
from sources.gitops.revisions import chart_version

# Message texts of helm-controller, internal/reconcile.
_DONE = re.compile(r"Helm (?:install|upgrade) succeeded for release \S+\.v(?P<version>\d+) with chart (?P<chart>\S+)")
_FAILED = re.compile(r"Helm (?:install|upgrade) failed for release \S+ with chart (?P<chart>[^\s:]+): (?P<why>.*)")
_TESTED = re.compile(r"Helm test failed for release \S+\.v(?P<version>\d+) with chart \S+?: (?P<why>.*)")
_SAME = timedelta(seconds=5)


def applied(deployer: Deployer, reports: Sequence[Report]) -> Iterator[Applied]:
    """Installs and upgrades, their failures, rollbacks by remediation, and drift corrections."""
    reported = words(deployer, reports)
    history = objects(deployer.raw, "status", "history")
    releases = [one for item in history for one in _snapshot(item, deployer)]
    taken_away = {f"v{count(item, 'version')}" for item in history if text(item, "status").startswith("uninstall")}
    for word in reported:
        if found := _DONE.match(word.message):
            releases = _ended(releases, deployer, word, found["version"], found["chart"])
        elif found := _FAILED.match(word.message):
            releases = _failed(releases, taken_away, deployer, word, found["chart"], found["why"])
        elif found := _TESTED.match(word.message):
            releases = [
                _with_failed_tests(one, word, found["why"]) if one.keys.revision == found["version"] else one
                for one in releases
            ]
    for one in remediations(reported, deployer):
        releases = with_remediation(releases, one)
    yield from releases
    for word in reported:
        if word.reason in ("DriftCorrected", "DriftCorrectionFailed"):
            done = word.reason == "DriftCorrected"
            yield Applied(
                id=f"correction {word.at.earliest:%Y-%m-%dT%H:%M:%SZ}",
                keys=keys_of(deployer, f"correction {word.at.earliest:%Y-%m-%dT%H:%M:%SZ}"),
                start=word.at,
                end=word.at,
                outcome="succeeded" if done else "failed",
                why="" if done else word.message[:300],
                manner=Manner.RECONCILE,
                details=(word.message[:200],) if done else (),
                query=word.query,
            )


def _with_failed_tests(release: Applied, word: Word, why: str) -> Applied:
    """The release, as failed because of its tests, which may fail even if the pods came up."""
    began = release.start is None or release.start <= word.at
    if not began or release.outcome == "running":
        return release
    return replace(
        release, outcome="failed", end=word.at, end_known=True, why=f"its tests failed: {why}", query=word.query
    )


def _snapshot(item: object, deployer: Deployer) -> Iterator[Applied]:
    number, begun = count(item, "version"), moment(get(item, "lastDeployed"))
    if number is None or begun is None:
        return
    status, id_ = text(item, "status"), f"v{number}"
    outcome = outcome_of(status)
    app = text(item, "appVersion")
    yield Applied(
        id=id_,
        keys=keys_of(deployer, id_, chart_version(text(item, "chartName"), text(item, "chartVersion")), str(number)),
        start=begun,
        # Helm finishes some time later; an Event or a condition may show when.
        end=None if outcome in ("running", "unknown") else Moment(begun.earliest, begun.latest + deployer.timeout),
        end_known=False,
        outcome=outcome,
        why="the release failed" if outcome == "failed" else "",
        manner=Manner.AUTOMATIC_ROLLBACK if status == "pending-rollback" else Manner.PLAIN,
        details=(f"{text(item, 'action')} {id_}".strip(), f"app version {app}" if app else ""),
    )


def _ended(releases: list[Applied], deployer: Deployer, word: Word, number: str, chart: str) -> list[Applied]:
    """The releases, with this one complete at the time of the message; added if it is missing."""
    for at, one in enumerate(releases):
        if one.keys.revision == number:
            if not one.end_known and one.start is not None and one.start <= word.at:
                releases[at] = replace(one, end=word.at, end_known=True, query=word.query)
            return releases
    id_ = f"v{number}"
    made = Applied(
        id=id_,
        keys=keys_of(deployer, id_, chart_of(chart), number),
        start=Moment(word.at.earliest - deployer.timeout, word.at.latest),
        end=word.at,
        details=(id_,),
        query=word.query,
    )
    return [*releases, made]


def _failed(
    releases: list[Applied], taken_away: Set[str], deployer: Deployer, word: Word, chart: str, why: str
) -> list[Applied]:
    """An install or upgrade failed then: the latest that began before, else one of which Helm made no release.

    Of those in `taken_away` Helm kept that they were uninstalled, and not that they had failed before.
    """
    for at, one in enumerate(releases):
        began = one.start
        failed = one.outcome == "failed" or one.id in taken_away
        if not failed or began is None or not began.earliest <= word.at.latest:
            continue
        if (one.end_known and one.end is not None and abs(one.end.earliest - word.at.earliest) <= _SAME) or (
            not one.end_known and word.at.earliest <= began.latest + deployer.timeout + SECOND
        ):
            end = word.at if not one.end_known else one.end
            releases[at] = replace(one, outcome="failed", end=end, end_known=True, why=why)
            return releases
    id_ = f"failed {word.at.earliest:%Y-%m-%dT%H:%M:%SZ}"
    made = Applied(
        id=id_,
        keys=keys_of(deployer, id_, chart_of(chart)),
        start=Moment(word.at.earliest - deployer.timeout, word.at.latest),
        end=word.at,
        outcome="failed",
        why=why,
        query=word.query,
    )
    return [*releases, made]
