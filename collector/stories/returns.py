"""Finds deploys of an earlier version, or of the current one again, from the records of their own system."""

from collections.abc import Sequence

from msgspec.structs import replace

from collector.event import Identity
from collector.manner import Manner
from collector.stories.history import History
from collector.stories.identity import Versions, same_version
from collector.stories.pipelines import DEPLOY, short_version, stated, succeeded
from collector.stories.story import Step, Story

_NO_VERSION = frozenset({Manner.RECONCILE, Manner.MIGRATION, Manner.INFRASTRUCTURE, Manner.RESTART})
"""Deploys that change no version are not part of the history of versions."""


def with_returns(runs: Sequence[Story], history: History) -> list[Story]:
    """The same, with BACK, AGAIN or CONFIG as the manner if earlier deploys show it.

    A version that never succeeded did not run, so it cannot come back. If no earlier deploy of the version is known,
    `history` may show that its commit is older than the one that ran.
    """
    found = [history.marked(run) for run in sorted(runs, key=lambda run: run.since)]
    last: dict[tuple[object, ...], Story] = {}
    earlier: dict[tuple[object, ...], Versions] = {}
    tried: dict[tuple[object, ...], tuple[Story, Story | None]] = {}
    taken_back: dict[tuple[object, ...], Identity] = {}
    for at, run in enumerate(found):
        if run.manner != DEPLOY or run.service.preview or not run.at(Step.STARTED) or stated(run) & _NO_VERSION:
            continue
        subject = run.first.best.subject
        # One service may have several releases: in other namespaces or clusters, or under other names.
        place = (subject.cluster, subject.namespace, run.keys.release, run.keys.application)
        key = (run.first.best.source, subject.service, subject.environment, run.keys.component, *place)
        before, ran = earlier.setdefault(key, Versions()), last.get(key)
        attempt = tried.get(key)
        if attempt is not None and _takes_back(run, attempt[0]):
            found[at] = run = _taken_back(run, *attempt)
        tried[key] = (run, ran)
        if ran is not None and same_version(ran.keys, run.keys):
            found[at] = replace(run, manner=_again(ran, run))
        elif key in taken_back and same_version(taken_back[key], run.keys):
            pass  # the version that a rollback took back is deployed again
        elif run.keys in before or (ran is not None and history.goes_back(ran, run)):
            found[at] = replace(run, manner=BACK)
        if succeeded(run):
            if ran is not None:
                before.add(ran.keys)
                if not same_version(ran.keys, run.keys):
                    taken_back.pop(key, None)
                if found[at].manner == BACK:
                    taken_back[key] = ran.keys
            last[key] = run
    return found


def _takes_back(run: Story, tried: Story) -> bool:
    """Whether it is a step of a pipeline that takes back the version that the same run just `tried` to deploy."""
    same = run.keys.run == tried.keys.run != "" and same_version(tried.keys, run.keys)
    return same and Manner.ROLLBACK in stated(run) and Manner.ROLLBACK not in stated(tried)


def _taken_back(run: Story, tried: Story, ran: Story | None) -> Story:
    """The same as a deploy of the version that `ran` before; its system names the version that it takes back."""
    was = ran.keys if ran is not None else Identity()
    keys = replace(run.keys, version=was.version, commit=was.commit, digest=was.digest, config_commit=was.config_commit)
    keys = replace(keys, replaces=tried.keys.version)
    return replace(run, keys=keys, about=short_version(keys) or keys.run)


BACK = "deploy back"
"""The manner of a pipeline that brings back a version from before the current one."""
AGAIN = "deploy again"
"""The manner of a pipeline that deploys the current version again."""
CONFIG = "deploy configuration"
"""The manner of a pipeline that deploys the current version with another configuration."""


def _again(ran: Story, run: Story) -> str:
    over = [one.best.earliest for one in ran.at(Step.COMPLETED)]
    if not over or max(over) > run.since:
        # Two deploys at once are parts of a repository, or instances of a service.
        return DEPLOY
    return CONFIG if _other_configuration(ran.keys, run.keys) else AGAIN


def _other_configuration(one: Identity, other: Identity) -> bool:
    known = [(one.config_commit, other.config_commit), (one.chart, other.chart)]
    return any(ours and theirs and ours != theirs for ours, theirs in known)
