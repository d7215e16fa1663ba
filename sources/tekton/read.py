"""Makes Events from runs: CI runs, and the deploys among them."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import partial

from collector.event import SECOND, Event, order
from collector.source import BadAnswer, Document, Gap, Seen, each
from collector.window import Window
from sources.cluster.fields import get
from sources.gitops.lead import LEAD
from sources.gitops.migrations import is_migration
from sources.tekton.deploys import deploy_events
from sources.tekton.items import Run, read_run
from sources.tekton.runs import run_events
from sources.tekton.settings import TektonSettings

_KINDS = {"pipelineruns": "PipelineRun", "taskruns": "TaskRun"}


_RESULTS = "keep runs for longer, or ask sooner; Tekton Results, which may have them, is not asked"


def read(
    documents: Iterable[Document], window: Window, source: str, settings: TektonSettings
) -> Iterator[Event | Gap | Seen]:
    """See `TektonSource.read`."""
    runs: dict[tuple[str, str, str], Run] = {}
    gaps: set[Gap] = set()
    for document in documents:
        try:
            items = get(document.json(), "items")
        except BadAnswer as error:
            gaps.add(Gap(error.reason, error.hint))
            continue
        if document.call not in _KINDS:
            continue
        for found in each(items, partial(read_run, _KINDS[document.call], settings), document.call):
            if isinstance(found, Gap):
                gaps.add(found)
            else:
                key = (found.kind, found.namespace, found.name)
                # If a run changed meanwhile, its copies differ; the kept one does not depend on their order.
                runs[key] = max(found, runs.get(key, found), key=repr)
    yield from sorted(_events(runs, window, source, settings), key=order)
    yield from sorted(gaps, key=repr)
    yield from _coverage(runs.values(), window, settings)


def _events(
    runs: dict[tuple[str, str, str], Run], window: Window, source: str, settings: TektonSettings
) -> Iterator[Event]:
    tasks: dict[tuple[str, str], list[Run]] = {}
    for run in runs.values():
        if run.parent:
            tasks.setdefault((run.namespace, run.parent), []).append(run)
    for (kind, namespace, name), run in sorted(runs.items()):
        known = (run.created, run.started, run.ended)
        if run.parent and ("PipelineRun", namespace, run.parent) in runs:
            continue
        if max(at.latest for at in known if at is not None) < window.start - LEAD:
            continue
        children = sorted(tasks.get((namespace, name), ()), key=lambda one: (one.created, one.name))
        deploying = [one for one in children if _deploys(one, settings)]
        migrating = [one for one in children if is_migration(one.of) and not _deploys(one, settings)]
        for one in deploying:
            yield from deploy_events(one, run, [], source, settings, migration=False)
        for one in migrating:
            yield from deploy_events(one, run, [], source, settings, migration=True)
        # If one of its tasks deploys, the rest of the run only comes before and after the deploy.
        if not deploying and _deploys(run, settings):
            yield from deploy_events(run, None, children, source, settings)
        elif kind == "PipelineRun" or not run.parent:
            yield from run_events(run, children, source, settings)


def _deploys(run: Run, settings: TektonSettings) -> bool:
    return any(fnmatchcase(run.of.lower(), pattern.lower()) for pattern in settings.deploys)


def _coverage(runs: Iterable[Run], window: Window, settings: TektonSettings) -> Iterator[Gap | Seen]:
    """Runs are pruned after some time or above some number; nothing shows how many there were."""
    oldest = min((run.created.earliest for run in runs), default=None)
    of = f"runs of tekton {settings.cluster}".rstrip()
    if oldest is None:
        yield Gap("no runs at all: there were none, or they were pruned", _RESULTS)
        return
    if oldest > window.start:
        until = min(oldest, window.end)
        reason = f"the oldest run is of {oldest:%Y-%m-%d %H:%M:%SZ}: earlier ones may have been pruned"
        yield Gap(reason, _RESULTS, about=of, span=(window.start, until))
    start = min(max(oldest, window.start), window.end)
    yield Seen(of, "runs", start, window.end, SECOND)
