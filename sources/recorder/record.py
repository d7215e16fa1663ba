"""The recorder: one thread per watch, and one that stores what they report."""

import queue
import random
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from collector.source import Denied, SourceError, Unreachable
from sources.recorder.cluster import Cluster
from sources.recorder.retention import Retention
from sources.recorder.status import Status
from sources.recorder.steps import Step
from sources.recorder.store import Store
from sources.recorder.watch import Absent, Expired, Followed, Forbidden, listed, watched

RECORDED = (
    "events",
    "pods",
    "replicasets",
    "deployments",
    "rollouts",
    "nodes",
    "statefulsets",
    "daemonsets",
    "controllerrevisions",
    "jobs",
)
"""The resources that are recorded, out of `sources.cluster.lists`."""
_FIRST, _LONGEST = 0.25, 30.0
"""Seconds to wait before the next attempt: at first, and at most."""
_LONGEST_OF_STORE = 1.0
_AGAIN = 60.0
"""Seconds after which a resource that is forbidden or absent is tried again."""
_LISTING = 600.0
"""Seconds that one list may take in all."""
_AHEAD = 1000
"""How many steps the watches may be ahead of the store, which limits the memory."""
_AT_ONCE = 500
_LAST = 5.0
"""Seconds to try storing the rest after a request to stop."""


Answered = TypeVar("Answered")


class Recorder:
    """Records some clusters into one store, until it is asked to stop."""

    def __init__(
        self,
        store: Store,
        retention: Retention,
        clusters: Sequence[Cluster],
        status: Status,
        log: Callable[[str], None],
    ) -> None:
        """`log` is called with a line whenever something changes that the operator should know."""
        self._store, self._retention, self._clusters, self._status, self._log = store, retention, clusters, status, log
        self._steps: queue.Queue[Step] = queue.Queue(_AHEAD)
        self._stop = threading.Event()
        self._lock = threading.Lock()
        """Held while the store is used."""
        self._fatal: SourceError | None = None

    def stop(self) -> None:
        """Stop: store what has been seen, and return from `run`."""
        self._stop.set()

    def run(self) -> None:
        """Record until `stop` is called. Raises SourceError for errors that a retry cannot fix."""
        for cluster in self._clusters:
            self._start(partial(self._begin, cluster), f"begin {cluster.name}")
        self._guarded(self._write)
        if self._fatal:
            raise self._fatal

    def _start(self, work: Callable[[], None], name: str) -> None:
        threading.Thread(target=self._guarded, args=(work,), name=name, daemon=True).start()

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do the work. An unexpected error ends the recorder, to be restarted, instead of going unnoticed."""
        try:
            work()
        except SourceError as error:
            self._fatal = error
        except Exception as error:  # noqa: BLE001
            self._fatal = SourceError(f"unexpected {type(error).__name__}: {error}", "report this bug of pm-timeline")
        else:
            return
        self._stop.set()

    def _begin(self, cluster: Cluster) -> None:
        """Identify the cluster, then watch its resources."""
        wait = _FIRST
        while not self._stop.is_set():
            try:
                identity = cluster.identity(self._stop.wait)
            except SourceError as error:
                self._status.waiting[cluster.name] = self._report(cluster.name, error)
                _renew(cluster, error)
                wait = self._pause(wait)
                continue
            self._status.waiting.pop(cluster.name, None)
            self._asked(partial(self._store.claim, cluster.name, identity), None)
            for followed in cluster.followed(RECORDED):
                self._start(partial(self._follow, cluster, followed), " ".join(followed.stream))
            return

    def _follow(self, cluster: Cluster, followed: Followed) -> None:
        stream, state = followed.stream, self._status.follow(followed.stream)
        where = " ".join(filter(None, (stream.resource, stream.namespace, cluster.name and f"of {cluster.name}")))
        position = self._asked(partial(self._store.position, stream), "")
        wait, fresh, forgotten = _FIRST, False, 0
        while not self._stop.is_set():
            api = cluster.api(self._stop.wait, _LISTING)
            known, current, fresh = position, fresh, False
            try:
                steps = watched(api, followed, position, fresh=current) if position else listed(api, followed)
                for step in steps:
                    self._put(step)
                    position = step.position or position
                    wait, state.heard, state.there = _FIRST, self._status.clock(), True
                    forgotten = 0 if known else forgotten
                    state.current = state.current or step.until is not None
                    state.changes += len(step.changes)
                    if state.error or state.lacks:
                        self._log(f"{where}: recorded again" if not state.lacks else f"{where}: recorded now")
                        state.error = state.lacks = ""
                fresh = True
            except Expired:
                state.current = False
                state.gaps += bool(position)
                self._log(f"{where}: the API server has forgotten what came after the last change; listed anew")
                position = ""
                forgotten += 1
                if forgotten > 1:
                    self._pause(min(_FIRST * 2**forgotten, _LONGEST))
            except Absent:
                position, state.there, state.current = "", False, False
                self._stop.wait(_AGAIN)
            except Forbidden as forbidden:
                lacks = f"{forbidden.verb} {stream.resource}"
                if state.lacks != lacks:
                    place = stream.namespace or "all namespaces"
                    self._log(f"{where}: may not {lacks} ({place}); give it a role with the verb {forbidden.verb}")
                state.lacks, state.error, state.heard, state.current = lacks, "", self._status.clock(), False
                self._put(Step(stream=stream, until=datetime.now(UTC), missing_right=lacks))
                self._stop.wait(_AGAIN)
            except SourceError as error:
                if not state.error:
                    self._log(f"{where}: {_line(error)}; trying again")
                state.error, state.current = error.reason, False
                _renew(cluster, error)
                wait = self._pause(wait)

    def _asked(self, ask: Callable[[], Answered], otherwise: Answered) -> Answered:
        """The answer of the store, however long that takes; `otherwise` if the recorder has to stop first."""
        wait = _FIRST
        while not self._stop.is_set():
            try:
                with self._lock:
                    return ask()
            except Unreachable:
                # The thread that stores reports the error.
                wait = self._pause(wait, _LONGEST_OF_STORE)
        return otherwise

    def _report(self, name: str, error: SourceError) -> str:
        if name not in self._status.waiting:
            self._log(f"{name or 'the cluster'}: {_line(error)}; trying again")
        return error.reason

    def _pause(self, wait: float, longest: float = _LONGEST) -> float:
        """Wait about `wait` seconds, with a random part to spread the retries; returns how long to wait next time."""
        self._stop.wait(wait * random.uniform(0.5, 1.0))  # noqa: S311 - no secret depends on it
        return min(wait * 2, longest)

    def _put(self, step: Step) -> None:
        while not self._stop.is_set():
            try:
                self._steps.put(step, timeout=0.5)
            except queue.Full:
                continue
            return

    def _write(self) -> None:
        while batch := self._batch():
            self._keep(batch)
            with self._lock:
                self._retention.tidy(self._store, self._status, self._log)
        # After an orderly stop, streams that are current had no changes since their last report.
        now, streams = datetime.now(UTC), sorted(self._status.streams.copy().items())
        self._keep([Step(stream=stream, until=now) for stream, state in streams if state.current])

    def _batch(self) -> list[Step]:
        """The steps that are ready to be stored together; empty when all are stored and no more will come."""
        batch: list[Step] = []
        while not batch:
            try:
                batch.append(self._steps.get(timeout=0.2))
            except queue.Empty:
                if self._stop.is_set():
                    return []
        while len(batch) < _AT_ONCE:
            try:
                batch.append(self._steps.get_nowait())
            except queue.Empty:
                break
        return batch

    def _keep(self, batch: Sequence[Step]) -> None:
        """Store the batch, with as many attempts as needed: what is not stored is lost."""
        wait, status = _FIRST, self._status
        end: float | None = None
        while True:
            try:
                with self._lock:
                    status.stored += self._store.keep(batch)
            except SourceError as error:
                if not isinstance(error, (Denied, Unreachable)):
                    # The store was removed or replaced, or is damaged: what is seen from now on would be lost.
                    raise
                status.failures += 1
                if status.failing is None:
                    self._log(f"{_line(error)}; trying again")
                    status.failing = status.clock()
                status.error = error.reason
                if self._stop.is_set():
                    end = end or status.clock() + _LAST
                    if status.clock() > end:
                        raise
                # Meanwhile the watches wait, and the API server remembers only a short time.
                wait = self._pause(wait, _LONGEST_OF_STORE)
                continue
            if status.failing is not None:
                self._log("the store takes what is recorded again")
            status.failing, status.error = None, ""
            status.transactions += 1
            return


def _renew(cluster: Cluster, error: SourceError) -> None:
    if isinstance(error, Denied):
        cluster.renew()


def _line(error: SourceError) -> str:
    return error.reason + (f" ({error.hint})" if error.hint else "")
