"""What --namespace leaves out, and what becomes of names that nobody knows."""

import pytest

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.known import KnownNamespaces
from collector.namespaces import split
from collector.scope import Scope
from collector.source import SameService
from collector.timeline import draft
from collector.unknown_names import did_you_mean
from tests.collector.build import WINDOW, deploy, event, rollout

WEB = [event(Kind.POD_READY, "14:03:00", service="web", namespace="shop", workload="Deployment/web")]
LEDGER = [event(Kind.POD_READY, "14:03:00", service="ledger", namespace="bank", workload="Deployment/ledger")]


def ci(service: str, **known: str) -> Event:
    return event(Kind.RUN_STARTED, "14:02:00", service=service, run="1", **known)


def gathered(*events: Event, names: tuple[SameService, ...] = ()) -> Gathered:
    return Gathered(events, (), names)


def outside(given: Gathered, *namespaces: str) -> set[str]:
    inside, elsewhere = split(given, Scope(namespaces=namespaces))
    assert len(inside) + len(elsewhere) == len(given.events)
    return {one.native_id for one in elsewhere}


def test_what_ci_reports_of_services_of_other_namespaces_goes() -> None:
    theirs, ours, unknown, nobody = ci("ledger"), ci("web"), ci("batch"), event(Kind.NOTE, "14:01:00")
    assert outside(gathered(*WEB, *LEDGER, theirs, ours, unknown, nobody), "shop") == {
        theirs.native_id,
        LEDGER[0].native_id,
    }


def test_a_service_of_two_namespaces_stays_if_one_of_them_was_asked_for() -> None:
    both = [event(Kind.POD_READY, "14:03:00", service="web", namespace="bank", workload="Deployment/web")]
    assert ci("web").native_id not in outside(gathered(*WEB, *both, ci("web")), "shop")
    assert ci("web").native_id in outside(gathered(*WEB, *both, ci("web")), "risk")


def test_other_names_of_a_service_of_another_namespace_go_with_it() -> None:
    name = SameService("ledger-api", "ledger", "bank", reason="Service bank/ledger-api selects app=ledger")
    one = ci("ledger-api")
    assert one.native_id in outside(gathered(*WEB, *LEDGER, one, names=(name,)), "shop")


def test_the_rows_of_another_namespaces_deploy_are_gone() -> None:
    theirs = [
        *deploy("14:02:00", "14:05:00", 1, "a", "1.5.0", "dana"),
        *rollout(Kind.ROLLOUT_STARTED, "14:02:30", "14:04:00", "14:04:30", "1.5.0", "1.4.0"),
    ]
    assert draft(gathered(*theirs), WINDOW, Scope()).rows
    assert draft(gathered(*theirs, *LEDGER), WINDOW, Scope(namespaces=("bank",))).rows == ()


@pytest.mark.parametrize(
    ("listed", "line"),
    [
        ((KnownNamespaces(frozenset({"risk", "shop"}), whole=True),), "no such namespace: rsk; did you mean risk?"),
        (
            (KnownNamespaces(frozenset({"risk"}), whole=False),),
            "nothing was seen of a namespace rsk; did you mean risk?",
        ),
        ((KnownNamespaces(frozenset({"rsk"}), whole=True),), ""),
        ((), "nothing was seen of a namespace rsk"),
    ],
)
def test_a_namespace_that_is_not_there_is_said(listed: tuple[KnownNamespaces, ...], line: str) -> None:
    made = draft(Gathered(tuple(WEB), (), namespaces=listed), WINDOW, Scope(namespaces=("rsk",)))
    assert made.unknown == ((line,) if line else ())
    assert set(made.unknown) <= set(made.left_out)


def test_a_service_that_is_not_there_is_said() -> None:
    made = draft(gathered(*WEB, *LEDGER), WINDOW, Scope(services=("legder", "web")))
    assert made.unknown == ("nothing was seen of a service legder; did you mean ledger?",)


def test_a_guess_is_only_made_where_a_name_is_alike() -> None:
    assert did_you_mean("RISK", ["risk", "shop"]) == "; did you mean risk?"
    assert did_you_mean("x" * 10_000, ["risk"]) == ""
    assert did_you_mean("rsk", []) == ""
