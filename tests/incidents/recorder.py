"""The Events of a cluster, with what recorders do to them: count, combine and drop.

The rules are those of client-go (`tools/record/events_cache.go` for kubelets and controllers, `tools/events` for the
scheduler): the same Event again raises a count; from the tenth wording within ten minutes on they are combined; one
object causes at most 25 of one component at once and then one in five minutes, and what is beyond that is dropped.
"""

from datetime import datetime, timedelta

from msgspec import Struct, field

from tests.incidents.ids import Object, micro, number, stamp, uid

_BURST, _REFILL = 25.0, 1 / 300
_ALIKE, _WHILE = 10, timedelta(minutes=10)
_QUIET, _REFRESH = timedelta(minutes=6), timedelta(minutes=30)


class About(Struct, frozen=True):
    """The object of an Event."""

    kind: str
    namespace: str
    name: str
    uid: str
    api: str = "v1"
    path: str = ""
    """The container: `spec.containers{app}`."""


class _Written(Struct):
    item: Object
    count: int
    last: datetime


class _Series(Struct):
    item: Object
    first: datetime
    times: list[datetime]


class Recorder(Struct):
    """All recorders of a cluster. Call them in the order of time."""

    _events: dict[tuple[str, ...], _Written] = field(default_factory=dict)
    _series: dict[tuple[str, ...], _Series] = field(default_factory=dict)
    _alike: dict[tuple[str, ...], tuple[set[str], datetime]] = field(default_factory=dict)
    _allowance: dict[tuple[str, ...], tuple[float, datetime]] = field(default_factory=dict)
    _names: dict[str, int] = field(default_factory=dict)

    def write(
        self,
        at: datetime,
        about: About,
        reason: str,
        message: str,
        component: str,
        host: str = "",
        *,
        warning: bool = False,
    ) -> None:
        """One Event of a kubelet (`host` is its node) or a controller."""
        alike = (component, host, about.kind, about.namespace, about.name, about.uid, reason, str(warning), about.path)
        messages, since = self._alike.get(alike, (set(), at))
        messages = messages if at - since <= _WHILE else set()
        combined = message not in messages and len(messages) >= _ALIKE - 1
        if not combined:
            messages.add(message)
        self._alike[alike] = (messages, at)
        key = (*alike, "") if combined else (*alike, message)
        text = f"(combined from similar events): {message}" if combined else message
        allowed = self._allowed((component, host, about.uid, about.name), at)
        known = self._events.get(key)
        if known:
            known.count += 1
            if allowed:
                known.item |= {"message": text, "lastTimestamp": stamp(at), "count": known.count}
                known.item["metadata"]["managedFields"][0]["time"] = stamp(at)
                known.last = at
            return
        if not allowed:
            return
        source = {"component": component} | ({"host": host} if host else {})
        item = self._item(at, about, reason, text, component, warning=warning)
        item |= {"source": source, "firstTimestamp": stamp(at), "lastTimestamp": stamp(at), "count": 1}
        item |= {"eventTime": None, "reportingComponent": "", "reportingInstance": ""}
        self._events[key] = _Written(item, 1, at)

    def schedule(self, at: datetime, about: About, reason: str, message: str, *, warning: bool = False) -> None:
        """One Event of the scheduler, which has the other recorder: no counts, microseconds, a series if repeated."""
        key = (about.uid, reason)
        known = self._series.get(key)
        if known:
            known.times.append(at)
            return
        item = self._item(at, about, reason, message, "kube-scheduler", warning=warning)
        item |= {"source": {}, "firstTimestamp": None, "lastTimestamp": None, "eventTime": micro(at)}
        item |= {"action": "Scheduling" if warning else "Binding", "reportingComponent": "default-scheduler"}
        item |= {"reportingInstance": "default-scheduler-cp-1"}
        self._series[key] = _Series(item, at, [at])

    def objects(self, now: datetime, ttl: timedelta) -> list[Object]:
        """What the API server has at `now`: Events expire so long after they were last written."""
        kept = [(known.last, known.item) for known in self._events.values()]
        for series in self._series.values():
            written = _flushed(series.times, now)
            item = series.item
            if written > 1:
                last = series.times[written - 1]
                item = {**item, "series": {"count": written, "lastObservedTime": micro(last)}}
            kept.append((series.times[written - 1], item))
        return [item for last, item in sorted(kept, key=lambda one: one[0]) if now - ttl <= last <= now]

    def _allowed(self, key: tuple[str, ...], at: datetime) -> bool:
        left, since = self._allowance.get(key, (_BURST, at))
        left = min(_BURST, left + (at - since).total_seconds() * _REFILL)
        self._allowance[key] = (left - 1 if left >= 1 else left, at)
        return left >= 1

    def _item(self, at: datetime, about: About, reason: str, message: str, manager: str, *, warning: bool) -> Object:
        nanoseconds = int(at.timestamp()) * 10**9 + number(10**9, about.uid, reason, message, at)
        name = f"{about.name}.{nanoseconds:x}"
        object_ = {"kind": about.kind, "namespace": about.namespace, "name": about.name, "uid": about.uid}
        object_ |= {"apiVersion": about.api, "resourceVersion": str(40_000_000 + number(10**6, about.uid))}
        if about.path:
            object_["fieldPath"] = about.path
        if not about.namespace:
            object_.pop("namespace")
        writer = {"manager": manager, "operation": "Update", "apiVersion": "v1", "time": stamp(at)}
        return {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "name": name,
                # Events about what has no namespace are in `default`.
                "namespace": about.namespace or "default",
                "uid": uid("event", name, reason),
                "creationTimestamp": stamp(at),
                "managedFields": [writer],
            },
            "involvedObject": object_,
            "reason": reason,
            "message": message,
            "type": "Warning" if warning else "Normal",
        }


def _flushed(times: list[datetime], now: datetime) -> int:
    """How many of a series the API server knows of: two at once, then what there is each half hour or once it is
    quiet.
    """
    if now - times[-1] >= _QUIET:
        return len(times)
    since = now - (now - times[0]) % _REFRESH if now - times[0] >= _REFRESH else times[0]
    return max(min(2, len(times)), sum(at <= since for at in times))
