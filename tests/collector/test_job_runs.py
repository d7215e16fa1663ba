"""A Job has a row where an effect on users began after its start, and ended with it."""

import pytest

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.scope import Scope
from collector.timeline import draft
from tests.collector.build import WINDOW, errors, event


def job(clock: str, minutes: float, name: str = "web-migrate-9", **known: str) -> Event:
    words = f"Job {name} starts, and is stopped after {minutes:g} min"
    about = {"service": name, "namespace": "batch", "workload": f"Job/{name}", "native_id": name, **known}
    return event(Kind.JOB_RAN, clock, words, numbers={"seconds": minutes * 60}, **about)


def shown(*events: Event) -> list[str]:
    rows = draft(Gathered((*errors("14:03:30", "14:15:20"), *events), ()), WINDOW, Scope()).rows
    return [f"{row.at:%H:%M} {row.text}" for row in rows if row.kind == Kind.JOB_RAN]


def test_a_job_that_began_before_the_errors_and_ended_with_them() -> None:
    assert shown(job("14:02:10", 12.5)) == ["14:02 Job web-migrate-9 starts, and is stopped after 12.5 min"]


@pytest.mark.parametrize(
    ("clock", "minutes"),
    [
        ("14:02:10", 4),
        ("14:02:10", 20),
        ("13:40:00", 35),
        ("14:06:00", 9),
    ],
)
def test_one_that_only_runs_at_the_time_is_no_news(clock: str, minutes: float) -> None:
    assert shown(job(clock, minutes)) == []


@pytest.mark.parametrize("clock", ["14:15:20", None])
def test_one_that_still_runs_goes_with_errors_that_still_last(clock: str | None) -> None:
    known = {"service": "migrate", "namespace": "batch", "workload": "Job/migrate-9"}
    run = event(Kind.JOB_RAN, "14:02:10", "Job migrate-9 starts, and still runs at 14:35 UTC", **known)
    rows = draft(Gathered((*errors("14:03:30", clock), run), ()), WINDOW, Scope()).rows
    assert bool([row for row in rows if row.kind == Kind.JOB_RAN]) is (clock is None)


def test_of_many_none_tells_anything() -> None:
    assert shown(*(job("14:02:10", 12.5, f"report-{number}") for number in range(4))) == []


def test_another_cluster_is_another_matter() -> None:
    here = errors("14:03:30", "14:15:20", cluster="eu", service="cart")
    rows = draft(Gathered((*here, job("14:02:10", 12.5, cluster="us")), ()), WINDOW, Scope()).rows
    assert not [row for row in rows if row.kind == Kind.JOB_RAN]
