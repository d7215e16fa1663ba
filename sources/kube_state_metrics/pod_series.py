"""The series of one pod, and their conversion into evidence."""

from datetime import datetime

from msgspec import Struct

from collector.event import Event
from sources.cluster.facts import warnings
from sources.cluster.pod_history import Evidence, Lasting, Observation
from sources.fact import Moment
from sources.kube_state_metrics.event_factory import EventFactory
from sources.kube_state_metrics.inventory import Inventory
from sources.kube_state_metrics.sampled_pods import Pod
from sources.kube_state_metrics.states import Metrics, State, within
from sources.promql.series import instant


class PodSeries(Struct, frozen=True):
    """The series of one pod, and where they can be seen again."""

    pod: Pod
    metrics: Metrics
    inventory: Inventory
    factory: EventFactory
    start: float
    """The beginning of the samples, in Unix seconds."""

    @property
    def id(self) -> str:
        """The pod's uid, else its name and creation time."""
        return self.pod.uid or f"{'/'.join(self.pod.key)}/{self.pod.created:.0f}"

    def evidence(self, metric: str, suffix: str, at: datetime) -> Evidence:
        """Where something can be seen again; `suffix` distinguishes it from other things that happened to this pod."""
        namespace, name = self.pod.key
        query = self.factory.selector(metric, namespace=namespace, pod=name)
        return Evidence(f"{self.id}/{suffix}", query, self.factory.graph(query, at))

    def observation(self, when: Moment, metric: str, suffix: str, why: str = "", how: str = "") -> Observation:
        """Something that happened within `when`."""
        at = self.factory.likely(when)
        return Observation(when, self.evidence(metric, suffix, at), why, at=at, how=how)

    def lasting(self, when: Moment, until: datetime, metric: str, suffix: str, why: str) -> Lasting:
        """A state that began within `when` and was last seen at `until`."""
        at = self.factory.likely(when)
        return Lasting(when, self.evidence(metric, suffix, at), why, at=at, reason=why, until=until)

    def mention(self, when: Moment, words: str, metric: str, suffix: str) -> Event:
        """An Event without a meaning of its own."""
        fact = warnings.mention(self.inventory.subject(self.pod), f"Pod {self.pod.key[1]} {words}")
        one = self.observation(when, metric, suffix)
        keys = self.inventory.identity(self.inventory.template(self.pod))
        return self.factory.report(fact, when, one.evidence.native_id, one.evidence.query, at=one.at, keys=keys)

    def appearances(self, state: State) -> list[tuple[Moment, datetime]]:
        """Each time that something became true, and when it was last seen true.

        Some series exist only while it is true, others are 0 otherwise.
        """
        true = state.times[state.values == 1].tolist()
        found: list[tuple[Moment, datetime]] = []
        last = None
        for time in true:
            before = self.pod.before(time)
            if last is None or (before is not None and last < before):
                found.append((within(self.pod.created if before is None else before, time), instant(time)))
            found[-1] = (found[-1][0], instant(time))
            last = time
        return found
