"""`verify` on the ways in which people write times, durations, shares and versions."""

from datetime import timedelta

import pytest

from collector.postmortem.verify.check import verify
from collector.postmortem.verify.clock_times import clock_times, stated_zones
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.spelled_durations import spelled_durations
from collector.window import Window
from tests.postmortem.evidence import timeline


def verdicts(text: str) -> dict[Verdict, list[Finding]]:
    found = verify(text, timeline())
    return {verdict: [one for one in found if one.verdict == verdict] for verdict in Verdict}


def window() -> Window:
    return timeline().window


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("at 14h06", "14:06"),
        ("at 2pm", "14:00"),
        ("at 2 p.m.", "14:00"),
        ("at 2.06pm", "14:06"),
        ("um 14.06 Uhr", "14:06"),
        ("14:06 Uhr", "14:06"),
        ("1406 UTC", "14:06"),
        ("1406Z", "14:06"),
        ("at 1606 MESZ", "14:06"),
        ("15:06 MEZ", "14:06"),
        ("2026-04-01T14:06:15Z", "14:06"),
        ("14:06: the alert fires", "14:06"),
    ],
)
def test_a_time_in_any_form_is_read(text: str, clock: str) -> None:
    (time,) = clock_times(text, (window().tz,), window())
    assert f"{time.moments[0]:%H:%M}" == clock


@pytest.mark.parametrize(
    "text",
    [
        "it took 2h30",
        "lasted 14h06 in all",
        "1 April 2026 UTC",
        "version 14.06",
        "1406 requests",
        "2 pmol",
        "T+4",
        "14h",
    ],
)
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert clock_times(text, (window().tz,), window()) == []


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("eight minutes", 8),
        ("a quarter of an hour", 15),
        ("half an hour", 30),
        ("an hour and a half", 90),
        ("three and a half hours", 210),
        ("two hours and a half", 150),
        ("forty-five minutes", 45),
        ("an hour", 60),
    ],
)
def test_durations_in_words(text: str, minutes: int) -> None:
    ((_, span, _),) = spelled_durations(f"It took {text}.")
    assert span == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["Zeiten in MESZ", "Uhrzeit (MESZ)", "All times in Central European Time (MESZ)."])
def test_a_zone_is_stated_in_other_languages(text: str) -> None:
    assert [zone.utcoffset(None) for zone in stated_zones(text)] == [timedelta(hours=2)]


TRUE = [
    "We released checkout 1.5.0 at 2pm, as planned.",
    "The alert fired at 14h06.",
    "CheckoutHighErrorRatio fired (40 %).",
    "The error ratio rose to 40,0 % and was at most 43,7 %.",
    "TTD 3m, TTM 19m, TTR 20m.",
    "MTTD = 3 minutes; MTTR = 20 minutes; identified after 8 minutes",
    "Detected within five minutes.",
    "Two minutes later the alert was resolved.",
    "The alert was resolved 5 minutes after the rollback.",
    "In CEST: alert 16:06, rollback 16:18.",
    "Rollback: start 14:18, end 14:22.",
    "The alert was resolved at 14:23 and the deployment was scaled at 14:30.",
    "At 14:02 1.5.0 was deployed next to 1.4.9.",
    "At 14:02 1.5.0 was deployed (old version: 1.4.9).",
    "1.4.9 -> 1.5.0 at 14:02",
    "At 14:02 1.5.0 was deployed, while the workers stayed on 1.4.9.",
    "The impact lasted from 14:03 to 14:22.",
    "Start -> end: 14:03 -> 14:23 (20 min)",
    "Between 14:03 and 14:23 UTC customers saw a degradation.",
    "12,388 of 34,098 requests failed.",
    "The errors went back to 0% at 14:22.",
]


@pytest.mark.parametrize("text", TRUE)
def test_what_is_true_is_never_called_wrong(text: str) -> None:
    assert verdicts(f"# Notes\n\n{text}\n")[Verdict.CONTRADICTED] == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("The alert fired at 14h16.", "14h16"),
        ("The alert fired at 5pm.", "5pm"),
        ("CheckoutHighErrorRatio fired (60 %).", "60 %"),
        ("The error ratio rose to 22,4 %.", "22,4 %"),
        ("TTD 9m", "9m"),
        ("MTTR: 45 minutes", "45 minutes"),
        ("CheckoutHighErrorRatio fired after ten minutes.", "ten minutes"),
        ("Time to detect: 3 min\nTime to resolution: 48 min\nNo deploy was involved.", "48 min"),
        ("In CEST: alert 16:06, rollback 16:38.", "16:38"),
        ("The incident lasted from 13:52 to 14:22.", "13:52"),
        ("Start -> end: 13:53 -> 14:23 (20 min)", "13:53"),
        ("Deployed 1.4.9 -> 1.5.2 at 14:02", "1.5.2"),
        ("At 14:02 1.5.0 was deployed (old version: 1.4.8).", "1.4.8"),
        ("12,838 of 34,098 requests failed.", "12,838 of 34,098"),
        ("We saw the errors going back to 0.1% at 14:32.", "14:32"),
        ("dana-reyes  2:02 PM\nreleasing checkout\npagerduty  2:16 PM\nCheckoutHighErrorRatio fired\n", "2:16 PM"),
    ],
)
def test_what_is_wrong_is_found(text: str, wrong: str) -> None:
    assert [one.text for one in verdicts(f"# Notes\n\n{text}\n")[Verdict.CONTRADICTED]] == [wrong]


def test_the_time_above_a_message_of_a_chat_is_that_of_the_message() -> None:
    text = "dana-reyes  2:02 PM\nreleasing checkout 1.5.0\nsam-okafor  2:18 PM\nrolling back to 1.4.9\n"
    found = verdicts(text)
    assert [(one.line, one.text) for one in found[Verdict.CONFIRMED] if one.type == "time"] == [
        (1, "2:02 PM"),
        (3, "2:18 PM"),
    ]
    assert found[Verdict.CONTRADICTED] == []
