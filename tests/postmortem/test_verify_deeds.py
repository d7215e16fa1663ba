"""`verify` on who approved and wrote what, how large a workload was made, and for how many a flag was turned on."""

import pytest

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.postmortem.verify.check import verify
from collector.postmortem.verify.finding import Verdict
from collector.result import Timeline
from collector.timeline import Scope, draft
from tests.collector.build import WINDOW, alert, deploy, errors, event

CHECKOUT = {"service": "checkout", "namespace": "shop", "workload": "Deployment/checkout"}


def events() -> list[Event]:
    run = {"run": "9071", "run_number": "71", "version": "2.1.0", "environment": "production", "deployment": "771"}
    return [
        event(Kind.DEPLOY_APPROVED, "14:01:00", "approved by ida-lund", service="checkout", actor="ida-lund", **run),
        *deploy("14:02:00", "14:04:00", 71, "c", "2.1.0", "noor-haddad"),
        event(Kind.FLAG_CHANGED, "14:02:30", "Flag fast-tax changed", flag="fast-tax", service="checkout"),
        *errors("14:03:30", "14:20:00"),
        *alert("CheckoutErrors", "14:06:00", "14:22:00"),
        event(Kind.NOTE, "14:09:00", "Sol Berg: the carrier relay cannot be reached from checkout", actor="Sol Berg"),
        event(
            Kind.SCALED,
            "14:11:00",
            "Deployment checkout scaled from 5 to 8",
            numbers={"replicas": 8, "was": 5},
            actor="ida",
            **CHECKOUT,
        ),
    ]


@pytest.fixture(scope="module")
def timeline() -> Timeline:
    return draft(Gathered(tuple(events()), ()), WINDOW, Scope())


def contradicted(text: str, timeline: Timeline) -> list[str]:
    return [one.text for one in verify(f"# Notes\n\n{text}\n", timeline) if one.verdict == Verdict.CONTRADICTED]


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        ("14:01 {} approves the deploy of checkout 2.1.0", "ida-lund", "noor-haddad"),
        ("At 14:09 {} finds that the carrier relay cannot be reached", "Sol", "Noor"),
        ("At 14:11 Ida scaled checkout up to {}.", "8", "12"),
        ("At 14:11 Ida scaled checkout from {} to 8.", "5", "6"),
    ],
)
def test_what_is_wrong_is_found_and_what_is_right_is_not(text: str, right: str, wrong: str, timeline: Timeline) -> None:
    assert contradicted(text.format(right), timeline) == []
    assert contradicted(text.format(wrong), timeline) == [wrong]


@pytest.mark.parametrize(
    "text",
    [
        "Sol thinks that errors doubled with the 50 % step of the flag fast-tax.",
        "The flag fast-tax was turned up to 25 %, and requests failed.",
        "Errors began when the canary was at 10 %.",
        "At 14:03 the 5xx ratio of checkout rose from 0.12% to 40%.",
        "At 14:09 Sol and Noor find that the carrier relay cannot be reached.",
        "Noor wrote at 14:15 that the carrier is back.",
        "The deploy was scaled to 50 % of the traffic.",
    ],
)
def test_what_decides_nothing_is_not_called_wrong(text: str, timeline: Timeline) -> None:
    assert contradicted(text, timeline) == []


def test_a_name_of_two_words_that_nobody_has_is_not_found(timeline: Timeline) -> None:
    found = {one.text: one.verdict for one in verify("# Notes\n\nRobin Hall deployed checkout at 14:02.\n", timeline)}
    assert found["Robin Hall"] == Verdict.NOT_FOUND


def outage(service: str, rise: str, fires: str, fall: str, ends: str) -> list[Event]:
    of = {"service": service, "namespace": service}
    return [*errors(rise, fall, **of), *alert(f"{service.title()}Errors", fires, ends, episode=rise, **of)]


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        ("Time to detect: {}", ("1 min", "2 min"), "9 min"),
        ("The outage lasted {}.", ("5 minutes", "8 minutes", "25 minutes"), "15 minutes"),
        ("- Resolved: {}", ("14:06", "14:26"), "14:16"),
    ],
)
def test_of_several_incidents_a_sentence_may_be_about_any_and_about_all(
    text: str, right: tuple[str, ...], wrong: str
) -> None:
    search = outage("search", "14:01:00", "14:02:00", "14:05:00", "14:06:00")
    mail = outage("mail", "14:18:00", "14:20:00", "14:25:00", "14:26:00")
    two = draft(Gathered((*search, *mail), ()), WINDOW, Scope())
    assert two.other_phases
    assert [contradicted(text.format(one), two) for one in right] == [[] for _ in right]
    assert contradicted(text.format(wrong), two) == [wrong]
