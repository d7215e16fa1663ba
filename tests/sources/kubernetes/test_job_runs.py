from typing import Any

import pytest

from collector.event import Event, Kind
from tests.sources.kubernetes.cluster import at, event, meta, only, read, stamp

JOB = ("Job", "web-migrate-9")


def ran(*events: Any, jobs: tuple[Any, ...] = ()) -> list[Event]:
    return only(read({"events": list(events), "jobs": list(jobs)})[0], Kind.JOB_RAN)


def made(seconds: float) -> Any:
    return event("SuccessfulCreate", "Created pod: web-migrate-9-x7k2p", JOB, at(seconds))


def listed(begun: float, ended: float | None) -> Any:
    status = {"startTime": stamp(at(begun))} | ({} if ended is None else {"completionTime": stamp(at(ended))})
    return {"metadata": meta("Job", "web-migrate-9", at(begun)), "status": status}


def test_a_job_that_ran_for_minutes_is_reported_at_its_start() -> None:
    (one,) = ran(jobs=(listed(60, 800),))
    assert (one.at, one.numbers["seconds"]) == (at(60), 740)
    assert one.summary == "Job web-migrate-9 starts, and completes after 12 min"


def test_of_a_job_that_was_deleted_its_pod_shows_the_end() -> None:
    stopped = event("Killing", "Stopping container migrate", ("Pod", "web-migrate-9-x7k2p"), at(805))
    (one,) = ran(made(60), stopped)
    assert one.at == at(60)
    assert one.summary == "Job web-migrate-9 starts, and is stopped after 12 min"


def test_what_the_job_reports_goes_before_what_became_of_its_pods() -> None:
    stopped = event("Killing", "Stopping container sidecar", ("Pod", "web-migrate-9-x7k2p"), at(400))
    (one,) = ran(made(60), stopped, event("Completed", "Job completed", JOB, at(360)))
    assert one.summary == "Job web-migrate-9 starts, and completes after 5 min"
    (one,) = ran(made(60), event("BackoffLimitExceeded", "Job has reached the limit", JOB, at(360)))
    assert one.summary == "Job web-migrate-9 starts, and fails after 5 min"


@pytest.mark.parametrize("ended", [90, 170])
def test_what_is_over_in_a_moment_is_none(ended: float) -> None:
    assert ran(made(60), jobs=(listed(60, ended),)) == []


def test_one_that_is_there_and_has_not_ended_still_runs_and_of_one_that_is_gone_nothing_is_known() -> None:
    (one,) = ran(made(-600), jobs=(listed(-600, None),))
    assert one.summary.startswith("Job web-migrate-9 starts, and still runs at ")
    assert (one.at, one.numbers) == (at(-600), {})
    assert ran(made(-600)) == []
