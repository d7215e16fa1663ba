"""What holds of every timeline, whatever happened."""

import json
from collections.abc import Iterable
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cli.render.as_json import render
from collector.event import Event, Identity, Kind, Subject
from collector.explain import explain
from collector.folding import MOST_ROWS
from collector.gather import Gathered
from collector.significance import RULES
from collector.timeline import Draft, Scope, Timeline, draft, explained_draft
from collector.window import Window
from tests.collector.build import WINDOW, alert, deploy, errors, event, rollout
from tests.collector.checkout_incident import INCIDENT, OTHERS
from tests.examples import examples

_KINDS = [kind for kind in Kind if not kind.value.startswith(("errors", "latency", "traffic"))]
_SOURCES = ("github", "k8s", "prom", "notes")


def _any_event(kind: Kind, minute: int, seconds: int, service: str, source: str, pod: str, version: str) -> Event:
    return event(
        kind,
        f"{13 + minute // 60}:{minute % 60:02}:00",
        seconds=seconds,
        source=source,
        service=service,
        namespace=f"ns-{service}" if service else "",
        workload=f"Deployment/{service}" if service else "",
        pod=pod,
        version=version,
        replica_set=f"{service}-{version}",
        run=version,
        deployment=version,
        alert=f"Alert{version}",
        episode=f"{service}/{version}",
        numbers={"replicas": len(version), "count": 2.0},
        merge_key=f"{service}/{pod}/{version}" if pod else "",
        native_id=f"{kind}/{minute}/{seconds}/{service}/{source}/{pod}/{version}",
    )


EVENTS = st.lists(
    st.builds(
        _any_event,
        st.sampled_from(_KINDS),
        st.integers(0, 110),
        st.sampled_from([0, 1, 45, 900]),
        st.sampled_from(["", "cart", "search", "cart-staging"]),
        st.sampled_from(["one", "two"]),
        st.sampled_from(["", "a", "b"]),
        st.sampled_from(["", "1", "2"]),
    ),
    max_size=25,
    unique_by=lambda each: (each.source, each.native_id),
)


def explained(events: Iterable[Event], scope: Scope | None = None, window: Window = WINDOW) -> Draft:
    return explained_draft(Gathered(tuple(events), ()), window, scope or Scope())


def shape(timeline: Timeline) -> list[tuple[str, str]]:
    return [(row.id, row.kind.value) for row in timeline.rows]


@examples(10)
@given(EVENTS, st.randoms())
def test_everything_is_decided_once_and_no_order_matters(events: list[Event], chance: object) -> None:
    result = explained(events)
    counts = result.timeline.accounting
    assert counts.events == len(events) == counts.rows + counts.folded + counts.dropped
    assert counts.rows == len({id(each) for row in result.timeline.rows for each in row.events})
    assert len({row.id for row in result.timeline.rows}) == len(result.timeline.rows)
    for row in result.timeline.rows:
        assert (row.earliest or row.at) <= row.at
        assert row.text.strip() == row.text != ""
    chance.shuffle(events)  # type: ignore[attr-defined] # what hypothesis gives has no type
    assert explained(events).timeline == result.timeline


@examples(13)
@given(EVENTS, st.integers(1, 10_000_000))
def test_at_another_time_the_same_rows(events: list[Event], seconds: int) -> None:
    by = timedelta(seconds=seconds)
    later = [replace(each, at=each.at + by, earliest=each.earliest + by, latest=each.latest + by) for each in events]
    window = Window(WINDOW.start + by, WINDOW.end + by)
    before, after = explained(events).timeline, explained(later, window=window).timeline
    assert [(row.id, row.kind, row.at + by) for row in before.rows] == [
        (row.id, row.kind, row.at) for row in after.rows
    ]


@examples(13)
@given(EVENTS)
def test_full_detail_shows_what_the_summary_does_not(events: list[Event]) -> None:
    full = explained(events, Scope(full=True)).timeline
    shown = {id(each) for row in full.rows for each in row.events}
    inside = [each for each in events if WINDOW.overlaps(each.earliest, each.latest)]
    assert {id(each) for each in inside} <= shown


def test_under_other_names_the_same_rows() -> None:
    names = {"checkout": "zebra", "search": "quokka", "batch": "okapi"}

    def renamed(text: str) -> str:
        for old, new in names.items():
            text = text.replace(old, new).replace(old.capitalize(), new.capitalize())
        return text

    def other(each: Event) -> Event:
        subject = Subject(**{name: renamed(getattr(each.subject, name)) for name in Subject.__struct_fields__})
        keys = Identity(**{name: renamed(getattr(each.keys, name)) for name in Identity.__struct_fields__})
        texts = {name: renamed(getattr(each, name)) for name in ("summary", "native_id", "merge_key")}
        return replace(each, subject=subject, keys=keys, **texts)

    events = [*INCIDENT, *OTHERS]
    before, after = explained(events).timeline, explained(map(other, events)).timeline
    assert [renamed(row.text) for row in before.rows] == [row.text for row in after.rows]
    assert [renamed(line) for line in before.left_out] == list(after.left_out)


def test_ids_survive_the_loss_of_any_source() -> None:
    whole = explained([*INCIDENT, *OTHERS]).timeline
    for gone in _SOURCES:
        left = explained(each for each in (*INCIDENT, *OTHERS) if each.source != gone).timeline
        ids = {row.id for row in whole.rows}
        assert left.rows, gone
        strangers = [row.text for row in left.rows if row.id not in ids]
        # Without metrics nobody knows that the errors explain the rest; without CI, rows go and none comes.
        assert strangers == [], (gone, strangers)


def test_what_is_many_is_folded_and_named_and_nothing_is_cut_off() -> None:
    crashes = [
        event(
            Kind.POD_CRASHED,
            f"14:{minute:02}:00",
            service=f"svc-{number}",
            workload=f"Deployment/svc-{number}",
            pod=f"svc-{number}-a",
            numbers={"exit_code": 1.0},
        )
        for number in range(300)
        for minute in (5, 6, 7, 8)
    ]
    rollouts = [
        each
        for number in range(200)
        for each in rollout(
            Kind.ROLLOUT_STARTED,
            "14:08:00",
            "14:08:30",
            "14:09:00",
            "2.0",
            "1.9",
            service=f"app-{number}",
            workload=f"Deployment/app-{number}",
        )
    ]
    both = explained([*crashes, *rollouts]).timeline
    assert [row.text for row in both.rows] == [
        "Containers of 300 services crash: 300 pods (14:05 to 14:08) (svc-0, svc-1, svc-10 and 297 more)"
    ]
    assert any(line.startswith("200 deploys and rollouts of other services") for line in both.left_out)
    calm = explained(rollouts).timeline
    assert 0 < len(calm.rows) <= MOST_ROWS
    assert len({id(each) for row in calm.rows for each in row.events}) == len(rollouts)


def test_many_notes_are_folded_by_stretches_of_time_and_each_is_kept_in_full() -> None:
    noted = [
        event(
            Kind.NOTE,
            f"14:{number // 67:02}:{number % 60:02}",
            f"Ana: look {number} at the pods",
            native_id=f"{number}",
        )
        for number in range(2_000)
    ]
    cause = event(Kind.NOTE, "14:12:30", "Ana: the cause is 1.5.0", native_id="cause")
    result = explained([*INCIDENT, *noted, cause])
    rows = result.timeline.rows
    assert len(rows) <= MOST_ROWS
    assert "Ana: the cause is 1.5.0" in [row.text for row in rows]
    assert {row.text for row in explained(INCIDENT).timeline.rows} <= {row.text for row in rows}
    folded = [row for row in rows if row.notes]
    assert folded[0].text.startswith("67 notes (14:00): “Ana: look 0 at the pods”, ")
    assert {note.summary for row in folded for note in row.notes} == {each.summary for each in noted}
    lines = explain(result, folded[0].id)
    assert sum("Ana: look" in line for line in lines) == 68
    assert {len(each["notes"]) for each in json.loads(render(result.timeline))["rows"] if "notes" in each} == {57, 67}


def test_rows_have_an_upper_bound_whatever_there_is_much_of() -> None:
    kinds = [kind for kind in Kind if kind != Kind.OTHER]
    many = [
        event(
            kind,
            f"14:{number:02}:{place % 60:02}",
            service=f"svc-{number}",
            workload=f"Deployment/svc-{number}",
            pod=f"svc-{number}-{place}",
            alert=f"Alert{number}",
            episode=f"{number}",
            description=f'severity="level{number}"',
            native_id=f"{kind} {number}",
            merge_key=f"severity=level{number} {kind} {number}",
        )
        for place, kind in enumerate(kinds)
        for number in range(30)
    ]
    assert len(explained(many).timeline.rows) <= MOST_ROWS
    pinned = explained(many).stories[0][0].id
    scope = Scope(pins=frozenset({pinned}))
    assert pinned in {row.story for row in draft(Gathered(tuple(many), ()), WINDOW, scope).rows}


def test_every_rule_has_a_name_of_its_own_and_the_last_applies_to_everything() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.because for rule in RULES)
    result = explained([*INCIDENT, *OTHERS])
    assert all(RULES[-1].applies(story, result.context) for story, _ in result.stories)


def test_more_evidence_keeps_the_ids() -> None:
    from_ci = deploy("14:02:05", "14:05:20", 482, "9", "1.5.0", "dana")
    seen = [*errors("14:03:30", "14:22:05"), *alert("CheckoutErrors", "14:06:15", "14:23:45")]
    less = draft(Gathered((*from_ci, *seen), ()), WINDOW, Scope())
    rolled = rollout(Kind.ROLLOUT_STARTED, "14:02:50", "14:04:30", "14:05:01", "1.5.0", "1.4.9")
    more = draft(Gathered((*from_ci, *rolled, *seen), ()), WINDOW, Scope())
    assert {row.id for row in less.rows} <= {row.id for row in more.rows}
    assert shape(less)[0] == shape(more)[0]
