"""Against a real Prometheus that evaluates rules each second, and the real Alertmanager that it sends alerts to."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import Struct

from collector.event import Event, Kind
from collector.merge import merge
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Source
from collector.window import Window
from sources.alertmanager import AlertmanagerSettings, AlertmanagerSource
from sources.prometheus import PrometheusSettings, PrometheusSource
from tests.servers.alertmanager import alertmanager
from tests.servers.process import require, session
from tests.servers.prometheus import evaluating

LEAD = 8
"""Seconds that Prometheus has to start and to evaluate twice, which it does before it writes ALERTS."""
RULES = """
groups:
  - name: live
    interval: 1s
    rules:
      - {{alert: Watchdog, expr: vector(1), labels: {{severity: none}}}}
      - alert: Lasting
        expr: label_replace(vector(1), "service", "shop", "", "")
        for: 4s
        labels: {{severity: critical}}
        annotations: {{summary: "{{{{ $labels.service }}}} is down by {{{{ $value }}}}"}}
      - alert: Inhibited
        expr: label_replace(vector(1), "service", "shop", "", "")
        labels: {{severity: warning}}
      - {{alert: Held, expr: vector(1) and vector(time()) >= {begin} < {end}, for: 2s}}
      - {{alert: AtOnce, expr: vector(1) and vector(time()) >= {begin} < {end}}}
      - {{alert: Kept, expr: vector(1) and vector(time()) >= {begin} < {end}, keep_firing_for: 2s}}
      - alert: Valued
        expr: vector(time() / 7) and vector(time()) >= {begin} < {end}
        labels: {{value: "{{{{ $value }}}}"}}
"""


class Seen(Struct, frozen=True):
    """What both sources told."""

    begin: float
    end: float
    """Between these Unix seconds the conditions held."""
    silenced: float
    prometheus: list[Event]
    alertmanager: list[Event]

    def of(self, name: str) -> list[Event]:
        return [event for event in self.prometheus if event.keys.alert == name]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    require("prometheus", "prometheus-alertmanager")
    folder = tmp_path_factory.mktemp("alerting")
    with alertmanager(folder / "alertmanager") as am:
        begin = round(time.time() + LEAD, 1)
        end = begin + 4.5
        rules = RULES.format(begin=f"{begin:.1f}", end=f"{end:.1f}")
        with evaluating(folder / "prometheus", rules, am):
            silence(am, "Other", "over soon", expire=True)
            silenced = time.time()
            silence(am, "Lasting", 'we "know"', expire=False)
            time.sleep(max(0.0, end + 4 - time.time()))
        with evaluating(folder / "prometheus", rules, am) as url:
            time.sleep(6)
            now = datetime.now(UTC)
            window = Window(now - timedelta(seconds=60), now)
            sources = (
                PrometheusSource("prom", PrometheusSettings(url=url), Scrubber()),
                AlertmanagerSource("am", AlertmanagerSettings(url=am), Scrubber()),
            )
            prom, held = (told(source, window) for source in sources)
    return Seen(begin, end, silenced, prom, held)


def silence(url: str, name: str, comment: str, expire: bool) -> None:
    now = datetime.now(UTC)
    matchers = [{"name": "alertname", "value": name, "isRegex": False, "isEqual": True}]
    body = {"matchers": matchers, "createdBy": "sam", "comment": comment}
    body |= {"startsAt": now.isoformat(), "endsAt": (now + timedelta(hours=1)).isoformat()}
    with session() as asking:
        made = asking.post(f"{url}/api/v2/silences", json=body, timeout=5)
    made.raise_for_status()
    if expire:
        # Its stamps are cut to milliseconds: one that lasted less than that was never in force.
        time.sleep(0.05)
        with session() as asking:
            asking.delete(f"{url}/api/v2/silence/{made.json()['silenceID']}", timeout=5).raise_for_status()


def told(source: Source, window: Window) -> list[Event]:
    documents = [one for one in source.fetch(window, Deadline(30)) if isinstance(one, Document)]
    return [one for one in source.read(documents, window) if isinstance(one, Event)]


def holds(event: Event, moment: float) -> bool:
    return event.earliest.timestamp() <= moment <= event.latest.timestamp()


def test_pending_firing_and_resolved_are_within_an_evaluation_of_the_truth(seen: Seen) -> None:
    pending, firing, resolved = seen.of("Held")
    assert [event.kind for event in (pending, firing, resolved)] == [
        Kind.ALERT_PENDING,
        Kind.ALERT_FIRING,
        Kind.ALERT_RESOLVED,
    ]
    assert seen.begin - 1 <= pending.at.timestamp() <= seen.begin + 1
    assert seen.begin + 2 <= firing.at.timestamp() <= seen.begin + 3.1
    assert seen.end <= resolved.at.timestamp() <= seen.end + 1.1
    assert resolved.latest - resolved.earliest <= timedelta(seconds=1.1)
    at_once, over = seen.of("AtOnce")
    assert seen.begin <= at_once.at.timestamp() <= seen.begin + 1.1
    assert seen.end <= over.at.timestamp() <= seen.end + 1.1


def test_one_that_is_kept_firing_says_when_its_condition_cleared(seen: Seen) -> None:
    _, resolved = seen.of("Kept")
    assert resolved.numbers["keep_firing_for"] == 2
    assert seen.end <= resolved.at.timestamp() - 2 <= seen.end + 1.1
    assert "its condition had cleared 2 s before" in resolved.summary


def test_labels_with_the_value_make_one_episode(seen: Seen) -> None:
    assert [event.kind for event in seen.of("Valued")] == [Kind.ALERT_FIRING, Kind.ALERT_RESOLVED]
    assert "value" not in seen.of("Valued")[0].merge_key


def test_a_restart_makes_no_new_episode_and_what_always_fires_is_left_out(seen: Seen) -> None:
    assert [event.kind for event in seen.of("Lasting")] == [Kind.ALERT_PENDING, Kind.ALERT_FIRING]
    assert all(event.at.timestamp() < seen.begin for event in seen.of("Lasting"))
    assert [event.kind for event in seen.of("Inhibited")] == [Kind.ALERT_FIRING]
    assert seen.of("Watchdog") == []


def test_rules_say_what_it_means_and_alertmanager_says_the_same_alert(seen: Seen) -> None:
    firing = seen.of("Lasting")[-1]
    assert firing.description == "shop is down by …"
    assert firing.query.startswith("label_replace(vector(1)")
    held = {event.keys.alert: event for event in seen.alertmanager if event.kind == Kind.ALERT_FIRING}
    assert sorted(held) == ["Inhibited", "Lasting"]
    assert held["Lasting"].description == "shop is down by 1"
    assert held["Lasting"].query == firing.query
    facts = [fact for fact in merge([*seen.prometheus, *seen.alertmanager]) if fact.kind == Kind.ALERT_FIRING]
    both = [sorted(event.source for event in fact.events) for fact in facts if fact.best.keys.alert in held]
    assert both == [["am", "prom"]] * 2
    # Its lease lies in the future, which is no resolution.
    assert not [event for event in seen.alertmanager if event.kind == Kind.ALERT_RESOLVED]


def test_silences_are_what_somebody_did(seen: Seen) -> None:
    silences = [event for event in seen.alertmanager if event.keys.alert in ("Other", "Lasting")]
    by_kind = {(event.kind, event.keys.alert): event for event in silences}
    made = by_kind[Kind.SILENCE_STARTED, "Lasting"]
    assert made.summary == 'Silence for alertname="Lasting" by sam: "we "know""'
    assert (made.actor, abs(made.at.timestamp() - seen.silenced) < 1) == ("sam", True)
    ended = by_kind[Kind.SILENCE_ENDED, "Other"]
    assert ended.summary == 'Silence for alertname="Other" by sam is expired by hand: "over soon"'
    assert (Kind.SILENCE_ENDED, "Lasting") not in by_kind
    firing = [event.summary for event in seen.alertmanager if event.kind == Kind.ALERT_FIRING]
    assert any("it is inhibited by Lasting" in summary for summary in firing)
    assert any('it is silenced by sam ("we "know"")' in summary for summary in firing)
